import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import { limits } from '@flooim/protocol';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Context } from '../context.ts';
import { addressOf, networkOf } from '../http/address.ts';
import { createDispatch } from './dispatch.ts';
import { Session, type SessionEvents } from './session.ts';
import { mannersOf, socketIoPath } from './socketio-address.ts';
import { SocketIoDoor } from './socketio-door.ts';
import type { WebSocketDoor } from './websocket-door.ts';
import { XsyncDoor } from './xsync-door.ts';

/** How often idle connections are looked for: one timer for all of them. */
const sweepMs = 15_000;
/** How often sessions are looked for whose token has expired. */
const expireMs = 1000;
/** Frames a little too large are told so; far larger ones are not even read. */
const maxPayload = 2 * limits.frameBytes;

/** Why an upgrade is refused. */
interface Refused {
  status: string;
  /** JSON. */
  body?: string;
  retryAfterSec?: number;
}

/** Who has not signed in by then is gone. */
const tooMany: Refused = { status: '429 Too Many Requests', retryAfterSec: limits.provisionTimeoutMs / 1000 };

type OpenDoor = (ws: WebSocket, socket: Socket) => WebSocketDoor;

/** Opens the realtime doors on the server. */
export function attachGateway(server: Server, context: Context): Gateway {
  const gateway = new Gateway(context);
  gateway.attach(server);
  return gateway;
}

/** Connections by whichever door, and their sessions. */
export class Gateway {
  readonly #context: Context;
  readonly #events: SessionEvents;
  readonly #sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload,
    skipUTF8Validation: true,
    // Answered by the door, which does not for those who never read.
    autoPong: false,
  });
  readonly #sessions = new Map<Session, { ws: WebSocket; door: WebSocketDoor; known: () => void }>();
  /** Open sockets by the network they come from, of those who have not said who they are. */
  readonly #origins = new Map<string, number>();
  readonly #timers: NodeJS.Timeout[];
  #closing = false;

  constructor(context: Context) {
    this.#context = context;
    this.#events = {
      dispatch: createDispatch(context, context.rateLimits),
      onOpen: (session) => this.#sessions.get(session)?.known(),
      // At the end of the turn: sessions that end together do not hear of each other.
      onEnd: (session) => setImmediate(() => this.#leave(session)),
      onError: (error) => context.log.error({ err: error }, 'a frame could not be handled'),
    };
    this.#timers = [setInterval(() => this.#sweep(), sweepMs), setInterval(() => this.#dropExpired(), expireMs)];
  }

  /** Takes the server's upgrade requests. */
  attach(server: Server): void {
    server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
      // Node leaves an upgraded socket without a listener, and an error that nobody hears ends the process.
      socket.on('error', (error) => this.#context.log.debug({ err: error }, 'socket error'));
      const openDoor = this.#doorFor(request);
      if ('status' in openDoor) return refuseUpgrade(socket, openDoor);
      const known = this.#admit(request, socket);
      if (!known) return refuseUpgrade(socket, tooMany);
      this.#sockets.handleUpgrade(request, socket, head, (ws) => this.#accept(ws, openDoor(ws, socket), socket, known));
    });
  }

  /** Tells every client when to come back, and waits until they are gone, a few seconds at most. */
  async close(): Promise<void> {
    this.#closing = true;
    for (const timer of this.#timers) clearInterval(timer);
    for (const session of this.#sessions.keys()) session.end('shutdown');
    const deadline = performance.now() + 3000;
    while (this.#sessions.size > 0 && performance.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    for (const { ws } of this.#sessions.values()) ws.terminate();
    this.#sockets.close();
  }

  #doorFor(request: IncomingMessage): OpenDoor | Refused {
    const openDoor = doorAt(request.url ?? '');
    if (!('status' in openDoor) && this.#closing) return { status: '503 Service Unavailable' };
    return openDoor;
  }

  /**
   * Counts the socket for where it comes from, until it closes or what this gives is called: whose it is, is known then.
   * Undefined: there are too many.
   */
  #admit(request: IncomingMessage, socket: Socket): (() => void) | undefined {
    const { trustProxy, socketsPerAddress } = this.#context.config;
    const origin = networkOf(addressOf(request, trustProxy));
    const open = this.#origins.get(origin) ?? 0;
    if (open >= socketsPerAddress) return undefined;
    this.#origins.set(origin, open + 1);
    let isCounted = true;
    const leave = () => {
      if (!isCounted) return;
      isCounted = false;
      const left = (this.#origins.get(origin) ?? 1) - 1;
      if (left > 0) this.#origins.set(origin, left);
      else this.#origins.delete(origin);
    };
    socket.once('close', leave);
    return leave;
  }

  #accept(ws: WebSocket, door: WebSocketDoor, socket: Socket, known: () => void): void {
    const session = new Session(door, this.#events);
    this.#sessions.set(session, { ws, door, known });
    const timeout = setTimeout(() => {
      if (!session.provisioned) session.end('provisionTimeout');
    }, limits.provisionTimeoutMs);
    socket.on('drain', () => session.outbox.drained());
    // ws closes the connection itself after an error; there is nothing more to do.
    ws.on('error', (error) => this.#context.log.debug({ err: error }, 'websocket error'));
    ws.on('close', () => {
      clearTimeout(timeout);
      this.#sessions.delete(session);
      session.lost();
      this.#leave(session);
    });
    door.open({
      frame: (bytes) => session.receive(bytes),
      sign: () => session.heard(),
      malformed: () => session.end('malformed'),
    });
  }

  /** Once for each session: from now on its device is away. */
  #leave(session: Session): void {
    const { registry, devices } = this.#context;
    if (session.provisioned && registry.remove(session)) devices.disconnected(session.uid, session.deviceSN);
  }

  #dropExpired(): void {
    const now = this.#context.clock();
    for (const session of this.#sessions.keys()) if (session.tokenExpiresAt <= now) session.end('tokenInvalid');
  }

  #sweep(): void {
    const now = performance.now();
    this.#context.rateLimits.writes.prune();
    this.#context.rateLimits.reads.prune();
    for (const [session, { door }] of this.#sessions) {
      const silentMs = now - session.seenAt;
      if (silentMs > limits.idleTimeoutMs) session.end('idle');
      else door.keepAlive(silentMs);
    }
  }
}

function doorAt(url: string): OpenDoor | Refused {
  const path = url.split('?', 1)[0];
  if (path === '/xsync') return (ws, socket) => new XsyncDoor(ws, socket);
  if (path !== socketIoPath && `${path}/` !== socketIoPath) return { status: '404 Not Found' };
  const manners = mannersOf(url);
  if ('refusal' in manners) return { status: '400 Bad Request', body: JSON.stringify(manners.refusal) };
  return (ws, socket) => new SocketIoDoor(ws, socket, manners, maxPayload);
}

/** How long the other side may keep its half open. */
const refusedGraceMs = 2000;

function refuseUpgrade(socket: Socket, { status, body = '', retryAfterSec }: Refused): void {
  const headers = ['Connection: close', 'Content-Type: application/json', `Content-Length: ${body.length}`];
  if (retryAfterSec) headers.push(`Retry-After: ${retryAfterSec}`);
  socket.end(`HTTP/1.1 ${status}\r\n${headers.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
  socket.setTimeout(refusedGraceMs, () => socket.destroy());
}
