import { ConversationType, type ConversationUnread, UnreadScope } from '@flooim/protocol';
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

  /** As `ensure`, for a group's. */
  ensureGroup(gid: number): StoredConversation {
    const row = this.ensure(gid);
    row.type = ConversationType.GROUPCHAT;
    return row;
  }

  isGroup(cid: number): boolean {
    return this.#rows.get(cid)?.type === ConversationType.GROUPCHAT;
  }

  /** Those that a list shows, in its order but for what is being sent. */
  listed(): StoredConversation[] {
    const listed = [...this.#rows.values()].filter((row) => !row.hidden);
    return listed.sort((a, b) => byPlace(placeOf(a), placeOf(b)));
  }

  /** Those whose log this device has up to `mid`: only there can it be. */
  reaching(mid: number): number[] {
    return [...this.#rows.values()].filter((row) => row.id > 0 && row.cursor >= mid).map((row) => row.id);
  }

  /** Those with messages that this device cannot put together by itself. */
  withStale(): StoredConversation[] {
    return [...this.#rows.values()].filter((row) => row.stale && row.stale.length > 0);
  }

  /** Those whose unread number has to be counted anew. */
  inDoubt(): StoredConversation[] {
    return [...this.#rows.values()].filter((row) => row.doubts);
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

  seed(rows: readonly ConversationUnread[], scope: UnreadScope, tx: Transaction): void {
    for (const row of rows) if (row.type !== ConversationType.SYSTEM) this.#seed(row, tx);
    if (scope !== UnreadScope.NEWS) return;
    const told = new Set(rows.map((row) => row.xid.uid));
    // About those that are left out the user keeps nothing. What was deleted on this device is left out in any case.
    for (const row of this.#rows.values()) if (!row.hidden && !told.has(row.id)) this.keep(row, keptOf({}), tx);
  }

  /** Logins hear of many conversations: what was known already is not stored anew. */
  #seed(unread: ConversationUnread, tx: Transaction): void {
    const known = this.#rows.has(unread.xid.uid);
    const row = this.ensure(unread.xid.uid);
    if (!known || row.type !== unread.type) tx.changed(row);
    row.type = unread.type;
    if (!known) {
      row.hidden = false;
      tx.listChanged();
    }
    this.keep(row, unread, tx);
    for (const field of ['peerReadMid', 'peerDeliveredMid', 'readMid'] as const) {
      if (unread[field] <= row[field]) continue;
      tx.emit('onMessageStatusChanged', { uid: String(row.id), mid: String(unread[field]) });
      tx.changed(row);
    }
    row.peerReadMid = Math.max(row.peerReadMid, unread.peerReadMid);
    row.peerDeliveredMid = Math.max(row.peerDeliveredMid, unread.peerDeliveredMid);
    if (!moveRead(row, unread.readMid, 0)) return;
    tx.unreadChanged(row.id);
    tx.changed(row);
  }

  /** What the user keeps about a conversation, as the server has it or soon will; the list shows what he brings up. */
  keep(row: StoredConversation, { pinnedAt, touchedAt, draft }: Kept, tx: Transaction): void {
    const before = keptOf(row);
    if (before.pinnedAt === pinnedAt && before.touchedAt === touchedAt && before.draft === draft) return;
    if (pinnedAt > before.pinnedAt || touchedAt > before.touchedAt || (draft && draft !== before.draft))
      row.hidden = false;
    // Where nothing is left of what was said, the draft was all that listed it.
    else if (before.draft && !draft && !pinnedAt && !touchedAt && !row.last && !this.isGroup(row.id)) row.hidden = true;
    Object.assign(row, { pinnedAt, touchedAt, draft });
    tx.changed(row);
    tx.listChanged();
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

/** What a user keeps about a conversation, for all his devices; the server has it. */
export type Kept = Pick<ConversationUnread, 'pinnedAt' | 'touchedAt' | 'draft'>;

export function keptOf({ pinnedAt = 0, touchedAt = 0, draft = '' }: Partial<Kept>): Kept {
  return { pinnedAt, touchedAt, draft };
}

interface Place {
  pinnedAt: number;
  /** When the newest message came, or the user brought it up. */
  time: number;
}

/** Where a conversation stands in the list; `sentMs`: when its newest message was written. */
export function placeOf(row: StoredConversation, sentMs = row.last?.timestamp ?? 0): Place {
  const { pinnedAt, touchedAt } = keptOf(row);
  return { pinnedAt, time: Math.max(sentMs, touchedAt) };
}

/** The pinned ones first, the last pinned at the top; then by time, the newest at the top. */
export function byPlace(a: Place, b: Place): number {
  return b.pinnedAt - a.pinnedAt || b.time - a.time;
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
