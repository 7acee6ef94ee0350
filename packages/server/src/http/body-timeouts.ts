import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Its body may be long, and take as long as it goes on. */
    isUpload?: true;
  }
}

/** How long things may take that clients do, in milliseconds. */
export interface Patience {
  /** For a request's headers, from its first byte or the connection's start. */
  headersMs: number;
  /** For a body. */
  bodyMs: number;
  /** For the next byte of an upload. */
  stallMs: number;
  /** For the rest of an upload that is answered already: a connection cut at once would take the answer with it. */
  restMs: number;
  /** For a client to take more of a file that it downloads. */
  takeMs: number;
}

export const usualPatience: Patience = {
  headersMs: 30_000,
  bodyMs: 30_000,
  stallMs: 30_000,
  restMs: 10_000,
  takeMs: 60_000,
};

/** Cuts off requests whose bodies do not come. Node itself only knows one time for all of them, so its own is off. */
export function addBodyTimeouts(app: FastifyInstance, { bodyMs, stallMs, restMs }: Patience): void {
  app.addHook('onRequest', async (request, reply) => {
    const { raw } = request;
    if (!hasBody(raw)) return;
    if (isUpload(request)) return cutWhenStalled(raw, stallMs);
    cutAfter(raw, bodyMs, () => {
      if (!reply.raw.headersSent) raw.socket.write(timedOut);
    });
  });
  app.addHook('onResponse', async (request) => {
    const { raw } = request;
    if (!isUpload(request) || raw.complete) return;
    raw.resume();
    cutAfter(raw, restMs);
  });
}

function isUpload({ routeOptions }: FastifyRequest): boolean {
  return routeOptions.config?.isUpload === true;
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/** As Node would answer by itself. */
const timedOut = 'HTTP/1.1 408 Request Timeout\r\nconnection: close\r\n\r\n';

function cutAfter(raw: IncomingMessage, ms: number, sayWhy = () => {}): void {
  const timer = setTimeout(() => {
    if (raw.complete || raw.socket.destroyed) return;
    sayWhy();
    raw.socket.destroy();
  }, ms);
  clearWhenDone(raw, timer);
}

/** How often it is looked whether something came, in the time in which something must come. */
const looks = 3;

/** Looks at the socket and not at the stream, which is read as if nobody looked. */
function cutWhenStalled(raw: IncomingMessage, ms: number): void {
  const { socket } = raw;
  let seen = socket.bytesRead;
  let silent = 0;
  const timer = setInterval(() => {
    silent = socket.bytesRead === seen && !raw.complete ? silent + 1 : 0;
    seen = socket.bytesRead;
    if (silent >= looks) socket.destroy();
  }, ms / looks);
  clearWhenDone(raw, timer);
}

function clearWhenDone(raw: IncomingMessage, timer: NodeJS.Timeout): void {
  timer.unref();
  const clear = () => clearTimeout(timer);
  raw.once('end', clear);
  raw.once('close', clear);
}
