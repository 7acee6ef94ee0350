import { ConversationType, type ConversationUnread } from '@flooim/protocol';
import type { StoredConversation, StoredMessage } from '../storage/storage.ts';
import type { Transaction } from '../storage/transaction.ts';
import type { Cursors } from '../sync/sync.ts';
import { moveRead } from './read-state.ts';

/** The user's conversations and this device's place in each. */
export class Conversations implements Cursors {
  readonly #rows = new Map<number, StoredConversation>();
  /** The cursors as the store has them. */
  readonly #stored = new Map<number, number>();

  constructor(stored: readonly StoredConversation[]) {
    for (const row of stored) {
      this.#rows.set(row.id, row);
      this.#stored.set(row.id, row.cursor);
    }
  }

  find(cid: number): StoredConversation | undefined {
    return this.#rows.get(cid);
  }

  /** The conversation, made when there is none; the caller tells the transaction when it changes it. */
  ensure(cid: number): StoredConversation {
    const row = this.#rows.get(cid) ?? newConversation(cid);
    this.#rows.set(cid, row);
    return row;
  }

  /** Those that a list shows, newest first. */
  listed(): StoredConversation[] {
    const listed = [...this.#rows.values()].filter((row) => !row.hidden);
    return listed.sort((a, b) => (b.last?.timestamp ?? 0) - (a.last?.timestamp ?? 0));
  }

  get(cid: number): number {
    return this.#rows.get(cid)?.cursor ?? 0;
  }

  stored(cid: number): number {
    return this.#stored.get(cid) ?? 0;
  }

  storedUpTo(cid: number, mid: number): void {
    this.#stored.set(cid, Math.max(this.stored(cid), mid));
  }

  advance(cid: number, mid: number, tx: Transaction): void {
    const row = this.ensure(cid);
    if (mid <= row.cursor) return;
    row.cursor = mid;
    tx.changed(row);
  }

  seed(unread: ConversationUnread, tx: Transaction): void {
    const known = this.#rows.has(unread.xid.uid);
    const row = this.ensure(unread.xid.uid);
    if (!known) {
      row.hidden = false;
      tx.listChanged();
    }
    for (const field of ['peerReadMid', 'peerDeliveredMid', 'readMid'] as const) {
      if (unread[field] > row[field])
        tx.emit('onMessageStatusChanged', { uid: String(row.id), mid: String(unread[field]) });
    }
    row.peerReadMid = Math.max(row.peerReadMid, unread.peerReadMid);
    row.peerDeliveredMid = Math.max(row.peerDeliveredMid, unread.peerDeliveredMid);
    if (moveRead(row, unread.readMid, 0)) tx.unreadChanged(row.id);
    tx.changed(row);
  }

  /** A message is in the conversation now: shows it in the list when it is the newest. */
  noteMessage(row: StoredConversation, message: StoredMessage, tx: Transaction): void {
    if (message.mid > (row.last?.mid ?? 0)) {
      row.last = message;
      row.hidden = false;
      tx.listChanged();
    }
    tx.changed(row);
  }
}

function newConversation(id: number): StoredConversation {
  return {
    id,
    type: id === 0 ? ConversationType.SYSTEM : ConversationType.CHAT,
    cursor: 0,
    readMid: 0,
    readOp: 0,
    peerReadMid: 0,
    peerDeliveredMid: 0,
    unread: [],
    marked: {},
    hidden: true,
    deletedUpTo: 0,
  };
}
