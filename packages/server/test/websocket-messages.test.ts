import { once } from 'node:events';
import { createServer } from 'node:http';
import { describe, expect, test } from 'vitest';
import { type RawData, WebSocket, WebSocketServer } from 'ws';
import { messagesOf } from '../src/gateway/websocket-messages.ts';

/** At both sides of where a longer header begins. */
const lengths = [0, 1, 125, 126, 127, 65_535, 65_536, 70_000];

describe('frames as messages of a WebSocket', () => {
  test('arrive as they are, whatever their length', async () => {
    const server = new WebSocketServer({ noServer: true });
    const frames = lengths.map((length, i) => new Uint8Array(length).fill(i + 1));
    const web = createServer().on('upgrade', (request, socket, head) => {
      server.handleUpgrade(request, socket, head, () => {
        socket.write(messagesOf(frames));
        for (const frame of frames) socket.write(messagesOf([frame]));
      });
    });
    web.listen(0, '127.0.0.1');
    await once(web, 'listening');
    const address = web.address() as { port: number };
    const client = new WebSocket(`ws://127.0.0.1:${address.port}/`);
    const got: Buffer[] = [];
    await new Promise<void>((resolve) => {
      client.on('message', (data: RawData, isBinary) => {
        expect(isBinary).toBe(true);
        if (got.push(data as Buffer) === 2 * frames.length) resolve();
      });
    });
    expect(got.map((bytes) => new Uint8Array(bytes))).toEqual([...frames, ...frames]);
    client.terminate();
    web.close();
  });

  test('are made once for those who get the same', () => {
    const [a, b] = [Uint8Array.of(1), Uint8Array.of(2)];
    const first = messagesOf([a, b]);
    expect(messagesOf([a, b])).toBe(first);
    expect(messagesOf([b, a])).not.toBe(first);
    expect([...messagesOf([a])]).toEqual([0x82, 1, 1]);
  });
});
