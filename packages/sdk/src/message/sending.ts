import {
  Command,
  type ContentType,
  ConversationType,
  encodeMessageBody,
  encodeMeta,
  encodeSyncUL,
  MessageType,
  Namespace,
  QoS,
  type Status,
  StatusCode,
  type SyncDL,
} from '@flooim/protocol';
import { checkId, checkObject, invalid } from '../check.ts';
import type { Connection } from '../connection/connection.ts';
import type { Conversations } from '../conversation/conversations.ts';
import type { Groups } from '../group/groups.ts';
import type { Clock } from '../platform/platform.ts';
import type { Storage, StoredConversation, StoredMessage, StoredSend } from '../storage/storage.ts';
import type { Transaction, Transactions } from '../storage/transaction.ts';
import type { ClientMids } from '../sync/client-mids.ts';
import type { Outbox } from '../sync/outbox.ts';
import type { Outcomes } from '../sync/outcomes.ts';
import { refusal } from '../sync/refusal.ts';
import { xid } from '../sync/xid.ts';
import type { ConversationRef, GroupMessage, Id, MentionMessage, RosterMessage } from '../types.ts';
import { checkConversation, checkPeer } from './check-peer.ts';
import { type Draft, mentionDraft, messageDraft, withReaders } from './draft.ts';
import type { Edits } from './edits.ts';
import type { Messages } from './messages.ts';

export interface SendingParts {
  uid: number;
  clock: Clock;
  storage: Storage;
  connection: Connection;
  transactions: Transactions;
  conversations: Conversations;
  messages: Messages;
  groups: Groups;
  edits: Edits;
  outbox: Outbox;
  outcomes: Outcomes;
  clientMids: ClientMids;
}

const notHere = 'this device does not have the message';

/** Messages of this user: into the outbox first, shown at once. */
export class Sending {
  readonly #parts: SendingParts;

  constructor(parts: SendingParts) {
    this.#parts = parts;
  }

  send(msg: RosterMessage): number {
    const to = checkPeer(this.#parts.uid, checkObject(msg, 'msg').uid, 'msg.uid');
    return this.#sendTo(this.#parts.conversations.ensure(to), messageDraft(msg));
  }

  sendToGroup(msg: GroupMessage): number {
    const gid = checkPeer(this.#parts.uid, checkObject(msg, 'msg').gid, 'msg.gid');
    return this.#sendTo(this.#group(gid), messageDraft(msg));
  }

  mention(params: MentionMessage): number {
    const gid = checkPeer(this.#parts.uid, checkObject(params, 'params').gid, 'params.gid');
    return this.#sendTo(this.#group(gid), mentionDraft(params));
  }

  /** One that is not in memory is looked for in the store meanwhile. */
  forward(param: ConversationRef & { mid: Id }): number {
    const { messages, conversations, clientMids } = this.#parts;
    const to = checkConversation(this.#parts.uid, param, 'param');
    const mid = checkId(param.mid, 'param.mid');
    const row = to.isGroup ? this.#group(to.id) : conversations.ensure(to.id);
    const message = messages.findAnywhere(mid);
    if (message) return this.#sendTo(row, { ...message, config: '' });
    const places = conversations.reaching(mid);
    if (places.length === 0) throw invalid('param.mid', 'a message that this device has');
    const clientMid = clientMids.passing();
    void this.#forwardStored(row, mid, places, clientMid);
    return clientMid;
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
    return this.#sendTo(this.#parts.conversations.ensure(failed.cid), failed.message as StoredMessage);
  }

  discard(uid: unknown, mid: unknown): void {
    const failed = this.#failed(uid, mid);
    void this.#parts.transactions.run((tx) => {
      this.#unpend(failed);
      tx.write({ to: 'outbox', remove: failed.clientMid });
      this.#hideUnbegun(failed.cid, tx);
      tx.listChanged();
    });
  }

  /** The server took it. */
  sent(send: StoredSend, answer: SyncDL, tx: Transaction): void {
    if (!send.message) return;
    this.#unpend(send);
    const { clientMid } = send;
    const { priority, ...written } = send.message;
    const message = { ...written, mid: answer.serverMid, timestamp: answer.serverTime, clientMid };
    this.#parts.messages.insert(message, tx);
    // An answer that was given before names the entry as its own predecessor.
    if (answer.prevMid === answer.serverMid) this.#parts.edits.takenBefore(send.cid, answer.serverMid, tx);
    const serverMid = String(answer.serverMid);
    tx.emit('onSendingMessageStatusChanged', { status: 'sent', mid: clientMid, serverMid });
    tx.listChanged();
    this.#parts.outcomes.taken({ clientMid, mid: serverMid, timestamp: String(answer.serverTime) }, tx);
  }

  /** The server refused it for good. */
  failed(send: StoredSend, status: Status, tx: Transaction): void {
    const reason = refusal(status);
    send.failed = reason;
    tx.write({ to: 'outbox', put: send });
    tx.emit('onSendingMessageStatusChanged', { status: 'failed', mid: send.clientMid, reason });
    this.#parts.outcomes.refused(send.clientMid, status, tx);
  }

  /** Where nothing was ever said, the message that was thrown away is all that listed the conversation. */
  #hideUnbegun(cid: number, tx: Transaction): void {
    const { conversations, messages, groups } = this.#parts;
    const row = conversations.ensure(cid);
    const isListedAnyway = row.last || row.pinnedAt || row.touchedAt || row.draft || groups.role(cid) !== 'outsider';
    if (isListedAnyway || messages.timeline(cid).pending.length > 0) return;
    row.hidden = true;
    tx.changed(row);
  }

  #group(gid: number): StoredConversation {
    return this.#parts.conversations.ensureGroup(gid);
  }

