import {
  canInPair,
  decodeMessageBody,
  isId,
  limits,
  type MessageBody,
  type MessageOperation,
  MessageType,
  type Meta,
  Namespace,
  OperationType,
  type PairAction,
  systemConversation,
  Vsn,
} from '@flooim/protocol';
import type { ConversationService } from '../conversation/conversation-service.ts';
import type { Delivery } from '../delivery/delivery.ts';
import type { ConnectedDevice } from '../device/connected-device.ts';
import { ServerError } from '../error.ts';
import type { RosterService } from '../roster/roster-service.ts';
import { EntryKind, type NewEntry } from '../store/entry.ts';
import { checkContent, isTyping, messagePayload, operationPayload, typingPayload } from './message-content.ts';
import type { MessageCommand, MessageStore, SendResult, Sent } from './message-store.ts';

/** What a sender is told: where his entry stands in which conversation, or why it was refused. */
export type Reply =
  | { ok: true; peer: number; mid: number; prevMid: number; time: number }
  | { ok: false; error: ServerError };

type Done = (reply: Reply) => void;

interface Parts {
  store: MessageStore;
  conversations: ConversationService;
  roster: RosterService;
  delivery: Delivery;
  clock: () => number;
}

/** Messages and operations from their frame to the log, and from the flush to the devices. */
export class MessageService {
  readonly #store: MessageStore;
  readonly #conversations: ConversationService;
  readonly #roster: RosterService;
  readonly #delivery: Delivery;
  readonly #clock: () => number;

  constructor(parts: Parts) {
    this.#store = parts.store;
    this.#conversations = parts.conversations;
    this.#roster = parts.roster;
    this.#delivery = parts.delivery;
    this.#clock = parts.clock;
  }

  /**
   * Takes a meta of namespace MESSAGE. Returns when its place in the queue of writes is certain, a promise only if
   * something had to be looked up; `done` is called after the flush, never for typing. Throws `ServerError`.
   */
  send(device: ConnectedDevice, meta: Meta, done: Done): void | Promise<void> {
    const body = decodeMessageBody(meta.payload);
    const to = meta.to?.uid ?? 0;
    if (body.type === MessageType.OPER) return this.#operate(device, meta, to, body, done);
    if (!isId(to) || to === device.uid) throw new ServerError('invalidParameter', 'to is not another user');
    if (body.type === MessageType.GROUPCHAT) throw new ServerError('conversationNotFound', 'to is not a group');
    if (isTyping(body)) return this.#type(device, body, to);
    if (!isId(meta.id)) throw new ServerError('invalidParameter', 'id');
    checkContent(body);
    const payload = messagePayload(body);
    if (payload.length > limits.payloadBytes) throw new ServerError('invalidParameter', 'the message is too large');
    const allowed = this.#check(device, to, 'sendMessage');
    const logId = allowed === true ? this.#conversations.pairLog(device.uid, to) : undefined;
    if (typeof logId === 'number') return this.#append(device, meta.id, to, logId, payload, done);
    return this.#appendLater(device, meta.id, to, allowed, payload, done);
  }

