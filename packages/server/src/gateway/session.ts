import { inflateSync } from 'node:zlib';
import {
  type CloseName,
  decodeFrame,
  type Frame,
  limits,
  type MessageBody,
  ProtocolError,
  Vsn,
} from '@flooim/protocol';
import { type Connection, Outbox } from '../delivery/outbox.ts';
import type { Receiver } from '../delivery/registry.ts';
import type { ConnectedDevice } from '../device/connected-device.ts';
import type { Placed } from '../store/entry.ts';
import { GivenLogs } from './version-one.ts';

/** What a session needs of the door that its client came through. */
export interface Door extends Connection {
  /** So that a client cannot send faster than it is served. */
  pauseReading(): void;
  resumeReading(): void;
  /** How long its clients keep the connection after their Provision was refused. */
  readonly refusalGraceMs: number;
}

/** Frames of one session that are handled before others get a turn. */
const framesPerTurn = 16;
/** Provisions of one connection that may be refused. */
const provisionTries = 3;

/** Handles one frame; a promise holds back the frames behind it. */
export type Dispatch = (session: Session, frame: Frame) => void | Promise<void>;

export interface SessionEvents {
  dispatch: Dispatch;
  /** Its client is known from now on. */
  onOpen: (session: Session) => void;
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
  outbox: Outbox;
  /** `performance.now()` of the last frame or pong. */
  seenAt = performance.now();
  readonly #door: Door;
  readonly #events: SessionEvents;
  #inbound: Uint8Array[] = [];
  #busy = false;
  #paused = false;
  #ended = false;
  #refusals = 0;
  #refused: NodeJS.Timeout | undefined;
  #given: GivenLogs | undefined;

  constructor(door: Door, events: SessionEvents) {
    this.#door = door;
    this.#events = events;
    this.outbox = new Outbox(door, this.vsn);
  }

  get provisioned(): boolean {
    return this.uid > 0;
  }

  /** Used in version 1 alone. */
  get given(): GivenLogs {
    this.#given ??= new GivenLogs();
    return this.#given;
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
    this.renew(token);
    this.outbox = new Outbox(this.#door, device.vsn);
    this.#events.onOpen(this);
  }

  /** From now on it lives as long as this token. */
  renew(token: { tokenHash: Uint8Array; expiresAt: number }): void {
    this.tokenHash = Buffer.from(token.tokenHash).toString('hex');
    this.tokenExpiresAt = token.expiresAt;
  }

  has(peer: number, placed: Placed): boolean {
    return this.vsn === Vsn.V1 && this.given.has(peer, placed);
  }

  /** Whether a push may follow what this device was given; version 2 devices find out by themselves. */
  continues(peer: number, placed: Placed): boolean {
    return this.vsn === Vsn.V2 || this.given.continues(peer, placed);
  }

  hasEdit(operation: MessageBody): boolean {
    return this.vsn === Vsn.V1 && this.given.hasEdit(operation);
  }

  toNotify(peer: number): boolean {
    return this.vsn === Vsn.V2 || this.given.toNotify(peer);
  }

  pushed(peer: number, placed: Placed): void {
    if (this.vsn === Vsn.V1) this.given.pushed(peer, placed);
  }

  missed(peer: number): void {
    if (this.vsn === Vsn.V1) this.given.missed(peer);
  }

  passed(peer: number, placed: Placed): void {
    if (this.vsn === Vsn.V1) this.given.passed(peer, placed);
  }

  /** The client is there. */
  heard(): void {
    this.seenAt = performance.now();
  }

  receive(bytes: Uint8Array): void {
    if (this.#ended) return;
    this.heard();
    this.#inbound.push(bytes);
    if (this.#inbound.length >= limits.inboundFrames && !this.#paused) {
      this.#paused = true;
      this.#door.pauseReading();
    }
    if (!this.#busy) this.#next();
  }

  /** Whether more frames wait behind the one that is handled. */
  get isWaiting(): boolean {
    return this.#inbound.length > 0;
  }

  /** Takes the frames that wait behind the one that is handled, up to the first that is not wanted. */
  takeWaiting(isWanted: (frame: Frame) => boolean): void {
    while (this.#inbound.length > 0 && isWantedFrame(this.#inbound[0] as Uint8Array, isWanted)) this.#inbound.shift();
  }

  /** Its Provision was refused. Where the door leaves time for it another one may follow. */
  refuse(name: CloseName): void {
    const graceMs = this.#door.refusalGraceMs;
    if (graceMs === 0 || this.provisioned) return this.end(name);
    clearTimeout(this.#refused);
    if (++this.#refusals === provisionTries) return this.end(name);
    this.#refused = setTimeout(() => this.provisioned || this.end(name), graceMs);
  }

  end(name: CloseName): void {
    if (this.#ended) return;
    clearTimeout(this.#refused);
    this.#ended = true;
    this.#inbound = [];
    this.outbox.flush();
    this.#door.close(name);
    this.#events.onEnd(this);
  }

  /** The connection is gone. */
  lost(): void {
    clearTimeout(this.#refused);
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

/** What cannot be read has its own turn. */
function isWantedFrame(bytes: Uint8Array, isWanted: (frame: Frame) => boolean): boolean {
  try {
    return isWanted(decodeFrame(bytes, { inflate }));
  } catch (error) {
    if (error instanceof ProtocolError) return false;
    throw error;
  }
}

function closeFor(error: ProtocolError): CloseName {
  return error.code === 'frame_too_large' || error.code === 'inflated_too_large' ? 'tooLarge' : 'malformed';
}
