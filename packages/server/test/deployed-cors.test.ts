import { rmSync } from 'node:fs';
import { limits, type ServerEndpointName, serverRest } from '@flooim/protocol';
import { startServer, temporaryFolder } from '@flooim/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Call, call, callRaw, origin } from './support/deployed.ts';
import { chatFile, sendFile, type Uploaded } from './support/files.ts';
import { addApp, type People, read, sampleOf, standingClock, startPeople } from './support/rest.ts';
import { gif, post, uploadFor } from './support/uploads.ts';

const noPage = temporaryFolder();
let people: People;
let file: Uploaded;
beforeAll(async () => {
  people = await startPeople({ web: noPage });
  await addApp(people.server, 'cold', "status = 'frozen'");
  file = await chatFile(people, people.alice, people.bob, gif, 'dot.gif');
  await sendFile(people, people.alice, people.bob.uid, file);
});
afterAll(async () => {
  await people.close();
  rmSync(noPage, { recursive: true });
});

const endpoints = Object.keys(serverRest) as ServerEndpointName[];
const sent = ['app_id', 'access-token', 'content-type', 'user_id', 'group_id'];

/** What a browser asks first, because of the headers. */
function preflight(url: string, method: string): Promise<Response> {
  const asks = { 'access-control-request-method': method, 'access-control-request-headers': sent.join(',') };
  return fetch(url, { method: 'OPTIONS', redirect: 'manual', headers: { origin, ...asks } });
}

/** A browser gives the answer to a page of another origin, and takes it for an answer and not for another address. */
function expectReadable(response: Response, what: string): void {
  expect(response.headers.get('access-control-allow-origin'), what).toBe('*');
  expect([0, 301, 302, 307, 308], what).not.toContain(response.status);
}

function expectAllowed(response: Response, method: string, what: string): void {
  expectReadable(response, what);
  expect(response.ok, what).toBe(true);
  const allowed = (header: string) => response.headers.get(`access-control-allow-${header}`)?.split(', ');
  expect(allowed('methods'), what).toEqual(expect.arrayContaining(['GET', 'POST', 'PUT', 'DELETE', 'OPTIONS', method]));
  expect(allowed('headers'), what).toEqual(expect.arrayContaining(sent));
}

describe('a page of any origin', () => {
  it('may send its headers to every endpoint, by every method', async () => {
    for (const name of endpoints) {
      const { path, methods } = serverRest[name];
      for (const method of methods) {
        expectAllowed(await preflight(`${people.url}${path}?app_id=flooim`, method), method, `${method} ${path}`);
      }
    }
  });

  it.each(['/', '/api/health', '/nope', '/healthz', '/readyz', '/index.html', '/info?link=x', '//'])(
    'may send its headers to %s',
    async (path) => {
      expectAllowed(await preflight(`${people.url}${path}`, 'GET'), 'GET', path);
    },
  );

  it('may read what every endpoint answers: to nobody, to somebody who says nothing, and to an ended token', async () => {
    for (const name of endpoints) {
      const { path, methods, access } = serverRest[name];
      if (access === 'operator') continue;
      for (const token of [undefined, `t${'A'.repeat(43)}`, people.carol.token]) {
        for (const method of methods as Call['method'][]) {
          const body = method === 'GET' || (method as string) === 'HEAD' ? undefined : '{';
          expectReadable(await callRaw(people.url, path, { method, token, body }), `${method} ${path}`);
        }
      }
    }
  });

  it('may read what an endpoint answers when it works, and when the app is not in order', async () => {
    for (const name of ['userProfile', 'rosterList', 'groupsJoined', 'dns', 'appConfig'] as const) {
      const { path, params } = serverRest[name];
      const query = new URLSearchParams(sampleOf(params) as Record<string, string>);
      const answer = await callRaw(people.url, `${path}?${query}`, { token: people.alice.token });
      expectReadable(answer, path);
      expect((await read(answer)).code).toBe(200);
      expectReadable(await callRaw(people.url, `${path}?${query}`, { appId: 'cold' }), `${path} in a frozen app`);
    }
  });

  const refusals: [what: string, path: string, options: Call, code: number][] = [
    ['a body that is no JSON', '/user/profile', { method: 'POST', body: '{' }, 10002],
    ['a body that is too large', '/user/profile', { method: 'POST', body: 'x'.repeat(limits.requestBytes + 1) }, 10002],
    ['an endpoint that nobody knows', '/nope', {}, 404],
    ['another method', '/user/profile', { method: 'DELETE' }, 404],
    ['an address that is none', '/%ZZ', {}, 404],
    ['an app that nobody knows', '/roster/list', { appId: 'nobody' }, 40000],
  ];
  it.each(refusals)('may read how %s is refused', async (_what, path, options, code) => {
    const answer = await callRaw(people.url, path, { token: people.alice.token, ...options });
    expectReadable(answer, path);
    expect(await read(answer)).toMatchObject({ status: 200, code });
  });

  it('may read that it asks too often, also to find the fastest host', async () => {
    const strict = await startServer({ requestsPerSec: 1 }, { clock: standingClock() });
    const codes: number[] = [];
    for (let i = 0; i < 4; i++) {
      const answer = await callRaw(strict.url, '/app/config?platform=6');
      expectReadable(answer, 'a call too many');
      codes.push((await read(answer)).code);
    }
    expect(codes.at(-1)).toBe(10028);
    expectReadable(await callRaw(strict.url, '/'), 'GET /');
    expectAllowed(await preflight(`${strict.url}/app/config`, 'GET'), 'GET', 'asking first');
    await strict.close();
  });

  it('may read that the server failed', async () => {
    const { context } = people.server;
    const before = context.users.profile;
    context.users.profile = () => Promise.reject(new Error('a fault'));
    const answer = await callRaw(people.url, '/user/profile', { token: people.alice.token });
    context.users.profile = before;
    expectReadable(answer, 'a fault');
    expect((await read(answer)).code).toBe(20000);
  });

  it('may read what has a status of its own: a server that stops, a page that was not built', async () => {
    const page = await fetch(people.url, { headers: { origin, accept: 'text/html' } });
    expect(page.status).toBe(503);
    expectReadable(page, 'no page');
    people.server.context.stopping = true;
    const stopping = await callRaw(people.url, '/readyz');
    people.server.context.stopping = false;
    expect(stopping.status).toBe(503);
    expectReadable(stopping, 'stopping');
    const asset = await callRaw(people.url, '/assets/gone.js');
    expect(asset.status).toBe(404);
    expectReadable(asset, 'an asset that is gone');
  });
});

