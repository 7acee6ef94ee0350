import {
  applyEdit,
  ConversationOperationType,
  DeliveryStatus,
  decodeConversation,
  decodeGroupNotice,
  decodeMessageBody,
  decodeRosterNotice,
  type GroupNotice,
  GroupNoticeType,
  isId,
  type MessageBody,
  MessageType,
  type Meta,
  Namespace,
  OperationType,
  QoS,
  type RosterNotice,
  RosterNoticeType,
} from '@flooim/protocol';
import type { OldMessage, OldStore, OldVersion } from './old-store.ts';

/** What the application asked for, or what came of it from elsewhere. */
export interface OldOperation {
  type: OperationType;
  conversation: number;
  mid: number;
  edit?: Pick<MessageBody, 'content' | 'config' | 'ext' | 'editTimestamp'>;
}

/** What a deployed client makes of what it is given, besides user notices. */
export class OldEffects {
  readonly #store: OldStore;
  readonly #version: OldVersion;

  constructor(store: OldStore, version: OldVersion) {
    this.#store = store;
    this.#version = version;
  }

  /** `isPage`: it is of a page of history. */
  take(meta: Meta, isPage = false): void {
    if (meta.id > Number.MAX_SAFE_INTEGER) this.#store.fault(`meta ${meta.id} has an id that loses digits`);
    if (meta.ns === Namespace.MESSAGE) this.#message(meta, isPage);
    else if (meta.ns === Namespace.GROUP_NOTICE) this.#groupNotice(meta);
    else if (meta.ns === Namespace.ROSTER_NOTICE) this.#rosterNotice(meta);
    else if (meta.ns === Namespace.CONVERSATION) this.#conversation(meta);
  }

  operate({ type, conversation: id, mid, edit }: OldOperation): void {
    const conversation = this.#store.conversation(id);
    const held = conversation.messages.get(mid);
    if (type === OperationType.READ_ACK || type === OperationType.READ_ALL) {
      conversation.setStatus(mid, DeliveryStatus.READ);
    } else if (type === OperationType.READ_CANCEL) conversation.setStatus(mid, DeliveryStatus.UNREAD);
    else if (type === OperationType.DELIVER_ACK && held?.status === DeliveryStatus.UNREAD) {
      conversation.setStatus(mid, DeliveryStatus.DELIVERED);
    } else if (type === OperationType.RECALL || type === OperationType.DELETE) conversation.messages.delete(mid);
    else if (edit && held && this.#version === '3.0.0') applyOldEdit(held, type, edit);
  }

  #message(meta: Meta, isPage: boolean): void {
    const { from, to } = meta;
    if (!from || !to) return this.#store.fault(`message ${meta.id} without from or to`);
    const body = decodeMessageBody(meta.payload);
    if (body.type === MessageType.OPER) return this.#operation(meta, body, isPage);
    if (body.qos === QoS.AT_MOST_ONCE && body.ext.includes('input_status')) {
      this.#store.typing.push({ from: from.uid, ext: body.ext });
      return;
    }
    if (!isId(meta.id)) this.#store.fault(`a message of ${from.uid} without an id`);
    const isForGroup = body.type === MessageType.GROUPCHAT;
    const conversation = this.#store.conversation(isForGroup || from.uid === this.#store.uid ? to.uid : from.uid);
    const message = messageOf(meta, body);
    if (isPage) conversation.keep(message);
    else conversation.arrive(message);
  }

  #operation(meta: Meta, body: MessageBody, isPage: boolean): void {
    const { operation } = body;
    if (!operation) return this.#store.fault(`operation ${meta.id} without one`);
    if (isPage) return this.#store.fault(`operation ${meta.id} in a page of history`);
    this.#store.happened(`operation ${meta.id} of type ${operation.type} on ${operation.mid}`);
    const { type, mid } = operation;
    this.operate({ type, mid, conversation: this.#conversationOf(meta, body), edit: body });
  }

  /** 2.0.0 looks for what was recalled in a group under who did it, where it finds nothing. */
  #conversationOf({ from, to }: Meta, { operation }: MessageBody): number {
    const [fromUid, toUid] = [from?.uid ?? 0, to?.uid ?? 0];
    const other = fromUid === this.#store.uid ? toUid : fromUid;
    const named = operation?.xid?.uid ?? 0;
    if (operation?.type === OperationType.RECALL) {
      return this.#store.groups.has(toUid) && this.#version === '3.0.0' ? toUid : other;
    }
    if (named !== 0 && named !== this.#store.uid) return named;
    return this.#store.groups.has(toUid) ? toUid : other;
  }

  #conversation(meta: Meta): void {
    const { operation } = decodeConversation(meta.payload);
    if (!operation?.xid) return this.#store.fault(`conversation operation ${meta.id} without a conversation`);
    this.#store.happened(`conversation operation ${meta.id}`);
    if (operation.type === ConversationOperationType.DELETE_EVERYWHERE) this.forget(operation.xid.uid);
  }

