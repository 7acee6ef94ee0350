import {
  ConversationOperationType,
  type Editable,
  encodeConversation,
  encodeMessageBody,
  encodeMeta,
  limits,
  MessageType,
  Namespace,
  OperationType,
  type Status,
  type SyncDL,
} from '@flooim/protocol';
import { checkId, checkJsonText, checkText, invalid } from '../check.ts';
import type { Conversations } from '../conversation/conversations.ts';
import { confirmMark, dropMark, moveRead, pendingMark } from '../conversation/read-state.ts';
import type { StoredSend } from '../storage/storage.ts';
import type { Transaction } from '../storage/transaction.ts';
import type { ClientMids } from '../sync/client-mids.ts';
import type { Outbox } from '../sync/outbox.ts';
import type { Outcomes } from '../sync/outcomes.ts';
import { xid } from '../sync/xid.ts';
import type { MessageEdit } from '../types.ts';
import { checkConversation, checkPeer } from './check-peer.ts';
import type { Edits } from './edits.ts';
import type { Incoming } from './incoming.ts';
import type { Messages } from './messages.ts';

export interface OperationsParts {
  uid: number;
  conversations: Conversations;
  messages: Messages;
  incoming: Incoming;
  edits: Edits;
  outbox: Outbox;
  outcomes: Outcomes;
  clientMids: ClientMids;
}

type Sent = NonNullable<StoredSend['operation']>;

/** What this user does with messages and conversations: applied here at once, and undone where the server refuses it. */
export class Operations {
  readonly #parts: OperationsParts;

  constructor(parts: OperationsParts) {
    this.#parts = parts;
  }

  /** Marks as read up to `mid`, or up to the newest message; tells the server when that changes anything. */
  read(uid: unknown, mid?: unknown): void {
    const { conversations, incoming, outbox } = this.#parts;
    const cid = this.#peer(uid, 'roster_id');
    const row = conversations.ensure(cid);
    const newest = Math.max(row.unread.at(-1) ?? 0, row.cursor, row.last?.mid ?? 0);
    const wanted = mid === undefined ? (row.unread.at(-1) ?? row.readMid) : checkId(mid, 'mid');
    const target = Math.max(row.readMid, Math.min(wanted, newest));
    const hasMarks = Object.keys(row.marked).length > 0;
    if (target === row.readMid && !hasMarks) return;
    outbox.run((tx) => {
      incoming.read(cid, target, Infinity, tx);
      // A mark may wait behind an earlier reading: only what comes after it takes it away.
      const waiting = hasMarks ? undefined : outbox.waiting(cid, OperationType.READ_ACK);
      if (!waiting?.operation) return this.#add(cid, { type: OperationType.READ_ACK, cid, mid: target }, tx);
      waiting.operation.mid = target;
      waiting.meta = operationMeta(waiting.clientMid, cid, waiting.operation);
      tx.write({ to: 'outbox', put: waiting });
      return undefined;
    });
  }

  /** Applied when the server took it: it refuses what is too old. The client mid. */
  recall(uid: unknown, mid: unknown): number {
    const cid = this.#peer(uid, 'uid');
    const id = checkId(mid, 'mid');
    return this.#parts.outbox.run((tx) => this.#add(cid, { type: OperationType.RECALL, cid, mid: id }, tx)).clientMid;
  }

