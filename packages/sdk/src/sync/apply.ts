import {
  ContentType,
  ConversationOperationType,
  decodeConversation,
  decodeGroupNotice,
  decodeMessageBody,
  decodeRosterNotice,
  decodeUserNotice,
  type GroupNotice,
  type MessageBody,
  MessageType,
  type Meta,
  Namespace,
  OperationType,
  QoS,
  type RosterNotice,
  type UserNotice,
} from '@flooim/protocol';
import type { Transaction } from '../storage/transaction.ts';

/** One entry of a log, or something that is in none (typing, kicks), with its place. */
export interface Entry {
  /** The conversation whose log it is in; 0 for the system's. */
  cid: number;
  meta: Meta;
  from: number;
  to: number;
  /** Told just now and in no log: never something old that came late. */
  live: boolean;
}

export interface Operation {
  type: OperationType;
  mid: number;
  /** The conversation that it speaks of. */
  cid: number;
  /** Of an edit: what it brings. */
  body: MessageBody;
}

/** What the features do with entries: one method for each row of the table below. */
export interface EntryHandlers {
  message(entry: Entry, body: MessageBody, tx: Transaction): void;
  typing(entry: Entry, body: MessageBody, tx: Transaction): void;
  operation(entry: Entry, operation: Operation, tx: Transaction): void;
  rosterNotice(entry: Entry, notice: RosterNotice, tx: Transaction): void;
  groupNotice(entry: Entry, notice: GroupNotice, tx: Transaction): void;
  userNotice(entry: Entry, notice: UserNotice, tx: Transaction): void;
  conversationDeleted(entry: Entry, cid: number, mid: number, tx: Transaction): void;
}

type Apply = (entry: Entry, handlers: EntryHandlers, tx: Transaction) => void;

/** Namespace -> feature. What is not here (calls, pushes) belongs to later versions and is passed over. */
const byNamespace: Partial<Record<Namespace, Apply>> = {
  [Namespace.MESSAGE]: applyMessage,
  [Namespace.ROSTER_NOTICE]: (entry, handlers, tx) =>
    handlers.rosterNotice(entry, decodeRosterNotice(entry.meta.payload), tx),
  [Namespace.GROUP_NOTICE]: (entry, handlers, tx) =>
    handlers.groupNotice(entry, decodeGroupNotice(entry.meta.payload), tx),
  [Namespace.USER_NOTICE]: (entry, handlers, tx) =>
    handlers.userNotice(entry, decodeUserNotice(entry.meta.payload), tx),
  [Namespace.CONVERSATION]: applyConversation,
};

/** Hands an entry to its feature. Throws a ProtocolError when it cannot be read. */
export function applyEntry(entry: Entry, handlers: EntryHandlers, tx: Transaction): void {
  byNamespace[entry.meta.ns]?.(entry, handlers, tx);
}

function applyMessage(entry: Entry, handlers: EntryHandlers, tx: Transaction): void {
  const body = decodeMessageBody(entry.meta.payload);
  if (body.type === MessageType.OPER) {
    const { type = OperationType.UNKNOWN, mid = 0, xid } = body.operation ?? {};
    // In a pair's log the body is the sender's, and so is the peer that it names.
    handlers.operation(entry, { type, mid, cid: entry.cid || (xid?.uid ?? 0), body }, tx);
  } else if (isTyping(body)) handlers.typing(entry, body, tx);
  else handlers.message(entry, body, tx);
}

function isTyping(body: MessageBody): boolean {
  return body.qos === QoS.AT_MOST_ONCE && body.ctype === ContentType.TEXT && body.ext.includes('"input_status"');
}

function applyConversation(entry: Entry, handlers: EntryHandlers, tx: Transaction): void {
  const { operation } = decodeConversation(entry.meta.payload);
  if (operation?.type !== ConversationOperationType.DELETE_EVERYWHERE) return;
  if (operation.xid) handlers.conversationDeleted(entry, operation.xid.uid, operation.mid, tx);
}
