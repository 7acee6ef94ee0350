import {
  Command,
  type ContentType,
  encodeMessageBody,
  encodeMeta,
  encodeSyncUL,
  limits,
  MessageType,
  Namespace,
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
import { checkPeer } from './check-peer.ts';
import { contentType, isContentTypeName } from './message.ts';
import type { Messages } from './messages.ts';

export interface SendingParts {
  uid: number;
  clock: Clock;
  connection: Connection;
  transactions: Transactions;
  conversations: Conversations;
  messages: Messages;
  outbox: Outbox;
  clientMids: ClientMids;
}

type Draft = Pick<StoredMessage, 'ctype' | 'content' | 'ext' | 'config' | 'attach'>;

/** Messages of this user: into the outbox first, shown at once. */
export class Sending {
  readonly #parts: SendingParts;

  constructor(parts: SendingParts) {
    this.#parts = parts;
  }

  send(msg: RosterMessage): number {
    checkObject(msg, 'msg');
    const to = checkPeer(this.#parts.uid, msg.uid, 'msg.uid');
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
    const to = checkPeer(this.#parts.uid, param.uid, 'param.uid');
    const message = this.#parts.messages.findAnywhere(checkId(param.mid, 'param.mid'));
    if (!message) throw invalid('param.mid', 'a message that this device has in memory');
    return this.#sendDraft(to, { ...message, config: '' });
  }

  typing(uid: unknown, status: unknown): number {
    const to = checkPeer(this.#parts.uid, uid, 'uid');
    if (status !== 'nothing' && status !== 'typing') throw invalid('status', `'nothing' or 'typing'`);
    const ext = JSON.stringify({ input_status: status });
    const clientMid = this.#parts.clientMids.passing();
    const payload = encodeMessageBody({ type: MessageType.CHAT, qos: QoS.AT_MOST_ONCE, ext });
    const meta = { id: clientMid, to: xid(to), ns: Namespace.MESSAGE, payload };
    this.#parts.connection.send(Command.SYNC, encodeSyncUL({ meta }));
    return clientMid;
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
    const reason = refusal(status);
    send.failed = reason;
    tx.write({ to: 'outbox', put: send });
    tx.emit('onSendingMessageStatusChanged', { status: 'failed', mid: send.clientMid, reason });
  }

  #sendDraft(to: number, draft: Draft): number {
    let clientMid = 0;
    const { outbox } = this.#parts;
    outbox.run((tx) => {
      clientMid = this.#parts.clientMids.next(tx);
      const message = this.#message(to, clientMid, draft);
      const send: StoredSend = { clientMid, cid: to, meta: messageMeta(message), message };
      this.#parts.messages.timeline(to).pending.push(send);
      const row = this.#parts.conversations.ensure(to);
      row.hidden = false;
      tx.changed(row);
      tx.listChanged();
      tx.emit('onSendingMessageStatusChanged', { status: 'sending', mid: clientMid });
      outbox.add(send, tx);
      return send;
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

  #failed(uid: unknown, mid: unknown): StoredSend {
    const send = this.#parts.messages.findPending(checkPeer(this.#parts.uid, uid, 'uid'), checkId(mid, 'mid'));
    if (send?.failed === undefined) throw invalid('mid', 'a message that failed');
    return send;
  }

  #unpend(send: StoredSend): void {
    const timeline = this.#parts.messages.timeline(send.cid);
    timeline.pending = timeline.pending.filter((other) => other.clientMid !== send.clientMid);
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

export function refusal(status: Status): string {
  return status.reason || 'the server refused';
}

/** The documented `flooError` category of a refusal. */
export function errorCategory(status: StatusCode): FlooErrorCategory {
  return categories[status] ?? 'MESSAGE';
}
