import {
  Command,
  decodeMessageBody,
  decodeSyncUL,
  type Frame,
  limits,
  type MessageBody,
  MessageType,
  type Meta,
  Namespace,
  OperationType,
} from '@flooim/protocol';
import type { ConversationService } from '../conversation/conversation-service.ts';
import type { MessageReader, Page } from '../message/message-reader.ts';
import type { MessageService } from '../message/message-service.ts';
import type { Placed } from '../store/entry.ts';
import type { Session } from './session.ts';

/** Pages without anything for the device that are looked at for one answer. */
const emptyPages = 20;
/** Messages that were given as they are after an edit, of which a session is known to have them so. */
const editedMessages = 2000;

/** Of one conversation, as mids. */
interface Progress {
  /** How far it went out, by pulls and pushes. */
  given: number;
  /** The last of it that the client has to acknowledge: what was sent, and not what was passed over. */
  due: number;
  /** How far the client has acknowledged it. */
  acked: number;
  /** How far the server knows by that that the device has it. */
  cursor: number;
  /** All that there was had been given: what came since was pushed, so an acknowledgement asks for nothing. */
  isWhole: boolean;
}

/**
 * What a connection of version 1 was given. Deployed clients ask again before they acknowledge, and take everything that they
 * are given twice for two.
 */
export class GivenLogs {
  readonly #logs = new Map<number, Progress>();
  readonly #notified = new Set<number>();
  /** The time of the last edit in a message, when it was given. */
  readonly #edited = new Map<number, number>();

