import { type CloseName, Command, encodeFrame, encodeNotice, limits, type Vsn } from '@flooim/protocol';

/** What an outbox needs of a connection, whichever door it came through. */
export interface Connection {
  /** Writes frames in order, in one go. */
  write(frames: readonly Uint8Array[]): void;
  /** Bytes accepted by `write` that have not left yet. */
  readonly bufferedBytes: number;
  close(name: CloseName): void;
}

/** Conversations of which a slow device is told by name; with more it has to start anew. */
const maxBehind = 1000;

/** With this much waiting, messages that may give way do. */
const giveWayBytes = limits.outboxBytes / 16;

/** From so many bytes on an outbox counts as one with much in it, of which so many bytes leave in a turn. */
const muchBytes = 16 * 1024;
const muchInTurnBytes = 1024 * 1024;

const none: Uint8Array[] = [];

let flushing: Outbox[] = [];

/** All that was queued in a turn leaves at its end: one write a socket instead of one a frame. */
function flushAtEndOfTurn(outbox: Outbox): void {
  if (flushing.push(outbox) === 1) setImmediate(flushTurn);
}

/** Copying megabytes to the system takes as long as many turns: where much goes out, some of it waits, and nobody else. */
function flushTurn(): void {
  const turn = flushing;
  flushing = [];
  let room = muchInTurnBytes;
  const waiting: Outbox[] = [];
  for (const outbox of turn) {
    const bytes = outbox.queuedBytes;
    if (bytes >= muchBytes && room <= 0) {
      waiting.push(outbox);
      continue;
    }
    outbox.flush();
    if (bytes >= muchBytes) room -= bytes;
  }
  if (waiting.length === 0) return;
  // Those who were queued meanwhile have asked for the turn already.
  if (flushing.length === 0) setImmediate(flushTurn);
  flushing = [...waiting, ...flushing];
}

/**
 * The frames on their way to one device. Bounded: when too much is waiting, pushes stop, the conversations they were
 * for are remembered, and once there is room again the device is told what to pull. Nothing is lost, memory stays.
 */
export class Outbox {
  readonly #connection: Connection;
  readonly #vsn: Vsn;
  #frames: Uint8Array[] = none;
  #queuedBytes = 0;
  /** Conversations of which pushes had no room; nearly always nothing, and idle sessions are many. */
  #behind: Set<number> | undefined;
  /** Conversations with messages that gave way. */
  #gaveWay: Set<number> | undefined;
  #onRoom: (() => void) | undefined;

  constructor(connection: Connection, vsn: Vsn) {
    this.#connection = connection;
    this.#vsn = vsn;
  }

  /** Queues the answer to something that the device asked for. */
  answer(frame: Uint8Array): void {
    this.#queuedBytes += frame.length;
    if (this.#frames.length > 0) this.#frames.push(frame);
    else {
      // Nearly always it stays the only one: room for more would be most of what a push to many leaves to collect.
      this.#frames = [frame];
      flushAtEndOfTurn(this);
    }
  }

  /**
   * Queues a stored entry of the conversation `peer`; false: there was no room, and the device will be told to pull. What
   * `givesWay` has room only where little is waiting.
   */
  push(peer: number, frame: Uint8Array, givesWay = false): boolean {
    if (givesWay && this.#waitingBytes >= giveWayBytes) {
      this.#gaveWay ??= new Set();
      this.#gaveWay.add(peer);
      return false;
    }
    const hasRoom = !this.#behind && this.#waitingBytes < limits.outboxBytes;
    if (hasRoom) this.answer(frame);
    else this.#fallBehind(peer);
    return hasRoom;
  }

  /** Queues what may be lost. */
  pushTransient(frame: Uint8Array): void {
    if (this.#waitingBytes < limits.outboxBytes) this.answer(frame);
  }

  /** Tells of a conversation that the device has to pull. */
  notify(peer: number): void {
    if (!this.#behind && !this.isFull) this.answer(this.#notice(peer));
    else this.#fallBehind(peer);
  }

  /** Whoever asks more now has to wait. */
  get isFull(): boolean {
    return this.#waitingBytes > limits.outboxBytes;
  }

  /** Calls back once, when half of the room is free again. */
  whenRoom(callback: () => void): void {
    this.#onRoom = callback;
  }

  /** Called when the connection has sent something: a device that was behind hears what to pull. */
  drained(): void {
    const waiting = this.#waitingBytes;
    if (waiting <= giveWayBytes / 2) {
      this.#tell(this.#gaveWay);
      this.#gaveWay = undefined;
    }
    if (waiting > limits.outboxBytes / 2) return;
    const onRoom = this.#onRoom;
    this.#onRoom = undefined;
    this.#tell(this.#behind);
    this.#behind = undefined;
    onRoom?.();
  }

  /** What leaves with the next flush. */
  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  flush(): void {
    const frames = this.#frames;
    if (frames.length === 0) return;
    this.#frames = none;
    this.#queuedBytes = 0;
    this.#connection.write(frames);
    // Only answers can come here, to a device that asks and does not read.
    if (this.#connection.bufferedBytes > 4 * limits.outboxBytes) this.#connection.close('slowConsumer');
    // What the system takes at once is followed by no word that it was taken.
    else if (this.#onRoom || this.#behind || this.#gaveWay) this.drained();
  }

  get #waitingBytes(): number {
    return this.#queuedBytes + this.#connection.bufferedBytes;
  }

  #fallBehind(peer: number): void {
    this.#behind ??= new Set();
    this.#behind.add(peer);
    if (this.#behind.size > maxBehind) this.#connection.close('slowConsumer');
  }

  #tell(peers: Set<number> | undefined): void {
    for (const peer of peers ?? []) this.answer(this.#notice(peer));
  }

  #notice(peer: number): Uint8Array {
    const payload = encodeNotice({ xid: { uid: peer, deviceSN: 0 } });
    return encodeFrame({ vsn: this.#vsn, command: Command.NOTICE, payload });
  }
}
