import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { socketIoClient, until } from '@flooim/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { mannersOf } from '../src/gateway/socketio-address.ts';
import { SocketIoDoor } from '../src/gateway/socketio-door.ts';
import { EngineLine } from './support/engine-line.ts';

/** A door alone, so that the test says when it keeps its connections alive. */
const server = createServer();
const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
const doors: SocketIoDoor[] = [];
let signs = 0;
let url = '';

beforeAll(async () => {
  server.on('upgrade', (request, socket: Socket, head) => {
    const manners = mannersOf(request.url ?? '');
    if ('refusal' in manners) throw new Error(manners.refusal.message);
    sockets.handleUpgrade(request, socket, head, (ws) => {
      const door = new SocketIoDoor(ws, socket, manners, 1000);
      doors.push(door);
      door.open({ frame: () => {}, sign: () => signs++, malformed: () => ws.terminate() });
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

test('clients of Engine.IO 4 are pinged, those of Engine.IO 3 ping themselves', async () => {
  const [old, young] = [await EngineLine.open(url, { EIO: '3' }), await EngineLine.open(url, { EIO: '4' })];
  for (const door of doors) door.keepAlive();
  await young.text('2');
  await old.settle();
  expect(old.texts).not.toContain('2');
  for (const { socket } of [old, young]) socket.terminate();
});

test('the library answers a ping, which shows that it is there', async () => {
  const client = socketIoClient(url, 4);
  await new Promise((resolve) => client.on('connect', () => resolve(undefined)));
  const before = signs;
  doors.at(-1)?.keepAlive();
  await until(() => signs > before, 'a pong');
  client.close();
});
