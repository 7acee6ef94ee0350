import {
  Command,
  type ConversationUnread,
  decodeNotice,
  decodeSyncDL,
  decodeUnreadDL,
  encodeSyncUL,
  encodeUnreadUL,
  type Frame,
  limits,
  type Meta,
  StatusCode,
  type SyncDL,
  UnreadScope,
} from '@flooim/protocol';
import type { Connection } from '../connection/connection.ts';
import type { Clock, Timer } from '../platform/platform.ts';
import type { Transaction, Transactions } from '../storage/transaction.ts';
import { Acknowledger } from './acknowledger.ts';
import { applyEntry, type EntryHandlers } from './apply.ts';
import { xid } from './xid.ts';

/** The device's place in each log, kept with the conversation. */
export interface Cursors {
  get(cid: number): number;
  /** Never goes back. */
  advance(cid: number, mid: number, tx: Transaction): void;
  /** The place that the store has, which is what the server may be told. */
  stored(cid: number): number;
  /** The transaction that advanced to `mid` is safe. */
  storedUpTo(cid: number, mid: number): void;
  /** Takes over the positions of unread rows, and lists their conversations. */
  seed(rows: readonly ConversationUnread[], scope: UnreadScope, tx: Transaction): void;
}

/** Answers that belong to others than the sync. */
export interface SyncAnswers {
  sent(answer: SyncDL, tx: Transaction): void;
  refused(answer: SyncDL): void;
  history(answer: SyncDL): void;
  /** The server has said what waits, and was asked for it. */
  pullsSent(): void;
  /** Whether this device has stored an unread list with all conversations: later ones may leave out what is as it was. */
  hasWholeList(): boolean;
  wholeList(tx: Transaction): void;
  /** The server does not know this session any more. */
  unauthorized(): void;
}

export interface SyncParts {
  uid: number;
  clock: Clock;
  connection: Connection;
  transactions: Transactions;
  cursors: Cursors;
  handlers: EntryHandlers;
  answers: SyncAnswers;
}

interface Lane {
  state: 'idle' | 'queued' | 'pulling';
  /** There is more than the pull on its way can bring. */
  again: boolean;
  /** Where the pull on its way began. */
  key: number;
}

const parallelPulls = 8;
/** A pull without an answer for this long, and nothing else of the log: the session is not right, connect anew. */
const pullTimeoutMs = 20_000;
/** The longest that other answers may keep one waiting. */
const pullLimitMs = 60_000;

/**
 * Keeps this device's copy of every log whole (docs/xsync-v2.md): applies pushes that continue it, pulls where one leaves
 * a gap, moves the cursor with what was stored, acknowledges after that.
 */
export class Sync {
  readonly #parts: SyncParts;
  readonly #lanes = new Map<number, Lane>();
  readonly #queue: number[] = [];
  readonly #timers = new Map<number, Timer>();
  readonly #acknowledger: Acknowledger;
  #pulling = 0;
  #unreadSeen = false;
  #heardAt = 0;

  constructor(parts: SyncParts) {
    this.#parts = parts;
    this.#acknowledger = new Acknowledger(parts.clock, (cid, key) => this.#send({ xid: xid(cid), key }));
  }

  /** The session stands: asks what came while away. */
  connected(): void {
    this.#unreadSeen = false;
    this.#parts.connection.send(Command.UNREAD, encodeUnreadUL({ newsOnly: this.#parts.answers.hasWholeList() }));
  }

