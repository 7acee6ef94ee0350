import {
  Command,
  type ContentType,
  ConversationOperationType,
  encodeConversation,
  encodeMessageBody,
  encodeMeta,
  encodeSyncUL,
  limits,
  MessageType,
  Namespace,
  OperationType,
  QoS,
  type Status,
  StatusCode,
  type SyncDL,
} from '@flooim/protocol';
import { checkId, checkJsonText, checkObject, checkText, invalid } from '../check.ts';
import type { Connection } from '../connection/connection.ts';
import type { Conversations } from '../conversation/conversations.ts';
import type { FlooErrorCategory } from '../event/event-map.ts';
import type { Clock } from '../platform/platform.ts';
import type { StoredMessage, StoredSend } from '../storage/storage.ts';
import type { Transaction, Transactions } from '../storage/transaction.ts';
import type { ClientMids } from '../sync/client-mids.ts';
import type { Outbox } from '../sync/outbox.ts';
import type { Id, RosterMessage } from '../types.ts';
import type { Incoming } from './incoming.ts';
import { contentType, isContentTypeName } from './message.ts';
import type { Messages } from './messages.ts';

export interface SendingParts {
  uid: number;
  clock: Clock;
  connection: Connection;
  transactions: Transactions;
  conversations: Conversations;
  messages: Messages;
  incoming: Incoming;
  clientMids: ClientMids;
}

type Draft = Pick<StoredMessage, 'ctype' | 'content' | 'ext' | 'config' | 'attach'>;

/** What this user does in conversations: into the outbox first, and applied here at once where that cannot be refused. */
export class Sending {
  readonly #parts: SendingParts;
  #outbox: Outbox | undefined;

  constructor(parts: SendingParts) {
    this.#parts = parts;
  }

  attach(outbox: Outbox): void {
    this.#outbox = outbox;
  }

