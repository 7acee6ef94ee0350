import { Command, decodeMeta, encodeSyncUL, type Status, StatusCode, type SyncDL } from '@flooim/protocol';
import type { Connection } from '../connection/connection.ts';
import type { Clock, Timer } from '../platform/platform.ts';
import type { StoredSend } from '../storage/storage.ts';
import type { Transaction, Transactions } from '../storage/transaction.ts';

/** Sent in order and not answered yet, in one conversation. */
const window = 16;
/** The same over all conversations: answers to pulls come between. */
const windowOfAll = 64;
/** After a refusal for speed, one at a time for this long: what was sent behind the refused one could overtake it. */
const carefulMs = 30_000;
const firstRetryMs = 1000;
const lastRetryMs = 20_000;

export interface OutboxParts {
  clock: Clock;
  random: () => number;
  connection: Connection;
  transactions: Transactions;
  /** The server took it. */
  sent(send: StoredSend, answer: SyncDL, tx: Transaction): void;
  /** The server refused it for good. */
  failed(send: StoredSend, status: Status, tx: Transaction): void;
  /** It will not be sent: its conversation is gone. */
  dropped(send: StoredSend, tx: Transaction): void;
}

interface Lane {
  /** In the order of sending; the first `flying` of them are on their way. */
  sends: StoredSend[];
  flying: number;
  retries: number;
  timer?: Timer;
}

/**
 * What waits for the server: first in, first out in a conversation, stored before it is sent, sent again under the same
 * client mid in every session until the server answered.
 */
export class Outbox {
  readonly #parts: OutboxParts;
  readonly #lanes = new Map<number, Lane>();
  #carefulUntil = 0;
  /** Not safe in the store yet: they must not go out. */
  readonly #unstored = new Set<number>();
  /** Never went out, in any session: only these may still be changed, for the server holds a client mid to its content. */
  readonly #unsent = new Set<number>();

  constructor(parts: OutboxParts, stored: readonly StoredSend[]) {
    this.#parts = parts;
    for (const send of stored) if (send.failed === undefined) this.#lane(send.cid).sends.push(send);
  }

  /** Takes it in; it goes out after `stored`. */
  add(send: StoredSend, tx: Transaction): void {
    this.#lane(send.cid).sends.push(send);
    this.#unstored.add(send.clientMid);
    this.#unsent.add(send.clientMid);
    tx.write({ to: 'outbox', put: send });
  }

  /** The transaction that it was added in is safe. */
  stored(send: StoredSend): void {
    this.#unstored.delete(send.clientMid);
    this.#pump(send.cid);
  }

