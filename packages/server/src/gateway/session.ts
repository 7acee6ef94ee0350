import { inflateSync } from 'node:zlib';
import { type CloseName, decodeFrame, type Frame, limits, ProtocolError, Vsn } from '@flooim/protocol';
import { type Connection, Outbox } from '../delivery/outbox.ts';
import type { Receiver } from '../delivery/registry.ts';
import type { ConnectedDevice } from '../device/connected-device.ts';

/** A connection that can also stop reading, so that a client cannot send faster than it is served. */
export interface Door extends Connection {
  pauseReading(): void;
  resumeReading(): void;
}

/** Handles one frame; a promise holds back the frames behind it. */
export type Dispatch = (session: Session, frame: Frame) => void | Promise<void>;

export interface SessionEvents {
  dispatch: Dispatch;
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
  /** How far each conversation went out in answer to pulls: deployed clients ask again before they acknowledge. */
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
  open(device: ConnectedDevice): void {
    this.appId = device.appId;
    this.uid = device.uid;
    this.deviceSN = device.deviceSN;
    this.vsn = device.vsn;
    this.outbox = new Outbox(this.#door, device.vsn);
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
  }

  /** The connection is gone. */
  lost(): void {
    this.#ended = true;
    this.#inbound = [];
  }

  #next(): void {
    while (this.#inbound.length > 0 && !this.#busy) {
      const pending = this.#handle(this.#inbound.shift() as Uint8Array);
      if (!pending) continue;
      this.#busy = true;
      pending.catch(this.#events.onError).finally(() => {
        this.#busy = false;
        this.#next();
      });
    }
    if (this.#paused && this.#inbound.length < limits.inboundFrames / 2) {
      this.#paused = false;
      this.#door.resumeReading();
    }
  }

  #handle(bytes: Uint8Array): void | Promise<void> {
    try {
      const frame = decodeFrame(bytes, { inflate });
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
