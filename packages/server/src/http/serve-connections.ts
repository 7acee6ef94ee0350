import { createServer, type RequestListener, type Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Patience } from './body-timeouts.ts';

/** Longer than proxies keep a connection on which nothing is asked. */
const idleMs = 72_000;
/** Of one connection. Browsers ask for one thing after the other: who does not wait at all is cut off. */
const unansweredAtMost = 32;

/** Node's own server, with bounds on what one connection may keep waiting, and for how long. */
export function serveConnections(handle: RequestListener, { headersMs }: Patience): Server {
  const unanswered = new WeakMap<Socket, number>();
  const options = {
    headersTimeout: headersMs,
    // Node looks only now and then whether the time is over: by itself as seldom as every 30 seconds.
    connectionsCheckingInterval: headersMs / 6,
    // Bodies have their own time (`body-timeouts.ts`).
    requestTimeout: 0,
    keepAliveTimeout: idleMs,
  };
  return createServer(options, (request, response) => {
    const { socket } = request;
    const waiting = (unanswered.get(socket) ?? 0) + 1;
    // Hundreds may have come in one piece: the rest of them is not looked at.
    if (waiting > unansweredAtMost) return void socket.destroy();
    unanswered.set(socket, waiting);
    response.once('close', () => unanswered.set(socket, (unanswered.get(socket) ?? 1) - 1));
    handle(request, response);
  });
}