  /** Answers that were on their way are lost; the next session asks again. */
  disconnected(): void {
    this.#acknowledger.stop();
    for (const timer of this.#timers.values()) this.#parts.clock.clearTimeout(timer);
    this.#timers.clear();
    this.#lanes.clear();
    this.#queue.length = 0;
    this.#pulling = 0;
  }

  receive(frame: Frame): void {
    if (frame.command === Command.SYNC) {
      this.#heardAt = this.#parts.clock.now();
      this.#sync(decodeSyncDL(frame.payload));
    } else if (frame.command === Command.UNREAD) this.#unread(frame);
    else if (frame.command === Command.NOTICE && frame.payload.length > 0) {
      this.#pullSoon(this.conversation(decodeNotice(frame.payload).xid.uid));
    }
  }

  /** The conversation that an xid of the wire names: the own log is the system's. */
  conversation(uid: number | undefined): number {
    return uid === this.#parts.uid ? 0 : (uid ?? 0);
  }

  #unread(frame: Frame): void {
    const answer = decodeUnreadDL(frame.payload);
    if (answer.status && answer.status.code !== StatusCode.OK) {
      this.#parts.connection.reconnectLater();
      return;
    }
    const { unread: rows, scope } = answer;
    const { answers, cursors, transactions } = this.#parts;
    void transactions.run((tx) => {
      cursors.seed(rows, scope, tx);
      if (scope === UnreadScope.ALL) answers.wholeList(tx);
    });
    for (const row of rows) if (row.n > 0) this.#pullSoon(this.conversation(row.xid.uid));
    this.#unreadSeen = true;
    answers.pullsSent();
    this.#maybeCaughtUp();
  }