  /** Whether a pull gave it meanwhile. */
  has(peer: number, { mid }: Placed): boolean {
    return mid <= (this.#logs.get(peer)?.given ?? -1);
  }

  /** Whether it is what comes next: of several in one frame a pull may have given the first ones. */
  continues(peer: number, { prevMid }: Placed): boolean {
    return prevMid === this.#logs.get(peer)?.given;
  }

  /** Once, until the client pulls: one pull brings everything. */
  toNotify(peer: number): boolean {
    this.missed(peer);
    const isFirst = !this.#notified.has(peer);
    this.#notified.add(peer);
    return isFirst;
  }

  pulled(peer: number): void {
    this.#notified.delete(peer);
  }

  /** An entry did not go out. */
  missed(peer: number): void {
    const log = this.#logs.get(peer);
    if (log) log.isWhole = false;
  }

  pushed(peer: number, { mid }: Placed): void {
    const log = this.#logs.get(peer);
    if (log) log.given = log.due = mid;
  }

  /** An entry that follows what was given and is not for the client, or came from it. */
  passed(peer: number, placed: Placed): void {
    const log = this.#logs.get(peer);
    if (log && this.continues(peer, placed)) log.given = placed.mid;
  }

  /** A conversation begins at the device's cursor. */
  progress(peer: number, cursor: () => number): Progress {
    let log = this.#logs.get(peer);
    if (!log) {
      const mid = cursor();
      log = { given: mid, due: mid, acked: mid, cursor: mid, isWhole: false };
      this.#logs.set(peer, log);
    }
    return log;
  }

  /** The client has acknowledged `key`. Where the device's cursor is then, if it moves: behind what was passed over, too. */
  acknowledged(peer: number, key: number): number | undefined {
    const log = this.#logs.get(peer);
    if (!log) return undefined;
    log.acked = Math.max(log.acked, key);
    const cursor = log.acked >= log.due ? Math.max(log.given, log.acked) : log.acked;
    if (cursor <= log.cursor) return undefined;
    log.cursor = cursor;
    return cursor;
  }

  /** Leaves out edits that a message had in it already when it was given: a client would make them twice. */
  withoutKnownEdits(metas: Meta[]): Meta[] {
    return metas.filter((meta) => meta.ns !== Namespace.MESSAGE || this.#isNews(meta));
  }

  /** Whether it is an edit that a message had in it already when it was given. */
  hasEdit({ type, operation, editTimestamp }: MessageBody): boolean {
    if (type !== MessageType.OPER || editTimestamp === 0) return false;
    return editTimestamp <= (this.#edited.get(operation?.mid ?? 0) ?? 0);
  }

  #isNews(meta: Meta): boolean {
    const body = decodeMessageBody(meta.payload);
    if (body.editTimestamp === 0) return true;
    if (body.type === MessageType.OPER) return !this.hasEdit(body);
    this.#edited.delete(meta.id);
    this.#edited.set(meta.id, body.editTimestamp);
    const [oldest] = this.#edited.keys();
    if (this.#edited.size > editedMessages && oldest !== undefined) this.#edited.delete(oldest);
    return true;
  }
}

interface Parts {
  messageReader: MessageReader;
  conversations: ConversationService;
}

/**
 * What comes next of a conversation. `key` is what the client has acknowledged, 0 for a question after a Notice. The answer has
 * entries or is the end: what is not for the device is passed over here.
 */
export function pullForVersion1(
  { messageReader, conversations }: Parts,
  session: Session,
  peer: number,
  key: number,
): Page {
  // A conversation that has not begun has no end either.
  if (conversations.findLog(session.uid, peer) === undefined) return { metas: [], nextKey: 0 };
  const { given } = session;
  const log = given.progress(peer, () => conversations.cursor(session, peer));
  given.pulled(peer);
  log.given = Math.max(log.given, key);
  log.acked = Math.max(log.acked, key);
  if (log.isWhole && key > 0) return { metas: [], nextKey: 0 };
  for (let pages = 1; ; pages++) {
    const { metas, nextKey } = messageReader.pull(session, peer, log.given, limits.pullPage);
    const fresh = given.withoutKnownEdits(metas);
    log.given = Math.max(log.given, nextKey);
    if (fresh.length > 0 || pages === emptyPages) log.due = log.given;
    else if (nextKey > 0) continue;
    log.isWhole = nextKey === 0;
    return { metas: fresh, nextKey };
  }
}

/** Takes note of what the client acknowledges, `key`, or passes over. */
export function acknowledgeForVersion1(
  { conversations }: Pick<Parts, 'conversations'>,
  session: Session,
  peer: number,
  key = 0,
): void {
  const cursor = session.given.acknowledged(peer, key);
  if (cursor !== undefined) conversations.acknowledge(session, peer, cursor);
}

/** A word that a message was read: its mid, and the log where it stands. */
interface Read {
  mid: number;
  to: number;
  logId: number;
}

/**
 * Clients tell of each message by itself that it was read, and what is read counts for all before it. So of those that wait
 * directly behind `first`, in the same log, one stands for all.
 */
export function takeReads(messages: MessageService, session: Session, first: Meta): { newest: Meta; all: Meta[] } {
  const all = [first];
  const read = session.isWaiting ? readIn(messages, first) : undefined;
  let newest = { meta: first, mid: read?.mid ?? 0 };
  const isAnother = ({ command, payload }: Frame) => {
    const meta = command === Command.SYNC ? decodeSyncUL(payload).meta : undefined;
    const next = meta && readIn(messages, meta);
    if (!meta || next?.logId !== read?.logId || next?.to !== read?.to) return false;
    all.push(meta);
    if (next && next.mid > newest.mid) newest = { meta, mid: next.mid };
    return true;
  };
  if (read) session.takeWaiting(isAnother);
  return { newest: newest.meta, all };
}

function readIn(messages: MessageService, { ns, to, payload }: Meta): Read | undefined {
  const operation = ns === Namespace.MESSAGE ? decodeMessageBody(payload).operation : undefined;
  if (operation?.type !== OperationType.READ_ACK || !to) return undefined;
  const logId = messages.logOf(operation.mid);
  return logId === undefined ? undefined : { mid: operation.mid, to: to.uid, logId };
}
