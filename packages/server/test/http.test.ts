import { connect } from 'node:net';
import { errors, limits, type ServerEndpointName, type StreamName, serverRest, streams } from '@flooim/protocol';
import { startServer } from '@flooim/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHandlers } from '../src/handlers.ts';
import type { Handlers } from '../src/http/caller.ts';
import { type People, read, standingClock, startPeople } from './support/rest.ts';

let people: People;
beforeAll(async () => {
  people = await startPeople();
});
afterAll(() => people.close());

const post = (path: string, body: string, headers: Record<string, string> = {}) =>
  fetch(people.url + path, {
    method: 'POST',
    body,
    headers: {
      app_id: 'flooim',
      'access-token': people.alice.token,
      'content-type': 'application/json',
      ...headers,
    },
  });

describe('the REST table', () => {
  const calls = (Object.keys(serverRest) as ServerEndpointName[]).filter((name) => !(name in streams));

  it('has a handler for every endpoint that is no stream, and none besides', () => {
    const handlers = createHandlers(people.server.context);
    expect(Object.keys(handlers).sort()).toEqual(calls.toSorted());
    const { dns: _, ...others } = handlers;
    // @ts-expect-error A table that lacks an endpoint does not compile.
    const incomplete: Handlers = others;
    expect(incomplete).not.toHaveProperty('dns');
  });

  it('is served under every method of an endpoint', async () => {
    for (const name of calls) {
      for (const method of serverRest[name].methods) {
        const answer = await read(
          await fetch(people.url + serverRest[name].path, { method, headers: { app_id: 'flooim' } }),
        );
        const isUnknown = answer.message === errors.endpointUnknown.text;
        expect([answer.status, isUnknown], `${method} ${serverRest[name].path}`).toEqual([200, false]);
      }
    }
  });

  it('is served under every method of a stream, whose refusals have a status, but for the form of deployed clients', async () => {
    for (const name of Object.keys(streams) as StreamName[]) {
      for (const method of serverRest[name].methods) {
        const response = await fetch(people.url + serverRest[name].path, { method, headers: { app_id: 'flooim' } });
        const text = await response.text();
        if (method !== 'HEAD') expect(JSON.parse(text).code, `${method} ${name}`).not.toBe(404);
        const isForm = name === 'fileUpload';
        expect([200, 400, 401, 403].indexOf(response.status) > 0, `${method} ${name} ${response.status}`).toBe(!isForm);
      }
    }
  });

  it('answers an unknown endpoint or method with HTTP 200 and envelope 404', async () => {
    for (const [method, path] of [
      ['PUT', '/file/upload/chat'],
      ['POST', '/nope'],
      ['DELETE', '/user/profile'],
      ['GET', '/%ZZ'],
    ]) {
      const answer = await read(await fetch(`${people.url}${path}`, { method }));
      expect([answer.status, answer.code], `${method} ${path}`).toEqual([200, 404]);
    }
  });
});