  async #forwardStored(
    row: StoredConversation,
    mid: number,
    places: readonly number[],
    clientMid: number,
  ): Promise<void> {
    const { storage, transactions, outcomes } = this.#parts;
    for (const cid of places) {
      const [message] = await storage.messages(cid, mid + 1, 1);
      if (message?.mid === mid) return void this.#sendTo(row, { ...message, config: '' }, clientMid);
    }
    await transactions.run((tx) => {
      tx.emit('onSendingMessageStatusChanged', { status: 'failed', mid: clientMid, reason: notHere });
      outcomes.refused(clientMid, { code: StatusCode.FAIL, reason: notHere }, tx);
    });
  }

  /** `reserved`: a client mid that the caller was told already. */
  #sendTo(row: StoredConversation, asked: Draft, reserved?: number): number {
    const { outbox, clientMids, messages } = this.#parts;
    const draft = this.#withReaders(row, asked);
    return outbox.run((tx) => {
      const next = clientMids.next(tx);
      const clientMid = reserved ?? next;
      const message = this.#message(row, clientMid, draft);
      const send: StoredSend = { clientMid, cid: row.id, meta: messageMeta(message), message };
      messages.timeline(row.id).pending.push(send);
      row.hidden = false;
      tx.changed(row);
      tx.listChanged();
      tx.emit('onSendingMessageStatusChanged', { status: 'sending', mid: clientMid });
      outbox.add(send, tx);
      return send;
    }).clientMid;
  }

  #withReaders({ id, type }: StoredConversation, draft: Draft): Draft {
    const { groups, uid } = this.#parts;
    if (type !== ConversationType.GROUPCHAT || !groups.get(id)?.read_ack) return draft;
    const others = groups.opened.members(id).map((member) => member.user_id);
    return others.length > 0
      ? withReaders(
          draft,
          others.filter((other) => other !== uid),
        )
      : draft;
  }

  #message(row: StoredConversation, clientMid: number, draft: Draft): StoredMessage {
    const { ctype, content, ext, config, attach, priority } = draft;
    return {
      cid: row.id,
      ...(row.type === ConversationType.GROUPCHAT && { group: true }),
      mid: clientMid,
      from: this.#parts.uid,
      to: row.id,
      ctype,
      content,
      ext,
      config,
      attach,
      timestamp: this.#parts.clock.now(),
      status: 0,
      ...(priority && { priority }),
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

function messageMeta({ mid, to, group, ctype, content, ext, config, attach, priority }: StoredMessage): Uint8Array {
  const type = group ? MessageType.GROUPCHAT : MessageType.CHAT;
  const body = { type, ctype: ctype as ContentType, content, ext, config, attachment: attach, priority };
  return encodeMeta({ id: mid, to: xid(to), ns: Namespace.MESSAGE, payload: encodeMessageBody(body) });
}
