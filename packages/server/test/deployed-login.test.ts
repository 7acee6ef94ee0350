import { limits, type ServerEndpointName, serverRest } from '@flooim/protocol';
import { RawClient } from '@flooim/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultConfig } from '../src/config.ts';
import { call, callRaw, nullsIn } from './support/deployed.ts';
import { changeDatabase, join, type People, password, startPeople } from './support/rest.ts';

let people: People;
beforeAll(async () => {
  people = await startPeople();
});
afterAll(() => people.close());

const guid = '10001_4711';
const post = (path: string, body: object, token?: string) => call(people.url, path, { method: 'POST', body, token });

/** The ways in: by name, by id, by number, by whatever one has. */
const doors = [
  ['/token/user', () => ({ name: 'alice' })],
  ['/token/id', () => ({ user_id: people.alice.uid })],
  ['/token/id', () => ({ user_id: String(people.alice.uid) })],
  ['/token/user', () => ({ mobile: '13900000001' })],
  ['/token/login', () => ({ login_name: 'alice' })],
] as const;

describe('a login', () => {
  beforeAll(() => changeDatabase(people.server, `UPDATE user SET mobile = '13900000001' WHERE username = 'alice'`));

  it.each(doors)('at %s gives all that a client keeps of it', async (path, who) => {
    const before = Date.now();
    const { status, code, data, text } = await post(path, { ...who(), password, device_guid: guid });
    expect([status, code]).toEqual([200, 200]);
    expect(data).toEqual({
      user_id: people.alice.uid,
      token: expect.any(String),
      expire: expect.any(Number),
      store_token: expect.any(String),
      access_key_secret: expect.any(String),
      public_key: expect.any(String),
      encrypt_type: 0,
      push_token: expect.any(String),
    });
    expect(data.expire).toBeGreaterThan(before);
    expect(nullsIn(JSON.parse(text))).toEqual([]);
  });

  it.each(doors)(
    'at %s that is wrong says Operation rejected with 402, in an answer that worked',
    async (path, who) => {
      const wrong = await post(path, { ...who(), password: 'wrong-password-1', device_guid: guid });
      expect([wrong.status, wrong.text]).toEqual([200, '{"code":402,"message":"Operation rejected"}']);
    },
  );

  it('of nobody is refused in the same words', async () => {
    for (const [path, who] of [
      ['/token/user', { name: 'nobody_at_all' }],
      ['/token/user', { mobile: '13900000009' }],
      ['/token/id', { user_id: limits.rosterSize }],
    ] as const) {
      const { text } = await post(path, { ...who, password });
      expect(text).toBe('{"code":402,"message":"Operation rejected"}');
    }
  });

  it('gives a token that begins with a letter: what parses as JSON would be taken for something else', async () => {
    for (let i = 0; i < 5; i++) {
      const { data } = await post('/token/user', { name: 'alice', password });
      for (const kept of [data.token, data.store_token, data.access_key_secret, data.public_key]) {
        expect(kept).not.toBe('');
        expect(() => JSON.parse(kept)).toThrow();
      }
      expect(data.token).toMatch(/^[a-z]/i);
    }
  });

  it('gives one token for REST and for the socket', async () => {
    const { data } = await post('/token/user', { name: 'bob', password, device_guid: guid });
    expect((await call(people.url, '/user/profile', { token: data.token })).data.username).toBe('bob');
    const raw = await RawClient.login(people.url, { uid: data.user_id, token: data.token, guid });
    expect(raw.deviceSN).toBeGreaterThan(0);
    raw.terminate();
  });
});

describe('before there is a token', () => {
  it.each([
    ['GET', '/v2/app_dns?app_id=flooim'],
    ['GET', '/app/config?platform=6'],
    ['POST', '/app/captcha/image'],
    ['GET', '/app/captcha/image?image_id=x&app_id=flooim'],
    ['GET', '/app/captcha/sms?mobile=x'],
    ['GET', '/app/captcha/sms_web?captcha=x&image_id=x&mobile=x'],
    ['GET', '/app/user/info_pwd?captcha=x&mobile=x'],
    ['GET', '/app/user/name_check?username=free_name'],
    ['GET', '/app/wechat_login?code=x'],
    ['GET', '/app/qr_code'],
    ['GET', '/app/qr_login?qr_code=x'],
    ['GET', '/app/secret_info?code=x'],
    ['POST', '/user/register/v2'],
    ['POST', '/user/register/anonymous'],
    ['GET', '/info?link=x'],
  ] as const)('%s %s asks for none, and does not mind one that has ended', async (method, path) => {
    for (const token of [undefined, '', 'ended']) {
      const body = method === 'POST' ? {} : undefined;
      const text = await (await callRaw(people.url, path, { method, token, body })).text();
      expect(text).not.toMatch(/"code":(402|10003|10008)\b/);
    }
  });
});

