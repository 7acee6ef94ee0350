import {
  isId,
  limits,
  type MessageBody,
  type MessageOperation,
  OperationType,
  type PairRole,
  Vsn,
} from '@flooim/protocol';
import type { ConversationService } from '../conversation/conversation-service.ts';
import type { ConnectedDevice } from '../device/connected-device.ts';
import { ServerError } from '../error.ts';
import { EntryKind } from '../store/entry.ts';
import { checkContent, editPayload, isEdit, operationPayload } from './message-content.ts';
import type { Done, MessageLog, Reply } from './message-log.ts';
import type { MessageRights } from './message-rights.ts';
import type { MessageCommand, MessageStore } from './message-store.ts';
import type { SentOperation } from './sent.ts';

/** An operation that somebody asks for. */
export interface AskedOperation {
  sender: ConnectedDevice;
  /** Null: it is not asked for twice. */
  clientMid: number | null;
  /** The other user, the group, or for what concerns the sender alone himself. */
  to: number;
  operation: MessageOperation;
  /** Of edits: what is added, or put in the place of what was. */
  edit: MessageBody;
  /** A message can be recalled however old it is. */
  anyTime?: boolean;
}

type OperationCommand = Exclude<MessageCommand, 'message.append' | 'message.appendToGroup'>;
type Commands = Partial<Record<OperationType, OperationCommand>>;

/** The conversation that an operation is about. */
export interface Target extends Pick<SentOperation, 'peer' | 'peerLog' | 'where'> {
  /** The user whose system log gets the entry, where it is not the conversation's. */
  into?: number;
}

const { READ_ACK, READ_ALL, READ_CANCEL, RECALL, DELETE, PLAY_ACK, APPEND, REPLACE } = OperationType;

/** What concerns the user alone; the operation names the conversation. */
const ownCommands: Commands = {
  [READ_ALL]: 'message.readAll',
  [READ_CANCEL]: 'message.unread',
  [DELETE]: 'message.delete',
};
/** What changes a message for everybody. */
const forAll: Commands = { [RECALL]: 'message.recall', [APPEND]: 'message.edit', [REPLACE]: 'message.edit' };
const pairCommands: Commands = { ...forAll, [READ_ACK]: 'message.read', [PLAY_ACK]: 'message.played' };

interface Parts {
  store: MessageStore;
  log: MessageLog;
  rights: MessageRights;
  conversations: ConversationService;
  clock: () => number;
}

/** What is done to messages: reading, recalling, editing and the like. */
export class Operations {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Throws `ServerError`; a promise only if something had to be looked up. */
  operate(asked: AskedOperation, done: Done): void | Promise<void> {
    const { sender, operation, to, edit } = asked;
    const { type, mid } = operation;
    if (!isId(mid)) throw new ServerError('invalidParameter', 'operation.mid');
    if (isEdit(type)) checkContent(edit);
    if (ownCommands[type]) return this.#forOneself(asked, done);
    if (!pairCommands[type]) throw new ServerError('invalidParameter', 'operation.type');
    if (!isId(to)) throw new ServerError('invalidParameter', 'to');
    const gid = this.#groupOfOne(asked);
    if (gid !== undefined) return this.#readOne(asked, gid, done);
    const logId = this.#parts.conversations.findLog(sender.uid, to);
    if (logId !== undefined && logId !== to) return this.#inPair(asked, logId, done);
    if (this.#parts.rights.isGroup(sender.appId, to)) return this.#inGroup(asked, done);
    throw new ServerError('conversationNotFound');
  }

  /** What is done in the name of the app itself: nobody is asked whether he may. */
  operateAsApp(asked: AskedOperation, target: Target, done: Done): void {
    const { operation, edit } = asked;
    if (!isId(operation.mid)) throw new ServerError('invalidParameter', 'operation.mid');
    if (isEdit(operation.type)) checkContent(edit);
    this.#write(asked, forAll[operation.type], target, done);
  }

  /** The answer to the same operation when it came before. */
  replyTo(asked: AskedOperation): Reply | undefined {
    const { sender, to, operation } = asked;
    const peerLog = this.#parts.conversations.findLog(sender.uid, to);
    if (peerLog === undefined || !forAll[operation.type]) return undefined;
    const where = peerLog === to ? 'group' : 'pair';
    return this.#parts.log.replyTo(this.#sentOf(asked, { peer: to, peerLog, where }));
  }

  /** Deployed clients tell the sender that they have read one message of a group. */
  #groupOfOne({ sender, to, operation: { type, mid } }: AskedOperation): number | undefined {
    if (type !== READ_ACK || sender.vsn !== Vsn.V1 || to === sender.uid) return undefined;
    const gid = this.#parts.store.groupOf(mid);
    return gid === to ? undefined : gid;
  }