  /** Sends what can be sent; called when the session stands. */
  flush(): void {
    for (const cid of this.#lanes.keys()) this.#pump(cid);
  }

  /** Runs the change, and lets what it added go out once it is stored. */
  run<T extends StoredSend | undefined>(change: (tx: Transaction) => T): T {
    let added = undefined as T;
    const stored = this.#parts.transactions.run((tx) => {
      added = change(tx);
    });
    void stored.then(() => added && this.stored(added));
    return added;
  }

  /** The conversation is gone: its messages do not go out any more. */
  dropMessages(cid: number, tx: Transaction): void {
    const lane = this.#lane(cid);
    const isKept = ({ message }: StoredSend) => message === undefined;
    for (const send of lane.sends) {
      if (isKept(send)) continue;
      tx.write({ to: 'outbox', remove: send.clientMid });
      this.#parts.dropped(send, tx);
    }
    lane.flying = lane.sends.slice(0, lane.flying).filter(isKept).length;
    lane.sends = lane.sends.filter(isKept);
  }

  /** The message is recalled: a deletion of it that the server refuses does not bring it back. */
  forgetRemoved(cid: number, mid: number, tx: Transaction): void {
    for (const send of this.#lanes.get(cid)?.sends ?? []) {
      if (send.operation?.mid !== mid || !send.operation.removed) continue;
      delete send.operation.removed;
      tx.write({ to: 'outbox', put: send });
    }
  }

  /** The same was done once more since, and is not answered yet. */
  holds({ cid, type, mid }: NonNullable<StoredSend['operation']>): boolean {
    const sends = this.#lanes.get(cid)?.sends ?? [];
    return sends.some(({ operation }) => operation?.type === type && operation.mid === mid);
  }

  /** The first operation of this kind that was not sent yet; it may still be changed. */
  waiting(cid: number, operationType: number): StoredSend | undefined {
    const sends = this.#lanes.get(cid)?.sends;
    return sends?.find((send) => send.operation?.type === operationType && this.#unsent.has(send.clientMid));
  }

  disconnected(): void {
    const { clock } = this.#parts;
    for (const lane of this.#lanes.values()) {
      lane.flying = 0;
      clock.clearTimeout(lane.timer);
      lane.timer = undefined;
    }
  }

  /** Gives up on everything: this device's name on the server changed, so nobody can say what had arrived. */
  failAll(reason: string, tx: Transaction): void {
    const status: Status = { code: StatusCode.UNKNOWN, reason };
    for (const lane of this.#lanes.values()) for (const send of lane.sends) this.#parts.failed(send, status, tx);
    this.#lanes.clear();
  }

  /** Gives up on the messages written before `time`. */
  failOlder(time: number, reason: string, tx: Transaction): void {
    const status: Status = { code: StatusCode.UNKNOWN, reason };
    for (const lane of this.#lanes.values()) {
      const isOld = ({ message }: StoredSend) => message !== undefined && message.timestamp < time;
      for (const send of lane.sends.filter(isOld)) this.#parts.failed(send, status, tx);
      lane.sends = lane.sends.filter((send) => !isOld(send));
    }
  }

  sent(answer: SyncDL, tx: Transaction): void {
    const found = this.#take(answer.clientMid);
    if (!found) return;
    found.lane.retries = 0;
    tx.write({ to: 'outbox', remove: answer.clientMid });
    this.#parts.sent(found.send, answer, tx);
    this.#pump(found.send.cid);
    this.flush();
  }

  refused(answer: SyncDL): void {
    if (answer.status?.code === StatusCode.RATE_LIMIT_EXCEEDED) {
      this.#tooFast(answer.clientMid);
      return;
    }
    const found = this.#take(answer.clientMid);
    if (!found) return;
    const status = answer.status as Status;
    void this.#parts.transactions.run((tx) => this.#parts.failed(found.send, status, tx));
    this.#pump(found.send.cid);
    this.flush();
  }

  #tooFast(clientMid: number): void {
    const lane = this.#laneOf(clientMid);
    if (!lane) return;
    const { clock, random } = this.#parts;
    this.#carefulUntil = clock.now() + carefulMs;
    // The refused one and all behind it go again, in order; those that arrived get their first answer again.
    lane.flying = Math.min(
      lane.flying,
      lane.sends.findIndex((send) => send.clientMid === clientMid),
    );
    if (lane.timer) return;
    const ceiling = Math.min(lastRetryMs, firstRetryMs * 2 ** lane.retries++);
    lane.timer = clock.setTimeout(
      () => {
        lane.timer = undefined;
        this.flush();
      },
      ceiling * (0.5 + random() / 2),
    );
  }

  #pump(cid: number): void {
    const lane = this.#lane(cid);
    if (!this.#parts.connection.isUp || lane.timer) return;
    const size = this.#parts.clock.now() < this.#carefulUntil ? 1 : window;
    if (lane.flying >= Math.min(size, lane.sends.length)) return;
    let flying = 0;
    for (const other of this.#lanes.values()) flying += other.flying;
    for (; flying < windowOfAll && lane.flying < Math.min(size, lane.sends.length); flying++) {
      const send = lane.sends[lane.flying] as StoredSend;
      if (this.#unstored.has(send.clientMid)) return;
      if (!this.#parts.connection.send(Command.SYNC, encodeSyncUL({ meta: decodeMeta(send.meta) }))) return;
      this.#unsent.delete(send.clientMid);
      lane.flying += 1;
    }
  }

  #take(clientMid: number): { send: StoredSend; lane: Lane } | undefined {
    const lane = this.#laneOf(clientMid);
    const index = lane?.sends.findIndex((send) => send.clientMid === clientMid) ?? -1;
    if (!lane || index < 0) return undefined;
    if (index < lane.flying) lane.flying -= 1;
    return { lane, send: lane.sends.splice(index, 1)[0] as StoredSend };
  }

  #laneOf(clientMid: number): Lane | undefined {
    for (const lane of this.#lanes.values()) if (lane.sends.some((send) => send.clientMid === clientMid)) return lane;
    return undefined;
  }

  #lane(cid: number): Lane {
    const lane = this.#lanes.get(cid) ?? { sends: [], flying: 0, retries: 0 };
    this.#lanes.set(cid, lane);
    return lane;
  }
}