  #sync(answer: SyncDL): void {
    const { answers } = this.#parts;
    const code = answer.status?.code ?? StatusCode.OK;
    if (code === StatusCode.UNAUTHORIZED) answers.unauthorized();
    else if (answer.clientMid) code === StatusCode.OK ? this.#sent(answer) : answers.refused(answer);
    else if (answer.isFullSync) answers.history(answer);
    else if (code !== StatusCode.OK) this.#pullRefused(answer);
    else this.#entries(answer);
  }

  #entries(answer: SyncDL): void {
    const cid = this.conversation(answer.xid?.uid);
    const lane = this.#lanes.get(cid);
    if (lane?.state === 'pulling' && !answer.isEagerSync) this.#pulled(cid, lane, answer);
    else this.#push(cid, answer);
  }

  #sent(answer: SyncDL): void {
    const cid = this.conversation(answer.xid?.uid);
    const continues = answer.prevMid <= this.#parts.cursors.get(cid);
    const done = this.#parts.transactions.run((tx) => {
      this.#parts.answers.sent(answer, tx);
      if (continues) this.#parts.cursors.advance(cid, answer.serverMid, tx);
    });
    if (continues) void done.then(() => this.#acknowledge(cid, answer.serverMid));
    else this.#pullSoon(cid);
  }

  #push(cid: number, answer: SyncDL): void {
    if (answer.nextKey === 0) return void this.#apply(cid, answer.metas, 0);
    const cursor = this.#parts.cursors.get(cid);
    if (answer.prevMid > cursor) {
      this.#pullSoon(cid);
      return;
    }
    const fresh = answer.metas.filter((meta) => meta.id > cursor);
    void this.#apply(cid, fresh, answer.nextKey).then(() => this.#acknowledge(cid, answer.nextKey));
  }

  /** Applies entries and moves the cursor, in one transaction; resolves when both are stored. */
  #apply(cid: number, metas: readonly Meta[], cursor: number): Promise<void> {
    return this.#parts.transactions.run((tx) => {
      for (const meta of metas) this.#applyOne(cid, meta, cursor === 0, tx);
      if (cursor > 0) this.#parts.cursors.advance(cid, cursor, tx);
    });
  }

  /** No entry, however odd, stops the ones after it. */
  #applyOne(cid: number, meta: Meta, live: boolean, tx: Transaction): void {
    const entry = { cid, meta, from: meta.from?.uid ?? 0, to: meta.to?.uid ?? 0, live };
    try {
      applyEntry(entry, this.#parts.handlers, tx);
    } catch (error) {
      tx.emit('flooError', { category: 'INTERNAL', desc: `entry ${meta.id} was passed over: ${String(error)}` });
    }
  }

  #pullSoon(cid: number): void {
    const lane = this.#lane(cid);
    if (lane.state === 'pulling') lane.again = true;
    if (lane.state !== 'idle') return;
    lane.state = 'queued';
    this.#queue.push(cid);
    this.#pullNext();
  }

  #pullNext(): void {
    while (this.#pulling < parallelPulls && this.#queue.length > 0) {
      const cid = this.#queue.shift() as number;
      this.#lane(cid).state = 'pulling';
      this.#pulling += 1;
      this.#pull(cid);
    }
  }

  #pull(cid: number): void {
    const { clock, cursors } = this.#parts;
    this.#acknowledger.saidByPull(cid);
    this.#watch(cid, pullTimeoutMs, clock.now() + pullLimitMs);
    const key = cursors.stored(cid);
    this.#lane(cid).key = key;
    this.#send({ xid: xid(cid), key, fullSyncNum: limits.pullPage });
  }

  /** A server that is busy with answers to other requests is not gone. */
  #watch(cid: number, ms: number, end: number): void {
    const { clock, connection } = this.#parts;
    const check = () => {
      const wait = Math.min(this.#heardAt + pullTimeoutMs, end) - clock.now();
      if (wait > 0) this.#watch(cid, wait, end);
      else connection.reconnectLater();
    };
    this.#timers.set(cid, clock.setTimeout(check, ms));
  }

  #pulled(cid: number, lane: Lane, answer: SyncDL): void {
    this.#answered(cid);
    const cursor = this.#parts.cursors.get(cid);
    const fresh = answer.metas.filter((meta) => meta.id > cursor);
    const reached = answer.nextKey || (answer.metas.at(-1)?.id ?? 0);
    void this.#apply(cid, fresh, reached).then(() => {
      this.#parts.cursors.storedUpTo(cid, reached);
      if (this.#lanes.get(cid) !== lane) return;
      if (answer.nextKey > lane.key) this.#pull(cid);
      else this.#pullDone(cid, lane);
    });
  }

  #pullDone(cid: number, lane: Lane): void {
    const again = lane.again;
    this.#lanes.delete(cid);
    this.#pulling -= 1;
    if (again) this.#pullSoon(cid);
    this.#pullNext();
    this.#maybeCaughtUp();
  }

  #pullRefused(answer: SyncDL): void {
    const cid = this.conversation(answer.xid?.uid);
    const lane = this.#lanes.get(cid);
    if (lane?.state !== 'pulling') return;
    // Too many at once: the same session tries again. Anything else is final for this conversation.
    if (answer.status?.code === StatusCode.RATE_LIMIT_EXCEEDED) {
      this.#pullLater(cid);
      return;
    }
    this.#answered(cid);
    this.#pullDone(cid, { ...lane, again: false });
  }

  #pullLater(cid: number): void {
    this.#answered(cid);
    this.#timers.set(
      cid,
      this.#parts.clock.setTimeout(() => this.#pull(cid), 1000),
    );
  }

  #answered(cid: number): void {
    this.#parts.clock.clearTimeout(this.#timers.get(cid));
    this.#timers.delete(cid);
  }

  #acknowledge(cid: number, stored: number): void {
    const { connection, cursors } = this.#parts;
    cursors.storedUpTo(cid, stored);
    if (connection.isUp) this.#acknowledger.acknowledge(cid, cursors.stored(cid));
  }

  #maybeCaughtUp(): void {
    if (this.#unreadSeen && this.#lanes.size === 0) this.#parts.connection.caughtUp();
  }

  #send(request: Parameters<typeof encodeSyncUL>[0]): void {
    this.#parts.connection.send(Command.SYNC, encodeSyncUL(request));
  }

  #lane(cid: number): Lane {
    const lane = this.#lanes.get(cid) ?? { state: 'idle', again: false, key: 0 };
    this.#lanes.set(cid, lane);
    return lane;
  }
}
