import {
  Command,
  decodeMessageBody,
  encodeSyncUL,
  limits,
  StatusCode,
  type SyncDL,
  type Meta as WireMeta,
} from '@flooim/protocol';
import { checkId, invalid } from '../check.ts';
import type { Connection } from '../connection/connection.ts';
import type { Conversations } from '../conversation/conversations.ts';
import { FlooError } from '../errors.ts';
import type { Clock, Timer } from '../platform/platform.ts';
import type { Storage, StoredMessage } from '../storage/storage.ts';
import type { Transactions } from '../storage/transaction.ts';
import { xid } from '../sync/xid.ts';
import type { HistoryPage } from '../types.ts';
import { fromWire } from './message.ts';
import type { Messages } from './messages.ts';

export interface HistoryParts {
  clock: Clock;
  storage: Storage;
  connection: Connection;
  transactions: Transactions;
  conversations: Conversations;
  messages: Messages;
}

interface Request {
  cid: number;
  before: number;
  count: number;
  resolve(answer: SyncDL): void;
  reject(error: FlooError): void;
  timer?: Timer;
}

const timeoutMs = 15_000;

/** Older messages: from the server, or from this device's store when the server cannot be asked. */
export class History {
  readonly #parts: HistoryParts;
  /** Asked, in order; the server answers a conversation's requests in that order. */
  #waiting: Request[] = [];

  constructor(parts: HistoryParts) {
    this.#parts = parts;
  }

  async page(uid: unknown, sid: unknown = 0, amount: unknown = 20): Promise<HistoryPage> {
    const cid = checkId(uid, 'uid');
    const before = sid === 0 || sid === '0' ? 0 : checkId(sid, 'sid');
    const count = Math.min(checkId(amount, 'amount'), limits.historyPage);
    if (!Number.isInteger(count)) throw invalid('amount', 'a positive integer');
    this.#parts.messages.timeline(cid).grows = true;
    const { next, messages } = await this.#fetch(cid, before, count);
    await this.#keep(cid, next, messages);
    return { next, messages: messages.map((message) => this.#parts.messages.meta(message)) };
  }

  /** One message in its present state; undefined when there is none any more. Rejects when the server cannot be asked. */
  async one(cid: number, mid: number): Promise<StoredMessage | undefined> {
    const { metas } = await this.#ask(cid, mid + 1, 1);
    return metas.map((meta) => readMessage(cid, meta)).find((message) => message?.mid === mid);
  }

  answered(answer: SyncDL): void {
    const index = this.#waiting.findIndex((request) => request.cid === answer.xid?.uid);
    const request = this.#waiting[index];
    if (!request) return;
    this.#waiting.splice(index, 1);
    this.#parts.clock.clearTimeout(request.timer);
    request.resolve(answer);
  }

  disconnected(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const request of waiting) {
      this.#parts.clock.clearTimeout(request.timer);
      request.reject(new FlooError('NETWORK', 'the connection was lost'));
    }
  }

  async #fetch(cid: number, before: number, count: number): Promise<{ next: number; messages: StoredMessage[] }> {
    try {
      const answer = await this.#ask(cid, before, count);
      const messages = answer.metas.map((meta) => readMessage(cid, meta)).filter((message) => message !== undefined);
      return { next: answer.nextKey, messages: messages.reverse() };
    } catch (error) {
      if (!(error instanceof FlooError) || error.code === 'REJECTED') throw error;
      const messages = await this.#parts.storage.messages(cid, before || Number.MAX_SAFE_INTEGER, count);
      if (messages.length === 0) throw error;
      return { next: messages[0]?.mid ?? 0, messages };
    }
  }

  #ask(cid: number, before: number, count: number): Promise<SyncDL> {
    const { clock, connection } = this.#parts;
    return new Promise<SyncDL>((resolve, reject) => {
      const request: Request = { cid, before, count, resolve, reject };
      const query = { xid: xid(cid), key: before, isFullSync: true, fullSyncNum: count };
      if (!connection.send(Command.SYNC, encodeSyncUL(query))) return reject(new FlooError('NETWORK', 'not connected'));
      // It stays in its place: a late answer is this one's, not the next one's.
      const timedOut = () => reject(new FlooError('TIMEOUT', 'the server did not answer in time'));
      request.timer = clock.setTimeout(timedOut, timeoutMs);
      this.#waiting.push(request);
    }).then((answer) => {
      const { code = StatusCode.OK, reason = '' } = answer.status ?? {};
      if (code === StatusCode.OK) return answer;
      throw new FlooError('REJECTED', reason || 'the server refused', { status: code });
    });
  }

  /** What is newer than the cursor comes by the sync, with its events; keeping it here would make it known too early. */
  #keep(cid: number, next: number, messages: readonly StoredMessage[]): Promise<void> {
    const { conversations, transactions } = this.#parts;
    const cursor = conversations.get(cid) || Infinity;
    return transactions.run((tx) => {
      for (const message of messages)
        if (message.mid <= cursor) this.#parts.messages.insert(message, tx, cursor !== Infinity);
      tx.emit('onReceiveHistoryMsg', { next, uid: cid });
    });
  }
}

function readMessage(cid: number, meta: WireMeta): StoredMessage | undefined {
  try {
    const entry = { cid, meta, from: meta.from?.uid ?? 0, to: meta.to?.uid ?? 0, live: false };
    return fromWire(entry, decodeMessageBody(meta.payload));
  } catch {
    // One message that cannot be read does not take the page with it.
    return undefined;
  }
}
