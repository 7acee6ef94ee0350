import { ContentType } from '@flooim/protocol';
import type { Conversations } from '../conversation/conversations.ts';
import { dropMark, dropUnread, forgetUnread, noteUnread } from '../conversation/read-state.ts';
import { Recount } from '../conversation/recount.ts';
import type { Storage, StoredConversation, StoredMessage, StoredSend } from '../storage/storage.ts';
import type { Transaction, Transactions } from '../storage/transaction.ts';
import type { Meta } from '../types.ts';
import { deliveryStatus, pendingMeta, toMeta } from './message.ts';
import { Timeline } from './timeline.ts';

/** Conversations whose messages are read before the session counts as ready, and how many of each. */
const eagerConversations = 12;
const eagerMessages = 50;
const lazyMessages = 200;

/** The held message as its sender has changed it since. */
export function inStateOf(held: StoredMessage, { content, config, ext, editedAt }: StoredMessage): StoredMessage {
  return { ...held, content, config, ext, ...(editedAt !== undefined && { editedAt }) };
}

/** All messages of this device: the newest in memory, all that was synced in the store. */
export class Messages {
  readonly #uid: number;
  readonly #storage: Storage;
  readonly #transactions: Transactions;
  readonly #conversations: Conversations;
  readonly #recount: Recount;
  readonly #timelines = new Map<number, Timeline>();

  constructor(parts: { uid: number; storage: Storage; transactions: Transactions; conversations: Conversations }) {
    this.#uid = parts.uid;
    this.#storage = parts.storage;
    this.#transactions = parts.transactions;
    this.#conversations = parts.conversations;
    this.#recount = new Recount(parts);
  }

