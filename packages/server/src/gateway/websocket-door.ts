import type { Socket } from 'node:net';
import type { CloseName } from '@flooim/protocol';
import type { WebSocket } from 'ws';
import type { Connection } from '../delivery/outbox.ts';

/** What a door makes of what comes in. */
export interface Visitor {
  /** One frame, as bytes. */
  frame(bytes: Uint8Array): void;
  /** Something came that is no frame: the client is there. */
  sign(): void;
  /** What came makes no sense here. */
  malformed(): void;
}

/** How long a client has to answer a close before the connection is cut. */
const closeGraceMs = 2000;
/** With so much waiting for a client, answers to its pings wait too, and the last of them alone. */
const pongBytes = 64 * 1024;

/** A connection that came as a WebSocket, and how frames travel on it. */
export abstract class WebSocketDoor implements Connection {
  /** How long a connection stays open whose Provision was refused. */
  abstract readonly refusalGraceMs: number;
  protected readonly ws: WebSocket;
  protected readonly socket: Socket;
  #owed: (() => void) | undefined;

  constructor(ws: WebSocket, socket: Socket) {
    this.ws = ws;
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on('drain', () => this.#pay());
    ws.on('ping', (data) => this.whenRead(() => ws.pong(data)));
  }

  /** Begins to listen. */
  abstract open(visitor: Visitor): void;

  /** Called now and then: `silentMs` is for how long nothing has come. */
  abstract keepAlive(silentMs: number): void;

  abstract close(name: CloseName): void;

  /** In one go. */
  protected abstract send(frames: readonly Uint8Array[]): void;

  write(frames: readonly Uint8Array[]): void {
    if (this.ws.readyState === this.ws.OPEN) this.send(frames);
  }

  get bufferedBytes(): number {
    // Nothing is compressed, so nothing waits before the socket.
    return this.socket.writableLength;
  }

  /** So that a client cannot send faster than it is served. */
  pauseReading(): void {
    this.ws.pause();
  }

  resumeReading(): void {
    this.ws.resume();
  }

  /** A client that never reads fills nothing; one that is slow gets its answer, without which it would not ping again. */
  protected whenRead(answer: () => void): void {
    this.#owed = answer;
    this.#pay();
  }

  #pay(): void {
    const owed = this.#owed;
    if (!owed || this.bufferedBytes >= pongBytes) return;
    this.#owed = undefined;
    if (this.ws.readyState === this.ws.OPEN) owed();
  }

  protected end(code: number, reason: string): void {
    this.ws.close(code, reason);
    setTimeout(() => this.ws.terminate(), closeGraceMs).unref();
  }
}