describe('a body', () => {
  it.each([
    ['cut short', '{"nick_name":'],
    ['a list where an object belongs', '[1]'],
    ['a bare number', '5'],
    ['a bare null', 'null'],
    ['nested too deeply', `{"nick_name":"x","a":${'['.repeat(20)}${']'.repeat(20)}}`],
    ['nested a hundred thousand times', '['.repeat(100_000)],
    ['not JSON', 'nick_name=x'],
  ])('that is %s is refused in an envelope', async (_what, body) => {
    const answer = await read(await post('/user/profile', body));
    expect([answer.status, answer.code]).toEqual([200, 10002]);
    expect(answer.message).toContain('body');
    expect(answer.text).not.toMatch(/SyntaxError|at .*\.ts/);
  });

  it.each([
    ['a text that never ends', `"${'\\"'.repeat(limits.requestBytes / 2 - 1)}`],
    ['many texts', `[${'"a",'.repeat(limits.requestBytes / 4 - 1)}`],
    ['nothing but backslashes', '\\'.repeat(limits.requestBytes)],
  ])('that is %s is refused at once, however long', async (_what, body) => {
    const start = performance.now();
    expect((await read(await post('/user/profile', body))).code).toBe(10002);
    expect(performance.now() - start).toBeLessThan(500);
  });

  it('that is too large is refused in an envelope', async () => {
    const answer = await read(await post('/user/profile', JSON.stringify({ x: 'a'.repeat(limits.requestBytes) })));
    expect([answer.status, answer.code]).toEqual([200, 10002]);
    expect(answer.message).toContain('too large');
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/xml', 'nonsense'])(
    'of type %s is refused in an envelope',
    async (type) => {
      const answer = await read(await post('/user/profile', '{"nick_name":"x"}', { 'content-type': type }));
      expect([answer.status, answer.code]).toEqual([200, 10002]);
      expect(answer.message).toContain('application/json');
    },
  );

  it('may be absent under any content type', async () => {
    for (const type of ['application/json', 'text/plain', 'application/x-www-form-urlencoded']) {
      const answer = await read(await post('/user/nickname?nick_name=q', '', { 'content-type': type }));
      expect(answer.code).toBe(200);
    }
    const listed = await fetch(`${people.url}/roster/list`, {
      headers: { app_id: 'flooim', 'access-token': people.alice.token, 'content-type': 'application/json' },
    });
    expect((await read(listed)).code).toBe(200);
  });

  it('with brackets inside its texts is as deep as it is', async () => {
    const nick_name = '[{"\\['.repeat(8);
    expect((await read(await post('/user/profile', JSON.stringify({ nick_name })))).code).toBe(200);
    expect((await people.ok(people.alice, 'userProfile')).nick_name).toBe(nick_name);
  });
});

describe('browsers', () => {
  it('of any origin may call, also before they know whether it works', async () => {
    const preflight = await fetch(`${people.url}/roster/list`, {
      method: 'OPTIONS',
      headers: {
        origin: 'https://app.example.org',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'app_id, access-token, content-type',
      },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe('*');
    expect(preflight.headers.get('access-control-allow-credentials')).toBeNull();
    for (const header of ['app_id', 'access-token', 'content-type', 'user_id', 'group_id']) {
      expect(preflight.headers.get('access-control-allow-headers')).toContain(header);
    }
    for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'OPTIONS']) {
      expect(preflight.headers.get('access-control-allow-methods')).toContain(method);
    }
  });

  it.each(['/', '/nope', '/user/profile', '/%ZZ', '/healthz', '/api/health', '/v2/app_dns?app_id=flooim'])(
    'may read the answer of %s',
    async (path) => {
      const response = await fetch(people.url + path, { headers: { origin: 'https://app.example.org' } });
      expect(response.headers.get('access-control-allow-origin')).toBe('*');
    },
  );

  it('keep no answer of the API', async () => {
    for (const path of ['/user/profile', '/nope', '/v2/app_dns?app_id=flooim']) {
      expect((await fetch(people.url + path)).headers.get('cache-control')).toBe('no-store');
    }
  });

  it('are told what pages may do', async () => {
    for (const path of ['/', '/nope', '/user/profile']) {
      const { headers } = await fetch(people.url + path);
      expect(headers.get('content-security-policy')).toContain("default-src 'self'");
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
    }
  });
});

describe('what is not HTTP at all', () => {
  it('does not disturb the server', async () => {
    const { hostname, port } = new URL(people.url);
    const socket = connect(Number(port), hostname);
    socket.write('\x16\x03\x01 nonsense\r\n\r\n');
    socket.resume();
    await new Promise((resolve) => socket.once('close', resolve));
    expect((await people.as(people.alice, 'userProfile')).code).toBe(200);
  });
});

describe('a fault of the server', () => {
  it('is told without its reasons', async () => {
    const { context } = people.server;
    const before = context.users.profile;
    context.users.profile = () => Promise.reject(new Error('SELECT secret FROM vault'));
    const answer = await people.as(people.alice, 'userProfile');
    context.users.profile = before;
    expect([answer.status, answer.code]).toEqual([200, 20000]);
    expect(answer.text).not.toContain('vault');
  });
});

describe('requests from one address', () => {
  it('are bounded, whatever they ask for, and browsers can read the refusal', async () => {
    const clock = standingClock();
    const strict = await startServer({ requestsPerSec: 2, trustProxy: true }, { clock });
    const call = async (from: string) =>
      read(
        await fetch(`${strict.url}/user/profile`, {
          method: 'POST',
          body: '{"nick_name":"x"}',
          headers: { 'x-forwarded-for': from, 'content-type': 'application/json', origin: 'https://app.example.org' },
        }),
      );
    const codes = [];
    for (let i = 0; i < 6; i++) codes.push((await call('192.0.2.1')).code);
    expect(codes).toEqual([40000, 40000, 40000, 40000, 10028, 10028]);
    const refused = await call('192.0.2.1');
    expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([429, '*']);
    expect(refused.headers.get('access-control-expose-headers')).toContain('retry-after');
    expect((await call('192.0.2.2')).code).toBe(40000);
    clock.advance(500);
    expect([(await call('192.0.2.1')).code, (await call('192.0.2.1')).code]).toEqual([40000, 10028]);
    await strict.close();
  });
});
