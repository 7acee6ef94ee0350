import {
  decodeMessageBody,
  isId,
  type MessageBody,
  MessageType,
  type Meta,
  Namespace,
  type PairRole,
} from '@flooim/protocol';
import type { ConversationService } from '../conversation/conversation-service.ts';
import type { Delivery } from '../delivery/delivery.ts';
import type { ConnectedDevice } from '../device/connected-device.ts';
import { ServerError } from '../error.ts';
import { roleIn } from '../group/group-state.ts';
import { EntryKind } from '../store/entry.ts';
import { checkContent, isTyping, messagePayload, typingPayload } from './message-content.ts';
import type { Done, MessageLog, Reply } from './message-log.ts';
import type { MessageRights } from './message-rights.ts';
import type { AskedOperation, Operations } from './operations.ts';

export type { Done, Reply };

interface Parts {
  log: MessageLog;
  operations: Operations;
  rights: MessageRights;
  conversations: ConversationService;
  delivery: Delivery;
}

/** Messages and operations from their frame to the log. */
export class MessageService {
  readonly #log: MessageLog;
  readonly #operations: Operations;
  readonly #rights: MessageRights;
  readonly #conversations: ConversationService;
  readonly #delivery: Delivery;

  constructor({ log, operations, rights, conversations, delivery }: Parts) {
    this.#log = log;
    this.#operations = operations;
    this.#rights = rights;
    this.#conversations = conversations;
    this.#delivery = delivery;
  }

  /**
   * Takes a meta of namespace MESSAGE. Returns when its place in the queue of writes is certain, a promise only if
   * something had to be looked up; `done` is called after the flush, never for typing. Throws `ServerError`.
   */
  send(device: ConnectedDevice, meta: Meta, done: Done): void | Promise<void> {
    const body = decodeMessageBody(meta.payload);
    const to = meta.to?.uid ?? 0;
    if (body.type === MessageType.OPER) {
      if (!isId(meta.id)) throw new ServerError('invalidParameter', 'id');
      return this.#operations.operate(askedOperation(device, meta.id, to, body), done);
    }
    if (!isId(to) || to === device.uid) throw new ServerError('invalidParameter', 'to is not another user');
    const isForGroup = body.type === MessageType.GROUPCHAT;
    if (isTyping(body)) return isForGroup ? undefined : this.#type(device, body, to);
    if (!isId(meta.id)) throw new ServerError('invalidParameter', 'id');
    return isForGroup ? this.toGroup(device, meta.id, to, body, done) : this.toUser(device, meta.id, to, body, done);
  }

  /** Sends a message to another user. Without a client mid it is never taken for a repeat. */
  toUser(
    sender: ConnectedDevice,
    clientMid: number | null,
    to: number,
    body: MessageBody,
    done: Done,
  ): void | Promise<void> {
    checkContent(body);
    const payload = messagePayload(body, MessageType.CHAT);
    const role = this.#rights.pair(sender, to, 'sendMessage');
    const logId = typeof role === 'string' ? this.#conversations.pairLog(sender.uid, to) : undefined;
    if (typeof logId === 'number') return this.#append(sender, clientMid, to, logId, payload, done);
    return this.#appendLater(sender, clientMid, to, role, payload, done);
  }

  /** Sends a message to a group; the app itself, uid 0, too. */
  toGroup(sender: ConnectedDevice, clientMid: number | null, gid: number, body: MessageBody, done: Done): void {
    checkContent(body);
    const payload = messagePayload(body, MessageType.GROUPCHAT, sender.uid === 0);
    const group = this.#rights.speak(sender, gid);
    const givesWay = group.rules.isChatroom && body.priority > 0 && roleIn(group, sender.uid) === 'member';
    const sent = this.#log.sent(sender, clientMid, { kind: EntryKind.message, logId: gid, toUid: gid, payload });
    this.#log.write('message.appendToGroup', { ...sent, appId: sender.appId }, done, givesWay);
  }

  /** The log in which a message stands that is still there. */
  logOf(mid: number): number | undefined {
    return this.#log.logOf(mid);
  }

  /** What became of a meta that is refused now: a repeat gets the first answer, whatever has changed since. */
  replyTo(device: ConnectedDevice, meta: Meta): Reply | undefined {
    const body = decodeMessageBody(meta.payload);
    const to = meta.to?.uid ?? 0;
    if (!isId(meta.id) || !isId(to)) return undefined;
    if (body.type === MessageType.OPER) return this.#operations.replyTo(askedOperation(device, meta.id, to, body));
    const logId = this.#conversations.findLog(device.uid, to);
    if (logId === undefined) return undefined;
    const payload = messagePayload(body, logId === to ? MessageType.GROUPCHAT : MessageType.CHAT);
    return this.#log.replyTo(this.#log.sent(device, meta.id, { kind: EntryKind.message, logId, toUid: to, payload }));
  }

  async #appendLater(
    sender: ConnectedDevice,
    clientMid: number | null,
    to: number,
    role: PairRole | Promise<PairRole>,
    payload: Uint8Array,
    done: Done,
  ): Promise<void> {
    await role;
    const logId = await this.#conversations.pairLog(sender.uid, to);
    this.#append(sender, clientMid, to, logId, payload, done);
  }

  #append(
    sender: ConnectedDevice,
    clientMid: number | null,
    to: number,
    logId: number,
    payload: Uint8Array,
    done: Done,
  ): void {
    const sent = this.#log.sent(sender, clientMid, { kind: EntryKind.message, logId, toUid: to, payload });
    this.#log.write('message.append', { ...sent, friendsOnly: this.#rights.friendsOnly(sender.appId) }, done);
  }

  /** Typing reaches the peer's connected devices; a refusal is nobody's business. */
  async #type(device: ConnectedDevice, body: MessageBody, to: number): Promise<void> {
    try {
      await this.#rights.pair(device, to, 'typing');
    } catch (error) {
      if (error instanceof ServerError) return;
      throw error;
    }
    const { uid, deviceSN } = device;
    const typing = { uid: to, peer: uid, fromUid: uid, fromDevice: deviceSN };
    this.#delivery.pushTransient({ ...typing, ns: Namespace.MESSAGE, payload: typingPayload(body) });
  }
}

function askedOperation(sender: ConnectedDevice, clientMid: number, to: number, body: MessageBody): AskedOperation {
  if (!body.operation) throw new ServerError('invalidParameter', 'operation');
  return { sender, clientMid, to, operation: body.operation, edit: body };
}
