import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call, callRaw, nullsIn, origin } from './support/deployed.ts';
import { addApp, type People, startPeople } from './support/rest.ts';

let people: People;
beforeAll(async () => {
  people = await startPeople();
  for (const status of ['banned', 'frozen', 'revoked']) await addApp(people.server, status, `status = '${status}'`);
});
afterAll(() => people.close());

const resolve = (query: string, appId = 'flooim') => call(people.url, `/v2/app_dns?${query}`, { appId });

describe('DNS, as deployed clients ask it', () => {
  it.each([
    ['2.0.0, by the app alone', 'app_id=flooim'],
    ['3.0.0, with a source', 'app_id=flooim&source=sdk'],
    ['a first-party page, with another source', 'app_id=flooim&source=app'],
  ])('answers %s, with every field that they read and nothing they could trip over', async (_who, query) => {
    const { status, text, headers } = await resolve(query);
    const door = { protocol: 'http', host: new URL(people.url).host };
    expect([status, headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8']);
    expect(JSON.parse(text)).toEqual({
      code: 200,
      data: {
        version: 1,
        app_status: 'normal',
        account_verification: { type: 'enterprise', name: 'flooim', status: 'verified' },
        dns_list: [
          {
            group_level: 0,
            clusters: [{ ratel: [door], webim: [door], rtc: [door], xsync: [{ ...door, path: '/xsync' }] }],
          },
        ],
        dns_server_list: [],
        link_server_list: [],
      },
    });
    expect(nullsIn(JSON.parse(text))).toEqual([]);
  });

  it('names hosts without a path: clients put theirs behind protocol://host', async () => {
    const { data } = await resolve('app_id=flooim');
    for (const door of ['ratel', 'webim', 'rtc']) {
      const [{ protocol, host }] = data.dns_list[0].clusters[0][door];
      expect(new URL(`${protocol}://${host}`).href).toBe(`${protocol}://${host}/`);
    }
  });

  it('does not look at tokens: a client may still send the one that ended', async () => {
    for (const token of ['', 'x', `t${'A'.repeat(43)}`]) {
      expect((await call(people.url, '/v2/app_dns?app_id=flooim', { token })).code).toBe(200);
    }
    expect((await call(people.url, '/v2/app_dns?app_id=flooim', { appId: '' })).code).toBe(200);
  });

  it.each(['banned', 'frozen', 'revoked'])('says of an app that it is %s, which stops the client', async (state) => {
    const { status, code, data } = await resolve(`app_id=${state}&source=sdk`, state);
    expect([status, code, data.app_status]).toEqual([200, 200, state]);
    expect(data.dns_list[0].clusters[0].rtc).toHaveLength(1);
    const login = { method: 'POST', appId: state, body: { name: 'alice', password: 'x' } } as const;
    expect((await call(people.url, '/token/user', login)).code).toBe(40003);
  });

  it('says 99997 of an app that it does not know, and what is missing where none is named', async () => {
    const unknown = await resolve('app_id=nobody&source=sdk', 'nobody');
    expect([unknown.status, JSON.parse(unknown.text)]).toEqual([
      200,
      { code: 99997, message: 'app_id does not exist' },
    ]);
    const missing = await resolve('source=sdk');
    expect([missing.status, missing.code, missing.message]).toEqual([
      200,
      10002,
      expect.stringContaining('app_id is required'),
    ]);
  });
});

describe('what clients ask before they know whether it works', () => {
  it('GET / of the REST host, to find the fastest, can be read from any origin', async () => {
    for (const accept of ['*/*', 'application/json, text/plain, */*', 'text/html']) {
      const probe = await callRaw(people.url, '/', { headers: { accept }, token: 'ended' });
      expect([probe.status, probe.headers.get('access-control-allow-origin')]).toEqual([200, '*']);
    }
    const bare = await fetch(people.url, { headers: { origin } });
    expect([bare.status, bare.headers.get('access-control-allow-origin')]).toEqual([200, '*']);
  });

  it('/api/health of the DNS host is well', async () => {
    const health = await callRaw(people.url, '/api/health');
    expect([health.status, health.headers.get('access-control-allow-origin')]).toEqual([200, '*']);
  });

  it('/app/config for the web needs no token, and has what forwarding and member lists go by', async () => {
    const config = await call(people.url, '/app/config?platform=6');
    expect([config.status, config.code]).toEqual([200, 200]);
    expect(config.data).toMatchObject({
      hide_member_info: expect.any(Boolean),
      message_forward_max_user_num: expect.any(Number),
      message_forward_max_message_num: expect.any(Number),
    });
    expect(nullsIn(config.data)).toEqual([]);
    expect((await call(people.url, '/app/config?platform=6', { token: 'ended' })).code).toBe(200);
  });
});