  async #appendLater(
    device: ConnectedDevice,
    clientMid: number,
    to: number,
    allowed: true | Promise<true>,
    payload: Uint8Array,
    done: Done,
  ): Promise<void> {
    await allowed;
    const logId = await this.#conversations.pairLog(device.uid, to);
    this.#append(device, clientMid, to, logId, payload, done);
  }

  #append(
    device: ConnectedDevice,
    clientMid: number,
    to: number,
    logId: number,
    payload: Uint8Array,
    done: Done,
  ): void {
    const sent = this.#sent(device, clientMid, { kind: EntryKind.message, logId, toUid: to, payload });
    const friendsOnly = !this.#roster.strangersAllowed(device.appId);
    this.#store.write('message.append', { ...sent, friendsOnly }, this.#settle(sent.entry, to, done));
  }

  /** What happens when the write is on disk: the sender is answered, the devices get it. */
  #settle(entry: NewEntry, peer: number, done: Done): (error: Error | undefined, result: SendResult) => void {
    return (error, result) => {
      if (error) return done({ ok: false, error: error instanceof ServerError ? error : new ServerError('database') });
      if (result.outcome === 'refused') return done({ ok: false, error: new ServerError(result.reason) });
      if (result.outcome === 'repeated') {
        // Naming the entry as its own predecessor makes a device that does not have it pull.
        return done({ ok: true, peer, mid: result.mid, prevMid: result.mid, time: result.time });
      }
      const { mid, prevMid } = result.placed;
      done({ ok: true, peer, mid, prevMid, time: result.time });
      this.#delivery.deliverOne(result.payload ? { ...entry, payload: result.payload } : entry, result.placed);
    };
  }

  #sent(
    { uid, deviceSN, vsn }: ConnectedDevice,
    clientMid: number,
    entry: Pick<NewEntry, 'kind' | 'logId' | 'toUid' | 'payload'>,
  ): Sent {
    // A copy of its own: what goes to the writer's thread takes its whole buffer along.
    const payload = new Uint8Array(entry.payload);
    return {
      entry: {
        ...entry,
        payload,
        fromUid: uid,
        fromDevice: deviceSN,
        clientMid,
        ns: Namespace.MESSAGE,
        time: this.#clock(),
      },
      dedupe: vsn === Vsn.V2 ? 'clientMid' : 'clientMidAndPayload',
    };
  }

  /** The one question of authorisation between two users; throws the reason if the answer is no. */
  #check(device: ConnectedDevice, peer: number, action: PairAction): true | Promise<true> {
    const exists = this.#roster.peerExists(device.appId, peer);
    const role = this.#roster.pairRole(device.uid, peer);
    if (typeof exists === 'boolean' && typeof role === 'string') return this.#judge(device, exists, role, action);
    return Promise.all([exists, role]).then(([e, r]) => this.#judge(device, e, r, action));
  }

  #judge(device: ConnectedDevice, exists: boolean, role: Parameters<typeof canInPair>[0], action: PairAction): true {
    if (!exists) throw new ServerError('userNotFound');
    if (canInPair(role, action, this.#roster.strangersAllowed(device.appId))) return true;
    throw new ServerError(role === 'blocked' ? 'blockedByRecipient' : 'strangersNotAllowed');
  }

  /** Typing reaches the peer's connected devices; a refusal is nobody's business. */
  async #type(device: ConnectedDevice, body: MessageBody, to: number): Promise<void> {
    try {
      await this.#check(device, to, 'typing');
    } catch (error) {
      if (error instanceof ServerError) return;
      throw error;
    }
    const { uid, deviceSN } = device;
    const typing = { uid: to, peer: uid, fromUid: uid, fromDevice: deviceSN };
    this.#delivery.pushTransient({ ...typing, ns: Namespace.MESSAGE, payload: typingPayload(body) });
  }

  #operate(device: ConnectedDevice, meta: Meta, to: number, body: MessageBody, done: Done): void | Promise<void> {
    const operation = body.operation;
    if (!isId(meta.id)) throw new ServerError('invalidParameter', 'id');
    if (!operation || !isId(operation.mid)) throw new ServerError('invalidParameter', 'operation.mid');
    const handler = operations[operation.type];
    if (!handler) throw new ServerError('notAvailableYet', `operation ${operation.type}`);
    // Towards oneself the conversation is named in the operation, towards a peer it is the peer.
    const peer = handler.to === 'self' ? (operation.xid?.uid ?? 0) : to;
    if (!isId(peer)) throw new ServerError('invalidParameter', handler.to === 'self' ? 'operation.xid' : 'to');
    const peerLog = this.#conversations.requireLog(device.uid, peer);
    const act = () => this.#writeOperation(device, meta.id, { handler, operation, peer, peerLog }, done);
    if (handler.to === 'self') return act();
    const allowed = this.#check(device, peer, 'sendOperation');
    return allowed === true ? act() : allowed.then(act);
  }

  #writeOperation(device: ConnectedDevice, clientMid: number, asked: AskedOperation, done: Done): void {
    const { handler, operation, peer, peerLog } = asked;
    const isOwn = handler.to === 'self';
    const [logId, toUid] = isOwn ? [device.uid, device.uid] : [peerLog, peer];
    const entry = { kind: EntryKind.operation, logId, toUid, payload: operationPayload(operation) };
    const sent = this.#sent(device, clientMid, entry);
    const target = { ...sent, operation, peer, peerLog, notBefore: this.#clock() - limits.recallWindowMs };
    this.#store.write(handler.command, target, this.#settle(sent.entry, isOwn ? systemConversation : peer, done));
  }
}

interface AskedOperation {
  handler: OperationHandler;
  operation: MessageOperation;
  peer: number;
  peerLog: number;
}

interface OperationHandler {
  to: 'peer' | 'self';
  command: Exclude<MessageCommand, 'message.append'>;
}

/** Operations by type: whom they concern and which write they are. */
const operations: Partial<Record<OperationType, OperationHandler>> = {
  [OperationType.READ_ACK]: { to: 'peer', command: 'message.read' },
  [OperationType.READ_ALL]: { to: 'self', command: 'message.readAll' },
  [OperationType.READ_CANCEL]: { to: 'self', command: 'message.unread' },
  [OperationType.DELETE]: { to: 'self', command: 'message.delete' },
  [OperationType.RECALL]: { to: 'peer', command: 'message.recall' },
};
