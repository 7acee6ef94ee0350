/**
 * A baseline: the relay with the library socket.io, which stores nothing. Started with a port. A socket with `to` and `own` in its
 * address has its frames handed on to the socket that is called so; `everybody` is all that are called something. Every GET
 * that is no socket's answers a small JSON.
 */
import { createServer } from 'node:http';
import { Server, type Socket } from 'socket.io';

const names = new Map<string, Socket>();
const http = createServer((_request, response) => response.end('{}'));
const io = new Server(http, { allowEIO3: true, transports: ['websocket'], serveClient: false });
// Its documentation's advice for less memory.
io.engine.on('connection', (socket: { request: unknown }) => {
  socket.request = null;
});

io.on('connection', (socket) => {
  const { to, own } = socket.handshake.query;
  if (typeof own === 'string') {
    names.set(own, socket);
    void socket.join('named');
    socket.on('disconnect', () => names.delete(own));
  }
  socket.on('frame', (frame: Buffer) => {
    if (to === 'everybody') io.to('named').emit('frame', frame);
    else names.get(String(to))?.emit('frame', frame);
  });
});

http.listen(Number(process.argv[2]), '127.0.0.1');