describe('a token that works no more', () => {
  const user = Object.keys(serverRest) as ServerEndpointName[];
  const asked = user.filter((name) => ['user', 'sender', 'admin'].includes(serverRest[name].access));

  it.each([
    ['of the service that was here before', 'eyJhbGciOiJIUzUxMiJ9.eyJzdWIiOiI2NTk3In0.c2lnbmF0dXJl'],
    ['cut short', 't4711'],
    ['that nobody has any more', `t${'A'.repeat(43)}`],
  ])('%s is told so with 402 at every address, so that the client logs in again', async (_which, token) => {
    for (const name of asked) {
      const { path, methods } = serverRest[name];
      for (const method of methods as readonly ('GET' | 'POST' | 'PUT' | 'DELETE')[]) {
        const body = method === 'GET' ? undefined : {};
        const answer = await call(people.url, path, { method, token, body });
        expect([answer.status, answer.code], `${method} ${path}`).toEqual([200, 402]);
        expect(answer.message).not.toContain('Operation rejected');
      }
    }
  });

  it('because it was revoked or has expired is told so as well, and the next login works', async () => {
    const dora = await join(people.url, 'dora');
    expect((await post('/token/revoke', {}, dora.token)).code).toBe(200);
    expect((await call(people.url, '/roster/list', { token: dora.token })).code).toBe(402);
    const { data } = await post('/token/user', { name: 'dora', password });
    expect((await call(people.url, '/roster/list', { token: data.token })).code).toBe(200);
  });

  it('is told from none at all, which is 10003', async () => {
    for (const token of [undefined, '']) {
      const { status, code } = await call(people.url, '/roster/list', { token });
      expect([status, code]).toEqual([200, 10003]);
    }
  });
});

describe('the login of somebody with as many friends and groups as one may have', () => {
  const friends = limits.rosterSize - 1;
  const groups = limits.groupsJoined;
  let crowded: People;
  beforeAll(async () => {
    // As operators run it: nothing is allowed more than by default.
    const { requestsPerSec, userRequestsPerSec, loginsPerMin, messagesPerSec } = defaultConfig({});
    crowded = await startPeople({ requestsPerSec, userRequestsPerSec, loginsPerMin, messagesPerSec });
    const { server, alice, bob } = crowded;
    const count = (n: number) => `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${n})`;
    // Ids as large as they may become: 16 digits.
    const id = `${Number.MAX_SAFE_INTEGER} - i`;
    changeDatabase(
      server,
      `INSERT INTO user (uid, app_id, username, password_hash, nick_name, created_at)
         ${count(friends)} SELECT ${id}, 'flooim', 'friend' || i, 'none', 'Friend ' || i, 1 FROM n;
       INSERT INTO roster (uid, peer, relation) ${count(friends)} SELECT ${alice.uid}, ${id}, 0 FROM n;
       INSERT INTO group_info (gid, app_id, type, owner, name, capacity, member_count, created_at, updated_at)
         ${count(groups)} SELECT ${id} - 10000, 'flooim', 0, ${bob.uid}, 'group ' || i, 100, 2, 1, 1 FROM n;
       INSERT INTO group_member (gid, uid, role, joined_at, joined_mid)
         ${count(groups)} SELECT ${id} - 10000, ${alice.uid}, 0, 1, 0 FROM n;
       INSERT INTO group_member (gid, uid, role, joined_at, joined_mid)
         ${count(groups)} SELECT ${id} - 10000, ${bob.uid}, 2, 1, 0 FROM n;`,
    );
  });
  afterAll(() => crowded.close());

  it('is done in their order and at once, up to the socket', async () => {
    const { url } = crowded;
    const start = performance.now();
    const login = await call(url, '/token/user', {
      method: 'POST',
      body: { name: 'alice', password, device_guid: guid },
    });
    const { token, user_id } = login.data;
    const ask = (path: string, body?: object) => call(url, path, { method: body ? 'POST' : 'GET', token, body });

    const [roster, joined] = await Promise.all([ask('/roster/list'), ask('/group/user_joined')]);
    expect([roster.code, joined.code]).toEqual([200, 200]);
    expect([roster.data.length, joined.data.length]).toEqual([friends, groups]);
    expect([...roster.data, ...joined.data].every(Number.isSafeInteger)).toBe(true);
    expect(roster.cursor).toBeUndefined();

    const [people, infos, ...others] = await Promise.all([
      ask('/roster/list', { list: [...roster.data, user_id] }),
      ask('/group/info/batch', { group_list: joined.data }),
      ask('/user/profile'),
      ask('/user/settings'),
      ask('/app/config?platform=6'),
      ask('/app/support_staff'),
      ask('/roster/apply/list?cursor='),
      ask('/group/invitation_list?cursor='),
      ask('/group/application_list', { group_list: joined.data }),
    ]);
    expect([people.code, infos.code, ...others.map(({ code }) => code)]).toEqual(Array(9).fill(200));
    const ids = people.data.map((item: { user_id: number }) => item.user_id);
    expect(new Set(ids)).toEqual(new Set([...roster.data, user_id]));
    expect(new Set(infos.data.map((group: { group_id: number }) => group.group_id))).toEqual(new Set(joined.data));
    expect(infos.data[0].owner).toBe(crowded.bob.uid);

    const raw = await RawClient.login(url, { uid: user_id, token, guid });
    raw.terminate();
    expect(performance.now() - start).toBeLessThan(10_000);
    for (const answer of [login, roster, joined, people, infos, ...others]) {
      expect(nullsIn(JSON.parse(answer.text))).toEqual([]);
    }
  });

  it('is done by ten pages of one house at the same time', async () => {
    const { url, alice } = crowded;
    const { data: list } = await call(url, '/roster/list', { token: alice.token });
    const body = { list: [...list, alice.uid] };
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => call(url, '/roster/list', { method: 'POST', token: alice.token, body })),
    );
    expect(answers.map(({ code }) => code)).toEqual(Array(10).fill(200));
  });

  it('fits into a request with room to spare: one that lists more ids than there can be is refused in words', async () => {
    const { url, alice } = crowded;
    const list = Array(limits.rosterSize + 1).fill(Number.MAX_SAFE_INTEGER);
    expect(JSON.stringify({ list }).length).toBeLessThan(limits.requestBytes / 2);
    const answer = await call(url, '/roster/list', { method: 'POST', token: alice.token, body: { list } });
    expect([answer.code, answer.message]).toEqual([10002, expect.stringContaining('list')]);
  });
});
