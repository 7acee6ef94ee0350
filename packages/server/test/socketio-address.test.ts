import { startServer, type TestServer, until } from '@flooim/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { callRaw, origin } from './support/deployed.ts';
import { type EngineAddress, engineUrl } from './support/engine-line.ts';

let server: TestServer;
const open: WebSocket[] = [];
beforeAll(async () => {
  server = await startServer();
});
afterEach(() => {
  for (const socket of open.splice(0)) socket.terminate();
});
afterAll(() => server.close());

/** 101, or the status with which the door stayed shut and what it said. */
function knock(url: string): Promise<{ status: number; body: string }> {
  const socket = new WebSocket(url.replace(/^http/, 'ws'));
  return new Promise((resolve) => {
    socket.on('open', () => {
      open.push(socket);
      resolve({ status: 101, body: '' });
    });
    socket.on('error', () => {});
    socket.on('unexpected-response', (_, response) => {
      let body = '';
      response.on('data', (part) => {
        body += part;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    });
  });
}

const statusOf = async (url: string) => (await knock(url)).status;

const transportUnknown = { code: 0, message: 'Transport unknown' };
const sessionUnknown = { code: 1, message: 'Session ID unknown' };
const badRequest = { code: 3, message: 'Bad request' };
const versionUnsupported = { code: 5, message: 'Unsupported protocol version' };

describe('the address of the Socket.IO door', () => {
  const refused: [string, EngineAddress, object][] = [
    ['polling', { transport: 'polling' }, transportUnknown],
    ['no transport', { transport: '' }, transportUnknown],
    ['another transport', { transport: 'webtransport' }, transportUnknown],
    ['a session that began otherwise', { sid: 'AAAAAAAAAAAAAAAAAAAA' }, sessionUnknown],
    ['Engine.IO 2', { EIO: '2' }, versionUnsupported],
    ['Engine.IO 5', { EIO: '5' }, versionUnsupported],
    ['no version', { EIO: '' }, versionUnsupported],
    ['a version that is no number', { EIO: '3x' }, versionUnsupported],
  ];
  test('is refused in the words of Engine.IO where it asks for what is not spoken here', async () => {
    for (const [what, address, refusal] of refused) {
      const { status, body } = await knock(engineUrl(server.url, address));
      expect([what, status, JSON.parse(body)]).toEqual([what, 400, refusal]);
    }
  });

  test('may lack its last slash, carry more, and is not mistaken for another', async () => {
    const { url } = server;
    expect(await statusOf(`${url}/socket.io?EIO=3&transport=websocket`)).toBe(101);
    expect(await statusOf(`${engineUrl(url, { EIO: '4' })}&t=abc&token=%00`)).toBe(101);
    for (const path of ['socket.io2/', 'socket.io/x', 'Socket.IO/', 'socket.io//']) {
      expect(await statusOf(`${url}/${path}?EIO=3&transport=websocket`), path).toBe(404);
    }
    expect(await statusOf(`${url}/socket.io/`)).toBe(400);
  });

  test('counts the connections of both doors together', async () => {
    const small = await startServer({ socketsPerAddress: 2 });
    const { url } = small;
    expect(await statusOf(`${url}/xsync`)).toBe(101);
    expect(await statusOf(engineUrl(url))).toBe(101);
    expect(await statusOf(engineUrl(url, { EIO: '4' }))).toBe(429);
    expect(await statusOf(`${url}/xsync`)).toBe(429);
    // What is refused for its address takes no place.
    for (let i = 0; i < 5; i++) expect(await statusOf(engineUrl(url, { EIO: '2' }))).toBe(400);
    open.shift()?.close();
    await until(async () => (await statusOf(engineUrl(url))) === 101, 'room for another connection');
    await small.close();
  });
});

describe('a Socket.IO client that begins without a WebSocket', () => {
  test.each(['GET', 'POST'] as const)('is told so on %s, from pages of any origin', async (method) => {
    const answers: [EngineAddress, object][] = [
      [{ transport: 'polling' }, transportUnknown],
      [{ transport: 'polling', EIO: '4', b64: '1' }, transportUnknown],
      [{ sid: 'AAAAAAAAAAAAAAAAAAAA' }, sessionUnknown],
      [{ EIO: '1' }, versionUnsupported],
      [{}, badRequest],
    ];
    for (const [address, refusal] of answers) {
      const path = engineUrl('', address);
      const response = await callRaw(server.url, path, { method, headers: { 'content-type': 'text/plain' } });
      expect([response.status, await response.json()]).toEqual([400, refusal]);
      expect(response.headers.get('access-control-allow-origin')).toBe('*');
    }
  });

  test('may ask first whether it may ask', async () => {
    const response = await fetch(engineUrl(server.url, { transport: 'polling' }), {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' },
    });
    expect(response.ok).toBe(true);
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(response.headers.get('access-control-allow-methods')).toContain('POST');
  });

  test('cannot make the server keep what it sends', async () => {
    const body = 'x'.repeat(2 ** 20);
    const response = await callRaw(server.url, engineUrl('', { transport: 'polling' }), { method: 'POST', body }).catch(
      () => undefined,
    );
    expect(response?.status ?? 413).not.toBe(500);
    expect(await statusOf(engineUrl(server.url))).toBe(101);
  });
});
