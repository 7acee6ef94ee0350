import { inflateSync } from 'node:zlib';
import { type CloseName, decodeFrame, type Frame, limits, ProtocolError, Vsn } from '@flooim/protocol';
import { type Connection, Outbox } from '../delivery/outbox.ts';
import type { Receiver } from '../delivery/registry.ts';
import type { ConnectedDevice } from '../device/connected-device.ts';
import type { Placed } from '../store/entry.ts';

/** A connection that can also stop reading, so that a client cannot send faster than it is served. */
export interface Door extends Connection {
  pauseReading(): void;
  resumeReading(): void;
}

/** Frames of one session that are handled before others get a turn. */
const framesPerTurn = 16;

/** Handles one frame; a promise holds back the frames behind it. */
export type Dispatch = (session: Session, frame: Frame) => void | Promise<void>;

export interface SessionEvents {
  dispatch: Dispatch;
  /** The server has ended the session; its socket may take a while to close. */
  onEnd: (session: Session) => void;
  onError: (error: unknown) => void;
}

const inflate = (bytes: Uint8Array, maxOutputLength: number) => inflateSync(bytes, { maxOutputLength });

/** One socket's life: frames in order, one at a time, until it closes. */
export class Session implements Receiver, ConnectedDevice {
  /** What Provision made known; empty before. */
  appId = '';
  uid = 0;
  deviceSN = 0;
  vsn: Vsn = Vsn.V1;
  tokenHash = '';
  /** When the token ends, in ms since the epoch. */
  tokenExpiresAt = Number.POSITIVE_INFINITY;
  /** Version 1: how far each conversation went out, by pulls and pushes: deployed clients ask again before they acknowledge. */
  readonly given = new Map<number, number>();
  outbox: Outbox;
  /** `performance.now()` of the last frame or pong. */
  seenAt = performance.now();
  readonly #door: Door;
  readonly #events: SessionEvents;
  #inbound: Uint8Array[] = [];
  #busy = false;
  #paused = false;
  #ended = false;

  constructor(door: Door, events: SessionEvents) {
    this.#door = door;
    this.#events = events;
    this.outbox = new Outbox(door, this.vsn);
  }

  get provisioned(): boolean {
    return this.uid > 0;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Makes the session that of a device. */
  open(device: ConnectedDevice, token: { tokenHash: Uint8Array; expiresAt: number }): void {
    this.appId = device.appId;
    this.uid = device.uid;
    this.deviceSN = device.deviceSN;
    this.vsn = device.vsn;
    this.tokenHash = Buffer.from(token.tokenHash).toString('hex');
    this.tokenExpiresAt = token.expiresAt;
    this.outbox = new Outbox(this.#door, device.vsn);
  }

  has(peer: number, { mid }: Placed): boolean {
    return this.vsn === Vsn.V1 && mid <= (this.given.get(peer) ?? -1);
  }

  /** Whether a push may follow what this device was given; version 2 devices find out by themselves. */
  continues(peer: number, { prevMid }: Placed): boolean {
    return this.vsn === Vsn.V2 || prevMid <= (this.given.get(peer) ?? -1);
  }

  pushed(peer: number, { mid }: Placed): void {
    if (this.vsn === Vsn.V1) this.given.set(peer, mid);
  }

  receive(bytes: Uint8Array): void {
    if (this.#ended) return;
    this.seenAt = performance.now();
    this.#inbound.push(bytes);
    if (this.#inbound.length >= limits.inboundFrames && !this.#paused) {
      this.#paused = true;
      this.#door.pauseReading();
    }
    if (!this.#busy) this.#next();
  }

  end(name: CloseName): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#inbound = [];
    this.outbox.flush();
    this.#door.close(name);
    this.#events.onEnd(this);
  }

  /** The connection is gone. */
  lost(): void {
    this.#ended = true;
    this.#inbound = [];
  }

  #next(): void {
    for (let handled = 0; this.#inbound.length > 0 && !this.#busy; handled++) {
      if (handled === framesPerTurn) this.#hold((resume) => setImmediate(resume));
      // Who does not read its answers gets no more of them.
      else if (this.outbox.isFull) this.#hold((resume) => this.outbox.whenRoom(resume));
      else this.#handleNext();
    }
    if (this.#paused && this.#inbound.length < limits.inboundFrames / 2) {
      this.#paused = false;
      this.#door.resumeReading();
    }
  }

  #handleNext(): void {
    const pending = this.#handle(this.#inbound.shift() as Uint8Array);
    if (pending !== undefined) this.#hold((resume) => pending.catch(this.#events.onError).finally(resume));
  }

  /** Keeps the frames behind this one waiting. */
  #hold(until: (resume: () => void) => void): void {
    this.#busy = true;
    until(() => {
      this.#busy = false;
      this.#next();
    });
  }

  #handle(bytes: Uint8Array): void | Promise<void> {
    try {
      // Nobody unknown makes the server inflate anything.
      const frame = decodeFrame(bytes, this.provisioned ? { inflate } : {});
      return this.#events.dispatch(this, frame);
    } catch (error) {
      if (error instanceof ProtocolError) return this.end(closeFor(error));
      this.#events.onError(error);
    }
  }
}

function closeFor(error: ProtocolError): CloseName {
  return error.code === 'frame_too_large' || error.code === 'inflated_too_large' ? 'tooLarge' : 'malformed';
}