  /** Reads the newest messages of the newest conversations; the others are read when somebody asks. */
  async open(outbox: readonly StoredSend[]): Promise<void> {
    for (const send of outbox) if (send.message) this.timeline(send.cid).pending.push(send);
    const newest = this.#conversations.listed().slice(0, eagerConversations);
    await Promise.all(newest.map((row) => this.#load(row.id, eagerMessages)));
  }

  timeline(cid: number): Timeline {
    const timeline = this.#timelines.get(cid) ?? new Timeline();
    this.#timelines.set(cid, timeline);
    return timeline;
  }

  list(cid: number): Meta[] {
    const timeline = this.timeline(cid);
    if (!timeline.loaded) void this.#loadLate(cid);
    const row = this.#conversations.find(cid);
    const messages = timeline.messages.map((message) => toMeta(message, row, this.#uid));
    return [...messages, ...timeline.pending.map((send) => pendingMeta(send, this.#uid))];
  }

  find(cid: number, mid: number): StoredMessage | undefined {
    return this.timeline(cid).find(mid);
  }

  /** Recalled or deleted since the start, or with its conversation. */
  isGone(row: StoredConversation, mid: number): boolean {
    return mid <= row.deletedUpTo || this.timeline(row.id).removed.has(mid);
  }

  /** Any message in memory; for those who know no conversation. */
  findAnywhere(mid: number): StoredMessage | undefined {
    for (const timeline of this.#timelines.values()) {
      const found = timeline.find(mid);
      if (found) return found;
    }
    return undefined;
  }

  findPending(cid: number, clientMid: number): StoredSend | undefined {
    return this.timeline(cid).pending.find((send) => send.clientMid === clientMid);
  }

  /** Of a message that is not in memory it is taken that the user sent it. */
  status(cid: number, mid: number): 0 | 1 | 2 {
    if (this.findPending(cid, mid)) return 0;
    const message = this.find(cid, mid) ?? { mid, from: this.#uid, status: 0 };
    return deliveryStatus(message, this.#conversations.find(cid), this.#uid);
  }

  meta(message: StoredMessage): Meta {
    return toMeta(message, this.#conversations.find(message.cid), this.#uid);
  }

  /** False when it is known, or was deleted or recalled. `old`: from the history, what it adds to unread was counted. */
  insert(message: StoredMessage, tx: Transaction, old = false): boolean {
    const { cid, mid, group } = message;
    const row = group ? this.#conversations.ensureGroup(cid) : this.#conversations.ensure(cid);
    if (mid <= row.deletedUpTo) return false;
    if (!this.timeline(cid).insert(message)) {
      const held = this.find(cid, mid);
      if (held && (message.editedAt ?? 0) > (held.editedAt ?? 0)) this.change(inStateOf(held, message), tx);
      return false;
    }
    tx.write({ to: 'messages', put: message });
    if (!old && noteUnread(row, message, this.#uid)) tx.unreadChanged(row.id);
    if (message.from === this.#uid && dropMark(row, message.mid)) tx.unreadChanged(row.id);
    if (message.ctype !== ContentType.COMMAND) this.#conversations.noteMessage(row, message, tx);
    return true;
  }

  /** Counts anew what was read or removed where messages are not known one by one. */
  recount(): void {
    void this.#recount.run();
  }

  /** The same message as its sender changed it. */
  change(message: StoredMessage, tx: Transaction): void {
    const { cid, mid } = message;
    const row = this.#conversations.ensure(cid);
    this.timeline(cid).replace(message);
    tx.write({ to: 'messages', put: message });
    if (row.last?.mid === mid) {
      row.last = message;
      tx.changed(row);
      tx.listChanged();
    }
    tx.emit('onMessageEdited', { uid: String(cid), mid: String(mid) });
  }

  /** Recalled, or deleted by the user. */
  remove(cid: number, mid: number, tx: Transaction): void {
    const row = this.#conversations.ensure(cid);
    this.timeline(cid).remove(mid);
    tx.write({ to: 'messages', remove: { cid, mid } });
    if (forgetUnread(row, mid)) tx.unreadChanged(cid);
    tx.afterwards(() => this.recount());
    if (row.last?.mid === mid) this.#findLast(row, tx);
    tx.changed(row);
  }

  /**
   * The conversation was deleted: what came up to `mid` is gone, and what failed. `pending`: also what is being sent. `told`:
   * that the user did it.
   */
  removeConversation(cid: number, mid: number, tx: Transaction, { pending = false, told = true } = {}): void {
    const row = this.#conversations.ensure(cid);
    row.deletedUpTo = Math.max(row.deletedUpTo, mid);
    dropUnread(row, mid);
    for (const marked of Object.keys(row.marked)) if (Number(marked) <= mid) delete row.marked[Number(marked)];
    this.timeline(cid).removeUpTo(mid);
    this.#dropPending(cid, pending, tx);
    tx.write({ to: 'messages', removeUpTo: { cid, mid } });
    tx.afterwards(() => this.recount());
    if ((row.last?.mid ?? 0) <= mid) {
      delete row.last;
      row.hidden = this.timeline(cid).pending.length === 0;
    }
    tx.changed(row);
    tx.unreadChanged(cid);
    tx.listChanged();
    if (told) tx.emit('flooNotice', { category: 'conversation_deleted', desc: { id: cid, source: 'user_operation' } });
  }

  #dropPending(cid: number, all: boolean, tx: Transaction): void {
    const timeline = this.timeline(cid);
    const isDropped = (send: StoredSend) => all || send.failed !== undefined;
    for (const send of timeline.pending.filter(isDropped)) tx.write({ to: 'outbox', remove: send.clientMid });
    timeline.pending = timeline.pending.filter((send) => !isDropped(send));
  }

  /** The newest that remains; it may be in the store alone. */
  #findLast(row: StoredConversation, tx: Transaction): void {
    const shown = (message: StoredMessage) => message.ctype !== ContentType.COMMAND;
    const { messages, loaded } = this.timeline(row.id);
    row.last = messages.findLast(shown);
    tx.listChanged();
    if (row.last || loaded) return;
    void this.#load(row.id, lazyMessages).then(() => {
      const found = this.timeline(row.id).messages.findLast(shown);
      if (found && !row.last)
        void this.#transactions.run((later) => this.#conversations.noteMessage(row, found, later));
    });
  }

  async #loadLate(cid: number): Promise<void> {
    if (!(await this.#load(cid, lazyMessages))) return;
    const oldest = this.timeline(cid).messages[0];
    if (oldest) await this.#transactions.run((tx) => tx.emit('onReceiveHistoryMsg', { next: oldest.mid, uid: cid }));
  }

  /** Whether the store had more than what is in memory. */
  async #load(cid: number, count: number): Promise<boolean> {
    const timeline = this.timeline(cid);
    if (timeline.loaded) return false;
    timeline.loaded = true;
    const stored = await this.#storage.messages(cid, Number.MAX_SAFE_INTEGER, count);
    const { deletedUpTo } = this.#conversations.ensure(cid);
    return stored.filter((message) => message.mid > deletedUpTo && timeline.insert(message)).length > 0;
  }
}