  /** Applied when the server took it: only then its place among the edits of other devices is known. The client mid. */
  edit(type: typeof OperationType.APPEND | typeof OperationType.REPLACE, edit: MessageEdit): number {
    const { messages, outbox, uid } = this.#parts;
    const { id: cid } = checkConversation(uid, edit, 'params');
    const mid = checkId(edit.mid, 'params.mid');
    const content = checkText(edit.content ?? '', 'params.content', limits.contentBytes);
    const config = checkJsonText(edit.config, 'params.config', limits.configBytes);
    const ext = checkJsonText(edit.ext, 'params.ext', limits.extBytes);
    const from = messages.findPending(cid, mid) ? undefined : (messages.find(cid, mid)?.from ?? uid);
    if (from !== uid) throw invalid('params.mid', 'an own message that was sent');
    if (!content && !config && !ext) throw invalid('params.content', 'given, or config or ext');
    return outbox.run((tx) => this.#add(cid, { type, cid, mid }, tx, { content, config, ext })).clientMid;
  }

  /** Throws `INVALID_PARAMETER` for an own message: those are never unread. */
  unread(uid: unknown, mid: unknown): void {
    const { incoming, messages, outbox } = this.#parts;
    const cid = this.#peer(uid, 'uid');
    const id = checkId(mid, 'mid');
    const isOwn = messages.findPending(cid, id) !== undefined || messages.find(cid, id)?.from === this.#parts.uid;
    if (isOwn) throw invalid('mid', 'a message of the other user');
    outbox.run((tx) => {
      incoming.marked(cid, id, pendingMark, tx);
      return this.#add(this.#parts.uid, { type: OperationType.READ_CANCEL, cid, mid: id }, tx);
    });
  }

  delete(uid: unknown, mid: unknown): void {
    const { incoming, messages, outbox } = this.#parts;
    const cid = this.#peer(uid, 'uid');
    const id = checkId(mid, 'mid');
    outbox.run((tx) => {
      const removed = messages.find(cid, id);
      incoming.deleted(cid, id, tx);
      return this.#add(this.#parts.uid, { type: OperationType.DELETE, cid, mid: id, ...(removed && { removed }) }, tx);
    });
  }

  /**
   * Deletes what this device had at the moment of the call: entries that nobody saw stay. Messages that were not sent yet
   * go with it.
   */
  deleteConversation(id: unknown, everywhere: unknown): void {
    const { conversations, messages, outbox, clientMids } = this.#parts;
    const cid = this.#peer(id, 'id');
    const seen = conversations.stored(cid) || (conversations.find(cid)?.last?.mid ?? 0);
    const type = everywhere === false ? ConversationOperationType.DELETE : ConversationOperationType.DELETE_EVERYWHERE;
    outbox.run((tx) => {
      outbox.dropMessages(cid, tx);
      messages.removeConversation(cid, seen, tx, { pending: true });
      const clientMid = clientMids.next(tx);
      // 0 would be everything, also what this device has never had.
      const payload = encodeConversation({ operation: { type, xid: xid(cid), mid: seen || 1 } });
      const send = { clientMid, cid, meta: encodeMeta({ id: clientMid, ns: Namespace.CONVERSATION, payload }) };
      outbox.add(send, tx);
      return send;
    });
  }

  /** The server took it. */
  sent(send: StoredSend, answer: SyncDL, tx: Transaction): void {
    const { operation, clientMid } = send;
    if (!operation) return;
    const { cid, mid, type } = operation;
    const { serverMid, serverTime, editTimestamp } = answer;
    const { incoming, conversations, edits, outcomes, outbox } = this.#parts;
    const row = conversations.ensure(cid);
    if (isEdit(type)) edits.sent(send, answer, tx);
    if (type === OperationType.RECALL) incoming.recalled(cid, mid, tx);
    if (type === OperationType.READ_ACK && moveRead(row, mid, serverMid)) tx.unreadChanged(cid);
    const isMark = type === OperationType.READ_CANCEL && !outbox.holds(operation);
    if (isMark && confirmMark(row, mid, serverMid)) tx.unreadChanged(cid);
    tx.changed(row);
    outcomes.taken({ clientMid, mid: String(mid), timestamp: String(editTimestamp || serverTime) }, tx);
  }

  /** The server refused it for good: what it did here is undone. */
  failed(send: StoredSend, status: Status, tx: Transaction): void {
    tx.write({ to: 'outbox', remove: send.clientMid });
    this.#parts.outcomes.refused(send.clientMid, status, tx);
    const { operation } = send;
    if (operation?.type === OperationType.READ_CANCEL) this.#unmark(operation, tx);
    if (operation?.type === OperationType.DELETE) this.#restore(operation, tx);
  }

  #unmark({ cid, mid }: Sent, tx: Transaction): void {
    const row = this.#parts.conversations.ensure(cid);
    if (row.marked[mid] !== pendingMark) return;
    if (dropMark(row, mid)) tx.unreadChanged(cid);
    tx.changed(row);
    tx.emit('onMessageStatusChanged', { uid: String(cid), mid: String(mid) });
  }

  /** A message that was not in memory comes back with the history. */
  #restore({ cid, mid, removed }: Sent, tx: Transaction): void {
    const { messages } = this.#parts;
    messages.timeline(cid).removed.delete(mid);
    if (removed && messages.insert(removed, tx)) tx.listChanged();
    tx.emit('onMessageStatusChanged', { uid: String(cid), mid: String(mid) });
  }

  #add(to: number, operation: Sent, tx: Transaction, edit?: Editable): StoredSend {
    const clientMid = this.#parts.clientMids.next(tx);
    const send = { clientMid, cid: operation.cid, meta: operationMeta(clientMid, to, operation, edit), operation };
    this.#parts.outbox.add(send, tx);
    return send;
  }

  #peer(value: unknown, field: string): number {
    return checkPeer(this.#parts.uid, value, field);
  }
}

function isEdit(type: number): boolean {
  return type === OperationType.APPEND || type === OperationType.REPLACE;
}

function operationMeta(
  id: number,
  to: number,
  { type, mid, cid }: { type: number; cid: number; mid: number },
  edit?: Editable,
): Uint8Array {
  const body = { type: MessageType.OPER, operation: { type: type as OperationType, mid, xid: xid(cid) }, ...edit };
  return encodeMeta({ id, to: xid(to), ns: Namespace.MESSAGE, payload: encodeMessageBody(body) });
}
