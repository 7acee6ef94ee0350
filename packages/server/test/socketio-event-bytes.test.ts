import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { mannersOf } from '../src/gateway/socketio-address.ts';
import { SocketIoDoor } from '../src/gateway/socketio-door.ts';
import { EngineLine, frameText } from './support/engine-line.ts';

/** Around where the head of a WebSocket message grows, with the mark and without. */
const lengths = [0, 1, 92, 93, 94, 124, 125, 126, 127, 65_534, 65_535, 65_536, 300_000];
const frames = lengths.map((length) => Buffer.alloc(length, `frame of ${length}.`));

const server = createServer();
const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
let url = '';

beforeAll(async () => {
  server.on('upgrade', (request, socket: Socket, head) => {
    const manners = mannersOf(request.url ?? '');
    if ('refusal' in manners) throw new Error(manners.refusal.message);
    sockets.handleUpgrade(request, socket, head, (ws) => {
      const door = new SocketIoDoor(ws, socket, manners, 1000);
      door.open({ frame: () => {}, sign: () => {}, malformed: () => ws.terminate() });
      door.write(frames);
      door.write([]);
      door.write([Buffer.from('the last')]);
      door.close('shutdown');
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

test.each([
  { EIO: '3', b64: '' },
  { EIO: '4', b64: '' },
  { EIO: '3', b64: '1' },
  { EIO: '4', b64: '1' },
])('frames of all lengths arrive one by one and as they were: $EIO $b64', async ({ EIO, b64 }) => {
  const line = await EngineLine.open(url, { EIO, b64 });
  const all = [...frames, Buffer.from('the last')];
  await line.closed();
  const greetings = EIO === '3' ? 2 : 1;
  const packets = line.texts.slice(greetings);
  expect(packets.filter((text) => text === frameText)).toHaveLength(all.length);
  const mark = EIO === '3' ? 1 : 0;
  const bodies = b64
    ? packets.filter((text) => text !== frameText).map((text) => Buffer.from(text.slice(1 + mark), 'base64'))
    : line.binaries.map((bytes) => bytes.subarray(mark));
  expect(bodies.map((bytes) => bytes.length)).toEqual(all.map((bytes) => bytes.length));
  expect(bodies.every((bytes, i) => bytes.equals(all[i] as Buffer))).toBe(true);
});
