/** A baseline: the relay of `socketio-relay.ts`, with the server's own Socket.IO door and outboxes instead of the library. */
import { createServer } from 'node:http';
import type { Socket } from 'node:net';
import { Vsn } from '@flooim/protocol';
import { WebSocketServer } from 'ws';
import { Outbox } from '../packages/server/src/delivery/outbox.ts';
import { SocketIoDoor } from '../packages/server/src/gateway/socketio-door.ts';

const maxPayload = 1 << 20;
const names = new Map<string, Outbox>();
const http = createServer((_request, response) => response.end('{}'));
const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload, skipUTF8Validation: true });

http.on('upgrade', (request, socket: Socket, head) => {
  const query = new URL(request.url ?? '', 'http://relay').searchParams;
  const [to, own] = [query.get('to') ?? '', query.get('own')];
  sockets.handleUpgrade(request, socket, head, (ws) => {
    const door = new SocketIoDoor(ws, socket, { version: 3, base64: false }, maxPayload);
    if (own) names.set(own, new Outbox(door, Vsn.V2));
    door.open({
      frame: (bytes) => {
        if (to === 'everybody') for (const outbox of names.values()) outbox.answer(bytes);
        else names.get(to)?.answer(bytes);
      },
      sign: () => {},
      malformed: () => ws.terminate(),
    });
    ws.on('error', () => ws.terminate());
    ws.on('close', () => own && names.delete(own));
  });
});

http.listen(Number(process.argv[2]), '127.0.0.1');
