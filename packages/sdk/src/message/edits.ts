import { applyEdit, decodeMessageBody, decodeMeta, type MessageBody, type SyncDL } from '@flooim/protocol';
import type { Conversations } from '../conversation/conversations.ts';
import { FlooError } from '../errors.ts';
import type { Storage, StoredConversation, StoredMessage, StoredSend } from '../storage/storage.ts';
import type { Transaction, Transactions } from '../storage/transaction.ts';
import type { Operation } from '../sync/apply.ts';
import { inStateOf, type Messages } from './messages.ts';

export interface EditsParts {
  storage: Storage;
  transactions: Transactions;
  conversations: Conversations;
  messages: Messages;
  /** The message as the server has it now; undefined when there is none any more. Rejects when it cannot be asked. */
  ask(cid: number, mid: number): Promise<StoredMessage | undefined>;
}

/**
 * Changes of messages, in the order that the server gave them. Where this device cannot follow that order (an own edit that
 * others overtook, a message that is not in memory) it notes the message as stale and asks the server how it is now.
 */
export class Edits {
  readonly #parts: EditsParts;
  /** Of stale messages: the time of the newest edit that came and was not applied. An answer may be older. */
  readonly #waiting = new Map<number, number>();
  #refreshing = false;

  constructor(parts: EditsParts) {
    this.#parts = parts;
  }

  /** Another device, or the other user, changed a message. */
  came({ type, cid, mid, body }: Operation, tx: Transaction): void {
    const row = this.#parts.conversations.ensure(cid);
    const held = this.#parts.messages.find(cid, mid);
    if (!held || row.stale?.includes(mid)) this.#noteStale(row, mid, body.editTimestamp, tx);
    else if (body.editTimestamp > (held.editedAt ?? 0)) this.#apply(held, type, body, body.editTimestamp, tx);
  }

  /** The server took an own edit. */
  sent({ meta, operation }: StoredSend, answer: SyncDL, tx: Transaction): void {
    if (!operation) return;
    const { cid, mid, type } = operation;
    const row = this.#parts.conversations.ensure(cid);
    const held = this.#parts.messages.find(cid, mid);
    const hasAllBefore = answer.prevMid <= row.cursor || answer.serverMid <= row.cursor;
    const isNext = held && hasAllBefore && answer.editTimestamp > (held.editedAt ?? 0) && !row.stale?.includes(mid);
    if (!isNext) return this.#noteStale(row, mid, answer.editTimestamp, tx);
    this.#apply(held, type, decodeMessageBody(decodeMeta(meta).payload), answer.editTimestamp, tx);
  }

  /** The server took the message some time ago, and only tells now: it may have been changed since, on another device. */
  takenBefore(cid: number, mid: number, tx: Transaction): void {
    this.#noteStale(this.#parts.conversations.ensure(cid), mid, 0, tx);
  }

  #apply(held: StoredMessage, type: number, edit: MessageBody, editedAt: number, tx: Transaction): void {
    this.#parts.messages.change({ ...held, ...applyEdit(held, type as Operation['type'], edit), editedAt }, tx);
  }

  #noteStale(row: StoredConversation, mid: number, editedAt: number, tx: Transaction): void {
    const stale = row.stale ?? [];
    if (mid <= row.deletedUpTo) return;
    this.#waiting.set(mid, Math.max(editedAt, this.#waiting.get(mid) ?? 0));
    if (stale.includes(mid)) return;
    row.stale = [...stale, mid];
    tx.changed(row);
    tx.afterwards(() => void this.refresh());
  }

  /** Asks for what is stale, one after the other; what cannot be asked now is asked in the next session. */
  async refresh(): Promise<void> {
    if (this.#refreshing) return;
    this.#refreshing = true;
    try {
      for (let row = this.#next(); row; row = this.#next()) await this.#refreshOne(row, row.stale?.[0] ?? 0);
    } catch {
      // Not connected.
    } finally {
      this.#refreshing = false;
    }
  }

  #next(): StoredConversation | undefined {
    return this.#parts.conversations.withStale()[0];
  }

  async #refreshOne(row: StoredConversation, mid: number): Promise<void> {
    const { messages, storage, transactions } = this.#parts;
    const known = messages.find(row.id, mid) ?? (await storage.messages(row.id, mid + 1, 1))[0];
    // What this device does not have comes in its present state if it ever comes.
    const fresh = known?.mid === mid ? await this.#ask(row.id, mid) : undefined;
    await transactions.run((tx) => {
      const held = messages.find(row.id, mid) ?? known;
      if (fresh && held && isChanged(held, fresh) && mid > row.deletedUpTo) messages.change(inStateOf(held, fresh), tx);
      // Behind the answer came another edit: it stays stale, and is asked for once more.
      if (fresh && (fresh.editedAt ?? 0) < (this.#waiting.get(mid) ?? 0)) return;
      this.#waiting.delete(mid);
      row.stale = row.stale?.filter((other) => other !== mid) ?? [];
      tx.changed(row);
    });
  }

  #ask(cid: number, mid: number): Promise<StoredMessage | undefined> {
    return this.#parts.ask(cid, mid).catch((error: FlooError) => {
      // Nobody's conversation any more.
      if (error instanceof FlooError && error.code === 'REJECTED') return undefined;
      throw error;
    });
  }
}

function isChanged(held: StoredMessage, fresh: StoredMessage): boolean {
  return (['content', 'config', 'ext', 'editedAt'] as const).some((field) => held[field] !== fresh[field]);
}