  /** The messages of a conversation go; what comes later begins it again. */
  forget(id: number): void {
    const conversation = this.#store.conversation(id);
    conversation.droppedUpTo = Math.max(conversation.droppedUpTo, ...conversation.mids);
    conversation.messages.clear();
  }

  #rosterNotice(meta: Meta): void {
    const notice = decodeRosterNotice(meta.payload);
    if (!meta.from || !notice.from) return this.#store.fault(`roster notice ${meta.id} without from`);
    this.#store.happened(`roster notice ${meta.id}`);
    this.#store.rosterNotices.push({ mid: meta.id, notice });
    const [from, to] = [notice.from.uid, notice.to[0]?.uid];
    if (notice.to.length === 1 && to !== undefined) this.#roster(notice, from, to);
    else if (orientedNotices.has(notice.type)) this.#store.fault(`roster notice ${meta.id} is not for one`);
  }

  #roster({ type }: RosterNotice, from: number, to: number): void {
    const { uid, friends } = this.#store;
    if (type === RosterNoticeType.ADDED && to === uid) friends.add(from);
    if (type === RosterNoticeType.ACCEPTED) friends.add(from === uid ? to : from);
    if (type !== RosterNoticeType.REMOVED || from !== uid) return;
    friends.delete(to);
    this.forget(to);
  }

  #groupNotice(meta: Meta): void {
    const notice = decodeGroupNotice(meta.payload);
    const { gid, from } = notice;
    if (!meta.from || !gid || !from) return this.#store.fault(`group notice ${meta.id} without gid or from`);
    this.#store.happened(`group notice ${meta.id}`);
    this.#store.groupNotices.push({ mid: meta.id, notice });
    if (this.#brings(notice, from.uid)) this.#store.groups.add(gid.uid);
    if (this.#ends(notice, from.uid)) this.#store.groups.delete(gid.uid);
    if (notice.type === GroupNoticeType.DESTROYED) this.forget(gid.uid);
  }

  /** Whoever did not approve an application himself takes himself for the applicant. */
  #brings({ type }: GroupNotice, from: number): boolean {
    const { CREATED, JOINED, INVITE_ACCEPTED, APPLY_ACCEPTED } = GroupNoticeType;
    if (type === APPLY_ACCEPTED) return from !== this.#store.uid;
    return type === CREATED || ((type === JOINED || type === INVITE_ACCEPTED) && from === this.#store.uid);
  }

  #ends({ type, to }: GroupNotice, from: number): boolean {
    const { DESTROYED, LEAVED, KICKED, BLOCKED } = GroupNoticeType;
    const isMeant = to.some((each) => each.uid === this.#store.uid);
    if (type === LEAVED) return from === this.#store.uid;
    return type === DESTROYED || ((type === KICKED || type === BLOCKED) && isMeant);
  }
}

/** Of these the client looks at the only one they are for. */
const orientedNotices: ReadonlySet<RosterNoticeType> = new Set([
  RosterNoticeType.ADDED,
  RosterNoticeType.REMOVED,
  RosterNoticeType.ACCEPTED,
  RosterNoticeType.DECLINED,
]);

function messageOf({ id, from, to, timestamp }: Meta, body: MessageBody): OldMessage {
  const { ctype, content, config, ext, attachment, status, editTimestamp } = body;
  const said = { ctype, content, config, ext, attachment };
  return { mid: id, from: from?.uid ?? 0, to: to?.uid ?? 0, ...said, timestamp, status, editTimestamp };
}

/** What is older than the message, or than its last edit, changes nothing. */
function applyOldEdit(held: OldMessage, type: OperationType, edit: NonNullable<OldOperation['edit']>): void {
  if (edit.editTimestamp < Math.max(held.timestamp, held.editTimestamp)) return;
  Object.assign(held, applyEdit(held, type, edit), { editTimestamp: edit.editTimestamp });
}
