import { type MessageBody, OperationType } from '@flooim/protocol';
import type { Conversations } from '../conversation/conversations.ts';
import { markUnread, mentions, moveRead } from '../conversation/read-state.ts';
import type { Transaction } from '../storage/transaction.ts';
import type { Entry, Operation } from '../sync/apply.ts';
import type { Outbox } from '../sync/outbox.ts';
import type { Edits } from './edits.ts';
import { fromWire } from './message.ts';
import type { Messages } from './messages.ts';
import type { Readers } from './readers.ts';

export interface IncomingParts {
  uid: number;
  messages: Messages;
  conversations: Conversations;
  readers: Readers;
  edits: Edits;
  outbox: Outbox;
}

type Apply = (self: Incoming, entry: Entry, operation: Operation, tx: Transaction) => void;

const edit: Apply = (self, _entry, operation, tx) => self.edits.came(operation, tx);

/** What an operation does. Types that are not here (media played) change nothing in this version. */
const byType: Partial<Record<OperationType, Apply>> = {
  [OperationType.READ_ACK]: (self, entry, { cid, mid }, tx) => {
    if (self.isOwn(entry)) return self.read(cid, mid, entry.meta.id, tx);
    // In a pair's log the peer says it himself; in the own system log the server passes on what a member of a group read.
    if (entry.cid === 0) self.receipt(cid, entry.from, mid, tx);
    self.peerRead(cid, mid, tx);
  },
  [OperationType.READ_ALL]: (self, entry, { cid, mid }, tx) =>
    self.isOwn(entry) && self.read(cid, mid, entry.meta.id, tx),
  [OperationType.DELIVER_ACK]: (self, entry, { cid, mid }, tx) => !self.isOwn(entry) && self.delivered(cid, mid, tx),
  [OperationType.READ_CANCEL]: (self, entry, { cid, mid }, tx) =>
    self.isOwn(entry) && self.marked(cid, mid, entry.meta.id, tx),
  [OperationType.DELETE]: (self, entry, { cid, mid }, tx) => self.isOwn(entry) && self.deleted(cid, mid, tx),
  [OperationType.RECALL]: (self, _entry, { cid, mid }, tx) => self.recalled(cid, mid, tx),
  [OperationType.APPEND]: edit,
  [OperationType.REPLACE]: edit,
};

/** Messages and operations, wherever they come from: a push, a pull, or this device's own once the server took it. */
export class Incoming {
  readonly #uid: number;
  readonly #messages: Messages;
  readonly #conversations: Conversations;
  readonly #readers: Readers;
  readonly edits: Edits;
  readonly #outbox: Outbox;

  constructor({ uid, messages, conversations, readers, edits, outbox }: IncomingParts) {
    this.#uid = uid;
    this.#messages = messages;
    this.#conversations = conversations;
    this.#readers = readers;
    this.edits = edits;
    this.#outbox = outbox;
  }

  isOwn(entry: Entry): boolean {
    return entry.from === this.#uid;
  }

  message(entry: Entry, body: MessageBody, tx: Transaction): void {
    if (entry.cid === 0) return;
    const message = fromWire(entry, body);
    if (!this.#messages.insert(message, tx)) return;
    const meta = this.#messages.meta(message);
    tx.emit(message.group ? 'onGroupMessage' : 'onRosterMessage', meta);
    if (mentions(message, this.#uid)) tx.emit('onMentionMessage', meta);
  }

  typing(entry: Entry, body: MessageBody, tx: Transaction): void {
    tx.emit('onInputStatusMessage', { ext: body.ext, from: String(entry.from), to: String(entry.to) });
  }

  operation(entry: Entry, operation: Operation, tx: Transaction): void {
    byType[operation.type]?.(this, entry, operation, tx);
  }

  /** Deleted on another device of the user, up to `mid` (0: all before the entry): messages that came later stay. */
  conversationDeleted(entry: Entry, cid: number, mid: number, tx: Transaction): void {
    this.#messages.removeConversation(cid, mid || entry.meta.id, tx);
  }

  /** The user read up to `mid`; `op` is the entry that says so, Infinity while it has no place yet. */
  read(cid: number, mid: number, op: number, tx: Transaction): void {
    const row = this.#conversations.ensure(cid);
    const forward = mid > row.readMid;
    if (moveRead(row, mid, op)) tx.unreadChanged(cid);
    tx.changed(row);
    tx.afterwards(() => this.#messages.recount());
    if (forward) tx.emit('onMessageStatusChanged', ref(cid, mid));
  }

  /** Own messages are never unread, nor is what is gone: another device may mark it before it hears so. */
  marked(cid: number, mid: number, op: number, tx: Transaction): void {
    const row = this.#conversations.ensure(cid);
    if (this.#messages.find(cid, mid)?.from === this.#uid || this.#messages.isGone(row, mid)) return;
    if (markUnread(row, mid, op)) tx.unreadChanged(cid);
    tx.changed(row);
    tx.emit('onMessageCanceled', ref(cid, mid));
  }

  deleted(cid: number, mid: number, tx: Transaction): void {
    this.#messages.remove(cid, mid, tx);
    tx.emit('onMessageDeleted', ref(cid, mid));
    tx.emit('onMessageStatusChanged', ref(cid, mid));
  }

  recalled(cid: number, mid: number, tx: Transaction): void {
    this.#messages.remove(cid, mid, tx);
    this.#outbox.forgetRemoved(cid, mid, tx);
    tx.emit('onMessageRecalled', ref(cid, mid));
    tx.emit('onMessageStatusChanged', ref(cid, mid));
  }

  /** A member of a group has read what this user sent, up to `mid`. */
  receipt(gid: number, reader: number, mid: number, tx: Transaction): void {
    const row = this.#conversations.ensureGroup(gid);
    if (!this.#readers.moved(gid, reader, mid, tx)) return;
    // The first reader is told by the position that moves.
    if (mid <= row.peerReadMid) tx.emit('onMessageStatusChanged', ref(gid, mid));
  }

  peerRead(cid: number, mid: number, tx: Transaction): void {
    const row = this.#conversations.ensure(cid);
    if (mid <= row.peerReadMid) return;
    row.peerReadMid = mid;
    tx.changed(row);
    tx.emit('onMessageStatusChanged', ref(cid, mid));
  }

  delivered(cid: number, mid: number, tx: Transaction): void {
    const row = this.#conversations.ensure(cid);
    if (mid <= row.peerDeliveredMid) return;
    row.peerDeliveredMid = mid;
    tx.changed(row);
    tx.emit('onMessageStatusChanged', ref(cid, mid));
  }
}

function ref(cid: number, mid: number): { uid: string; mid: string } {
  return { uid: String(cid), mid: String(mid) };
}