  send(msg: RosterMessage): number {
    checkObject(msg, 'msg');
    const to = this.#peer(msg.uid, 'msg.uid');
    const type = msg.type ?? 'text';
    if (!isContentTypeName(type) || type === ('rtc' as string))
      throw invalid('msg.type', 'one of the documented types');
    return this.#sendDraft(to, {
      ctype: contentType(type),
      content: checkText(msg.content ?? '', 'msg.content', limits.contentBytes),
      ext: checkJsonText(msg.ext, 'msg.ext', limits.extBytes),
      config: checkJsonText(msg.config, 'msg.config', limits.configBytes),
      attach: checkJsonText(msg.attachment, 'msg.attachment', limits.attachmentBytes),
    });
  }

  forward(param: { uid?: number; mid: Id }): number {
    const to = this.#peer(param.uid, 'param.uid');
    const message = this.#parts.messages.findAnywhere(checkId(param.mid, 'param.mid'));
    if (!message) throw invalid('param.mid', 'a message that this device has in memory');
    return this.#sendDraft(to, { ...message, config: '' });
  }

  typing(uid: unknown, status: unknown): number {
    const to = this.#peer(uid, 'uid');
    if (status !== 'nothing' && status !== 'typing') throw invalid('status', `'nothing' or 'typing'`);
    const ext = JSON.stringify({ input_status: status });
    let clientMid = 0;
    void this.#parts.transactions.run((tx) => (clientMid = this.#parts.clientMids.next(tx)));
    const payload = encodeMessageBody({ type: MessageType.CHAT, qos: QoS.AT_MOST_ONCE, ext });
    const meta = { id: clientMid, to: xid(to), ns: Namespace.MESSAGE, payload };
    this.#parts.connection.send(Command.SYNC, encodeSyncUL({ meta }));
    return clientMid;
  }

  /** Marks as read up to `mid`, or up to the newest message; tells the server when that changes anything. */
  read(uid: unknown, mid?: unknown): void {
    const cid = this.#peer(uid, 'roster_id');
    const row = this.#parts.conversations.ensure(cid);
    const newest = Math.max(row.unread.at(-1) ?? 0, row.cursor, row.last?.mid ?? 0);
    const wanted = mid === undefined ? (row.unread.at(-1) ?? row.readMid) : checkId(mid, 'mid');
    const target = Math.max(row.readMid, Math.min(wanted, newest));
    if (target === row.readMid && Object.keys(row.marked).length === 0) return;
    this.#run((tx) => {
      this.#parts.incoming.read(cid, target, Infinity, tx);
      const waiting = this.#outbox?.waiting(cid, OperationType.READ_ACK);
      if (!waiting?.operation) return this.#sendOperation(cid, cid, OperationType.READ_ACK, target, tx);
      waiting.operation.mid = target;
      waiting.meta = this.#operationMeta(waiting.clientMid, cid, waiting.operation);
      tx.write({ to: 'outbox', put: waiting });
      return undefined;
    });
  }

  /** Applied when the server took it: it refuses what is too old. */
  recall(uid: unknown, mid: unknown): void {
    const cid = this.#peer(uid, 'uid');
    const id = checkId(mid, 'mid');
    this.#run((tx) => this.#sendOperation(cid, cid, OperationType.RECALL, id, tx));
  }

  unread(uid: unknown, mid: unknown): void {
    const cid = this.#peer(uid, 'uid');
    const id = checkId(mid, 'mid');
    this.#run((tx) => {
      this.#parts.incoming.marked(cid, id, Number.MAX_SAFE_INTEGER, tx);
      return this.#sendOperation(cid, this.#parts.uid, OperationType.READ_CANCEL, id, tx);
    });
  }

  delete(uid: unknown, mid: unknown): void {
    const cid = this.#peer(uid, 'uid');
    const id = checkId(mid, 'mid');
    if (this.#parts.messages.findPending(cid, id)) {
      this.discard(cid, id);
      return;
    }
    this.#run((tx) => {
      this.#parts.incoming.deleted(cid, id, tx);
      return this.#sendOperation(cid, this.#parts.uid, OperationType.DELETE, id, tx);
    });
  }

  deleteConversation(id: unknown, everywhere: unknown): void {
    const cid = this.#peer(id, 'id');
    const row = this.#parts.conversations.ensure(cid);
    const type = everywhere === false ? ConversationOperationType.DELETE : ConversationOperationType.DELETE_EVERYWHERE;
    this.#run((tx) => {
      this.#parts.messages.removeConversation(cid, Math.max(row.cursor, row.last?.mid ?? 0), tx);
      const clientMid = this.#parts.clientMids.next(tx);
      const payload = encodeConversation({ operation: { type, xid: xid(cid) } });
      return this.#add(
        { clientMid, cid, meta: encodeMeta({ id: clientMid, ns: Namespace.CONVERSATION, payload }) },
        tx,
      );
    });
  }

  /** A failed message once more, as a new one: its old client mid is spent. */
  resend(uid: unknown, mid: unknown): number {
    const failed = this.#failed(uid, mid);
    this.discard(failed.cid, failed.clientMid);
    return this.#sendDraft(failed.cid, failed.message as StoredMessage);
  }

  discard(uid: unknown, mid: unknown): void {
    const failed = this.#failed(uid, mid);
    void this.#parts.transactions.run((tx) => {
      this.#unpend(failed);
      tx.write({ to: 'outbox', remove: failed.clientMid });
      tx.listChanged();
    });
  }

  /** The server took it. */
  sent(send: StoredSend, answer: SyncDL, tx: Transaction): void {
    if (send.operation) {
      this.#operationSent(send.operation, answer.serverMid, tx);
      return;
    }
    if (!send.message) return;
    this.#unpend(send);
    const message = { ...send.message, mid: answer.serverMid, timestamp: answer.serverTime, clientMid: send.clientMid };
    this.#parts.messages.insert(message, tx);
    const serverMid = String(answer.serverMid);
    tx.emit('onSendingMessageStatusChanged', { status: 'sent', mid: send.clientMid, serverMid });
    tx.listChanged();
  }

  /** The server refused it for good. */
  failed(send: StoredSend, status: Status, tx: Transaction): void {
    const reason = status.reason || 'the server refused';
    tx.emit('flooError', { category: errorCategory(status.code), desc: reason });
    if (!send.message) {
      tx.write({ to: 'outbox', remove: send.clientMid });
      return;
    }
    send.failed = reason;
    tx.write({ to: 'outbox', put: send });
    tx.emit('onSendingMessageStatusChanged', { status: 'failed', mid: send.clientMid, reason });
  }

  #operationSent(operation: NonNullable<StoredSend['operation']>, serverMid: number, tx: Transaction): void {
    const { incoming, conversations } = this.#parts;
    const row = conversations.ensure(operation.cid);
    if (operation.type === OperationType.RECALL) incoming.recalled(operation.cid, operation.mid, tx);
    if (operation.type === OperationType.READ_ACK) row.readOp = Math.max(row.readOp, serverMid);
    if (operation.type === OperationType.READ_CANCEL && row.marked[operation.mid])
      row.marked[operation.mid] = serverMid;
    tx.changed(row);
  }

  #sendDraft(to: number, draft: Draft): number {
    let clientMid = 0;
    this.#run((tx) => {
      clientMid = this.#parts.clientMids.next(tx);
      const message = this.#message(to, clientMid, draft);
      const send: StoredSend = { clientMid, cid: to, meta: messageMeta(message), message };
      this.#parts.messages.timeline(to).pending.push(send);
      const row = this.#parts.conversations.ensure(to);
      row.hidden = false;
      tx.changed(row);
      tx.listChanged();
      tx.emit('onSendingMessageStatusChanged', { status: 'sending', mid: clientMid });
      return this.#add(send, tx);
    });
    return clientMid;
  }

  #message(to: number, clientMid: number, draft: Draft): StoredMessage {
    const { ctype, content, ext, config, attach } = draft;
    const timestamp = this.#parts.clock.now();
    return {
      cid: to,
      mid: clientMid,
      from: this.#parts.uid,
      to,
      ctype,
      content,
      ext,
      config,
      attach,
      timestamp,
      status: 0,
    };
  }

  #sendOperation(cid: number, to: number, type: OperationType, mid: number, tx: Transaction): StoredSend {
    const clientMid = this.#parts.clientMids.next(tx);
    const operation = { type, cid, mid };
    return this.#add({ clientMid, cid, meta: this.#operationMeta(clientMid, to, operation), operation }, tx);
  }

  #operationMeta(id: number, to: number, operation: { type: number; cid: number; mid: number }): Uint8Array {
    const { type, mid, cid } = operation;
    const body = { type: MessageType.OPER, operation: { type: type as OperationType, mid, xid: xid(cid) } };
    return encodeMeta({ id, to: xid(to), ns: Namespace.MESSAGE, payload: encodeMessageBody(body) });
  }

  #add(send: StoredSend, tx: Transaction): StoredSend {
    this.#outbox?.add(send, tx);
    return send;
  }

  /** Runs it, and lets what it added go out once it is stored. */
  #run(change: (tx: Transaction) => StoredSend | undefined): void {
    let added: StoredSend | undefined;
    const stored = this.#parts.transactions.run((tx) => {
      added = change(tx);
    });
    void stored.then(() => added && this.#outbox?.stored(added));
  }

  #failed(uid: unknown, mid: unknown): StoredSend {
    const send = this.#parts.messages.findPending(this.#peer(uid, 'uid'), checkId(mid, 'mid'));
    if (send?.failed === undefined) throw invalid('mid', 'a message that failed');
    return send;
  }

  #unpend(send: StoredSend): void {
    const timeline = this.#parts.messages.timeline(send.cid);
    timeline.pending = timeline.pending.filter((other) => other.clientMid !== send.clientMid);
  }

  #peer(value: unknown, field: string): number {
    const id = checkId(value, field);
    if (id === this.#parts.uid) throw invalid(field, 'the id of another user');
    return id;
  }
}

function messageMeta(message: StoredMessage): Uint8Array {
  const { mid, to, ctype, content, ext, config, attach } = message;
  const body = { type: MessageType.CHAT, ctype: ctype as ContentType, content, ext, config, attachment: attach };
  return encodeMeta({ id: mid, to: xid(to), ns: Namespace.MESSAGE, payload: encodeMessageBody(body) });
}

function xid(uid: number): { uid: number; deviceSN: number } {
  return { uid, deviceSN: 0 };
}

const categories: Partial<Record<StatusCode, FlooErrorCategory>> = {
  [StatusCode.USER_BANNED]: 'USER_BANNED',
  [StatusCode.USER_FROZEN]: 'USER_FROZEN',
  [StatusCode.APP_FROZEN]: 'APP_FROZEN',
  [StatusCode.INVALID_LICENSE]: 'LICENSE',
  [StatusCode.LICENSE_LIMIT]: 'LICENSE',
};

/** The documented `flooError` category of a refusal. */
function errorCategory(status: StatusCode): FlooErrorCategory {
  return categories[status] ?? 'MESSAGE';
}
