/**
 * The baseline: a bare `ws` server that stores nothing. Started with a port. A socket at `/to/NAME/as/NAME` has its frames
 * handed on to the socket of that name as they are, one at `/to/everybody` to all that have a name; one at `/xsync` gets them
 * back. Every GET answers a small JSON.
 */
import { createServer } from 'node:http';
import { type WebSocket, WebSocketServer } from 'ws';

const names = new Map<string, WebSocket>();
const http = createServer((_request, response) => {
  response.setHeader('content-type', 'application/json');
  response.end('{"code":200,"data":{"user_id":10001,"username":"somebody"}}');
});

new WebSocketServer({ server: http, perMessageDeflate: false, skipUTF8Validation: true }).on(
  'connection',
  (socket, request) => {
    const [, , to, , own] = (request.url ?? '').split('/');
    if (own) names.set(own, socket);
    socket.on('message', (frame) => {
      if (to === 'everybody') for (const named of names.values()) named.send(frame);
      else (to ? names.get(to) : socket)?.send(frame);
    });
    socket.on('close', () => own && names.delete(own));
  },
);

http.listen(Number(process.argv[2]), '127.0.0.1');