describe('a page of any origin, with files', () => {
  const credentials = () => `&access-token=${people.bob.token}&app_id=flooim`;

  it('may upload and read the answer, also when the file is refused', async () => {
    const { upload_url } = await uploadFor(people, people.alice, people.bob);
    expectAllowed(await preflight(upload_url, 'POST'), 'POST', 'an upload');
    for (const bytes of ['', gif]) {
      const form = new FormData();
      form.append('file', new Blob([bytes]), 'a.gif');
      const headers = { origin, app_id: 'flooim', 'access-token': people.alice.token };
      const answer = await fetch(upload_url, { method: 'POST', body: form, headers });
      expectReadable(answer, 'an upload');
      expect((await read(answer)).code).toBe(bytes === '' ? 10002 : 200);
    }
    const stale = await post(`${people.url}/file/upload?upload=x`, gif);
    expect([stale.status, stale.headers.get('access-control-allow-origin')]).toEqual([200, '*']);
  });

  it('may read a file: whole, in part, beyond its end, and that it has not changed', async () => {
    const link = file.url + credentials();
    expectAllowed(await preflight(link, 'GET'), 'GET', 'a download');
    const whole = await fetch(link, { headers: { origin } });
    const etag = whole.headers.get('etag') ?? '';
    const statuses = [whole.status];
    expectReadable(whole, 'a file');
    for (const [header, value] of [
      ['range', 'bytes=0-3'],
      ['range', 'bytes=9999-'],
      ['if-none-match', etag],
    ] as const) {
      const answer = await fetch(link, { headers: { origin, [header]: value } });
      expectReadable(answer, value);
      await answer.arrayBuffer();
      statuses.push(answer.status);
    }
    expect(statuses).toEqual([200, 206, 416, 304]);
  });

  it('may read why it gets none, which has a status for what is shown as a picture', async () => {
    const refused = async (link: string) => {
      const answer = await fetch(link, { headers: { origin } });
      expectReadable(answer, link);
      return [answer.status, (await read(answer)).code];
    };
    expect(await refused(`${file.url}&app_id=flooim`)).toEqual([401, 10003]);
    expect(await refused(`${file.url}&app_id=flooim&access-token=ended`)).toEqual([401, 402]);
    expect(await refused(`${file.url}&app_id=flooim&access-token=${people.carol.token}`)).toEqual([403, 10010]);
    expect(await refused(`${people.url}/file/download/chat?file_sign=none${credentials()}`)).toEqual([404, 10002]);
    expect(await refused(`${people.url}/file/download/avatar?object_name=${credentials()}`)).toEqual([400, 10002]);
  });

  it('may ask where to upload with the token in the address alone', async () => {
    const { code } = await call(people.url, `/file/upload/avatar/user?x=1${credentials()}`, { appId: '' });
    expect(code).toBe(200);
  });
});
