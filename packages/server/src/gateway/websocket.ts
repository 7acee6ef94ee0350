import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import { type CloseName, closeCodes, limits } from '@flooim/protocol';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Context } from '../context.ts';
import { addressOf, networkOf } from '../http/address.ts';
import { createDispatch } from './dispatch.ts';
import { type Door, Session, type SessionEvents } from './session.ts';

const path = '/xsync';
/** How often idle connections are looked for: one timer for all of them. */
const sweepMs = 15_000;
/** How often sessions are looked for whose token has expired. */
const expireMs = 1000;

/** Opens the realtime door on the server. */
export function attachWebSocket(server: Server, context: Context): WebSocketDoor {
  const door = new WebSocketDoor(context);
  door.attach(server);
  return door;
}

/** The realtime door: one binary WebSocket message is one frame. */
export class WebSocketDoor {
  readonly #context: Context;
  readonly #events: SessionEvents;
  readonly #sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    // Frames a little too large are told so; far larger ones are not even read.
    maxPayload: 2 * limits.frameBytes,
    skipUTF8Validation: true,
  });
  readonly #sessions = new Map<WebSocket, Session>();
  /** Open sockets by the network they come from. */
  readonly #origins = new Map<string, number>();
  readonly #timers: NodeJS.Timeout[];
  #closing = false;

  constructor(context: Context) {
    this.#context = context;
    this.#events = {
      dispatch: createDispatch(context, context.rateLimits),
      // At the end of the turn: sessions that end together do not hear of each other.
      onEnd: (session) => setImmediate(() => this.#leave(session)),
      onError: (error) => context.log.error({ err: error }, 'a frame could not be handled'),
    };
    this.#timers = [setInterval(() => this.#dropIdle(), sweepMs), setInterval(() => this.#dropExpired(), expireMs)];
  }

  /** Takes the server's upgrade requests. */
  attach(server: Server): void {
    server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
      // Node leaves an upgraded socket without a listener, and an error that nobody hears ends the process.
      socket.on('error', (error) => this.#context.log.debug({ err: error }, 'socket error'));
      const isOurs = request.url?.split('?', 1)[0] === path;
      if (!isOurs || this.#closing) return refuseUpgrade(socket, isOurs ? '503 Service Unavailable' : '404 Not Found');
      if (!this.#admit(request, socket)) return refuseUpgrade(socket, '429 Too Many Requests');
      this.#sockets.handleUpgrade(request, socket, head, (ws) => this.#accept(ws, socket));
    });
  }

  /** Tells every client when to come back, and waits until they are gone, a few seconds at most. */
  async close(): Promise<void> {
    this.#closing = true;
    for (const timer of this.#timers) clearInterval(timer);
    for (const session of this.#sessions.values()) session.end('shutdown');
    const deadline = performance.now() + 3000;
    while (this.#sessions.size > 0 && performance.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    for (const ws of this.#sessions.keys()) ws.terminate();
    this.#sockets.close();
  }

  /** Counts the socket for where it comes from, until it closes; false: there are too many. */
  #admit(request: IncomingMessage, socket: Socket): boolean {
    const { trustProxy, socketsPerAddress } = this.#context.config;
    const origin = networkOf(addressOf(request, trustProxy));
    const open = this.#origins.get(origin) ?? 0;
    if (open >= socketsPerAddress) return false;
    this.#origins.set(origin, open + 1);
    socket.once('close', () => {
      const left = (this.#origins.get(origin) ?? 1) - 1;
      if (left > 0) this.#origins.set(origin, left);
      else this.#origins.delete(origin);
    });
    return true;
  }

  #accept(ws: WebSocket, socket: Socket): void {
    socket.setNoDelay(true);
    const session = new Session(doorOf(ws, socket), this.#events);
    this.#sessions.set(ws, session);
    const timeout = setTimeout(() => {
      if (!session.provisioned) session.end('provisionTimeout');
    }, limits.provisionTimeoutMs);
    ws.on('message', (data, isBinary) => {
      if (isBinary) session.receive(data as Buffer);
      else session.end('malformed');
    });
    ws.on('pong', () => {
      session.seenAt = performance.now();
    });
    socket.on('drain', () => session.outbox.drained());
    // ws closes the connection itself after an error; there is nothing more to do.
    ws.on('error', (error) => this.#context.log.debug({ err: error }, 'websocket error'));
    ws.on('close', () => {
      clearTimeout(timeout);
      this.#forget(ws, session);
    });
  }

  #forget(ws: WebSocket, session: Session): void {
    this.#sessions.delete(ws);
    session.lost();
    this.#leave(session);
  }

  /** Once for each session: from now on its device is away. */
  #leave(session: Session): void {
    const { registry, devices } = this.#context;
    if (session.provisioned && registry.remove(session)) devices.disconnected(session.uid, session.deviceSN);
  }

  #dropExpired(): void {
    const now = this.#context.clock();
    for (const session of this.#sessions.values()) if (session.tokenExpiresAt <= now) session.end('tokenInvalid');
  }

  #dropIdle(): void {
    const now = performance.now();
    this.#context.rateLimits.writes.prune();
    this.#context.rateLimits.reads.prune();
    for (const [ws, session] of this.#sessions) {
      const silentMs = now - session.seenAt;
      if (silentMs > limits.idleTimeoutMs) session.end('idle');
      else if (silentMs > limits.heartbeatMs) ws.ping();
    }
  }
}

/** How long a client has to answer a close before the connection is cut. */
const closeGraceMs = 2000;

function doorOf(ws: WebSocket, socket: Socket): Door {
  return {
    write(frames) {
      if (ws.readyState !== ws.OPEN) return;
      socket.cork();
      for (const frame of frames) ws.send(frame);
      socket.uncork();
    },
    get bufferedBytes() {
      return ws.bufferedAmount;
    },
    close(name: CloseName) {
      const { code, reason } = closeCodes[name];
      ws.close(code, reason);
      setTimeout(() => ws.terminate(), closeGraceMs).unref();
    },
    pauseReading: () => ws.pause(),
    resumeReading: () => ws.resume(),
  };
}

function refuseUpgrade(socket: Socket, status: string): void {
  // The other side may keep its half open for ever.
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () => socket.destroy());
  socket.setTimeout(closeGraceMs, () => socket.destroy());
}