  #readOne(asked: AskedOperation, gid: number, done: Done): void {
    const target = { peer: gid, peerLog: gid, where: 'group', into: asked.to } as const;
    // The entry stands in the author's system log: its place tells nothing of what the reader has of any conversation.
    const placeless: Done = (reply) => done(reply.ok ? { ...reply, prevMid: reply.mid } : reply);
    this.#write(asked, 'message.readOne', target, placeless);
  }

  #forOneself(asked: AskedOperation, done: Done): void {
    const { sender, operation } = asked;
    const command = ownCommands[operation.type];
    const peer = operation.xid?.uid ?? 0;
    if (!command || !isId(peer)) throw new ServerError('invalidParameter', 'operation.xid');
    const peerLog = this.#parts.conversations.requireLog(sender.uid, peer);
    const where = peerLog === peer ? 'group' : 'pair';
    this.#write(asked, command, { peer, peerLog, where, into: sender.uid }, done);
  }

  #inPair(asked: AskedOperation, peerLog: number, done: Done): void | Promise<void> {
    const { sender, to, operation } = asked;
    const isRead = operation.type === READ_ACK;
    const act = (role: PairRole) => {
      // Where one has blocked the other they tell each other nothing: who reads has a word with himself.
      if (isRead && (role === 'blocker' || role === 'blocked'))
        return this.#forOneself(about(to, asked, READ_ALL), done);
      this.#write(asked, pairCommands[operation.type], { peer: to, peerLog, where: 'pair' }, done);
    };
    const action = isEdit(operation.type) ? 'sendMessage' : 'sendOperation';
    const role = this.#parts.rights.pair(sender, to, isRead ? 'read' : action);
    return typeof role === 'string' ? act(role) : role.then(act);
  }

  #inGroup(asked: AskedOperation, done: Done): void {
    const { sender, to: gid, operation } = asked;
    const { rights } = this.#parts;
    const target = { peer: gid, peerLog: gid, where: 'group' } as const;
    // Who is in it no more can still read what he got, on all of his devices; nobody else hears of it.
    if (operation.type === READ_ACK && this.#isFormer(sender, gid)) {
      return this.#forOneself(about(gid, asked, READ_ALL), done);
    }
    if (isEdit(operation.type)) rights.speak(sender, gid);
    else rights.group(sender, gid, 'readMessages');
    if (operation.type !== READ_ACK) return this.#write(asked, forAll[operation.type], target, done);
    this.#write(about(gid, asked, READ_ALL), 'message.readGroup', { ...target, into: sender.uid }, done);
  }

  /** Whether the group is one of the sender's conversations, although he is not in it. */
  #isFormer({ appId, uid }: ConnectedDevice, gid: number): boolean {
    const { conversations, rights } = this.#parts;
    return conversations.findLog(uid, gid) !== undefined && !rights.isMember(appId, gid, uid);
  }

  #write(asked: AskedOperation, command: OperationCommand | undefined, target: Target, done: Done): void {
    if (!command) throw new ServerError('invalidParameter', 'operation.type');
    this.#parts.log.write(command, this.#sentOf(asked, target), done);
  }

  #sentOf(asked: AskedOperation, { into, ...target }: Target): SentOperation {
    const { log, rights, clock } = this.#parts;
    const { sender, clientMid, edit } = asked;
    const { operation } = target.where === 'group' ? about(target.peer, asked) : asked;
    const [logId, toUid] = into === undefined ? [target.peerLog, target.peer] : [into, into];
    const payload = isEdit(operation.type) ? editPayload(operation, edit) : operationPayload(operation);
    return {
      ...log.sent(sender, clientMid, { kind: EntryKind.operation, logId, toUid, payload }),
      ...target,
      operation,
      appId: sender.appId,
      friendsOnly: rights.friendsOnly(sender.appId),
      notBefore: asked.anyTime ? 0 : clock() - limits.recallWindowMs,
    };
  }
}

/** The operation with the conversation that it is about, by the id that all who hear of it know it by. */
function about(uid: number, asked: AskedOperation, type = asked.operation.type): AskedOperation {
  return { ...asked, operation: { ...asked.operation, type, xid: { uid, deviceSN: 0 } } };
}
