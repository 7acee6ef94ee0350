import {
  type CloseName,
  Command,
  type ConversationUnread,
  decodeMessageBody,
  encodeFrame,
  encodeMeta,
  encodeSyncFrame,
  encodeUnreadDL,
  encodeUserNotice,
  type MessageBody,
  Namespace,
  StatusCode,
  systemConversation,
  type UserNoticeType,
  Vsn,
} from '@flooim/protocol';
import { type Appended, EntryKind, type NewEntry, type Placed } from '../store/entry.ts';
import type { Receiver, Registry } from './registry.ts';

/** Something that only those hear who are connected now: typing, devices coming and going. */
export interface Transient {
  /** Whose sessions hear it. */
  uid: number;
  /** The conversation it belongs to, as that user knows it; 0 is the system conversation. */
  peer: number;
  /** Whom it is for, where that is a group and not the user. */
  gid?: number;
  fromUid: number;
  fromDevice: number;
  ns: Namespace;
  payload: Uint8Array;
}

/** Metas in a frame that tells of many entries. */
const entriesPerFrame = 200;

const ok = { code: StatusCode.OK, reason: '' };

/** An entry that moves a position, as version 1 devices of a user are told of it: payloads, one for each message. */
type SingleMarks = (entry: NewEntry, uid: number, since: number) => readonly Uint8Array[] | undefined;

interface Parts {
  registry: Registry;
  singleMarks: SingleMarks;
  clock: () => number;
}

/** Connected devices of some users, to be given back: they are these until `connections` changes. */
export type Sessions = readonly Receiver[];

/** The one way to reach connected devices. */
export class Delivery {
  readonly #registry: Registry;
  readonly #singleMarks: SingleMarks;
  readonly #clock: () => number;

  constructor({ registry, singleMarks, clock }: Parts) {
    this.#registry = registry;
    this.#singleMarks = singleMarks;
    this.#clock = clock;
  }

  /** Pushes entries that are on disk to every session of everyone in their logs, except the device they came from. */
  deliver(entries: readonly NewEntry[], placed: readonly Placed[]): void {
    for (const [i, entry] of entries.entries()) this.deliverOne(entry, placed[i] as Placed);
  }

  /**
   * As `deliver`, for one; not for a group's log, whose readers only the group knows. `since`: of an operation that moves a
   * position, where that was before.
   */
  deliverOne(entry: NewEntry, placed: Placed, since = 0): void {
    const isSystem = entry.logId === entry.toUid;
    const own = this.#registry.of(isSystem ? entry.toUid : entry.fromUid);
    const theirs = isSystem ? [] : this.#registry.of(entry.toUid);
    if (own.length + theirs.length === 0) return;
    const metas = [metaOf(entry, placed)];
    const singles = (uid: number) => this.#singles(entry, placed, uid, since);
    push(own, isSystem ? systemConversation : entry.toUid, entry, placed, metas, { singles });
    push(theirs, entry.fromUid, entry, placed, metas, { singles });
  }

  sessionsOf(users: Iterable<number>): Sessions {
    const sessions: Receiver[] = [];
    for (const uid of users) for (const session of this.#registry.of(uid)) sessions.push(session);
    return sessions;
  }

  /** Another number whenever a session came or went. */
  get connections(): number {
    return this.#registry.version;
  }

  /**
   * Pushes an entry of a group's log to these sessions, who all know the conversation by the group's id: one encoding for
   * all of them. What `givesWay` is not pushed to sessions where much is waiting: they are told to pull.
   */
  deliverToGroup(sessions: Sessions, entry: NewEntry, placed: Placed, givesWay = false): void {
    if (sessions.length === 0) return;
    const metas = [metaOf(entry, placed)];
    push(sessions, entry.toUid, entry, placed, metas, { givesWay });
  }

  /** As `deliverToGroup`, for entries that the server made and that follow one another in the log: few frames with many. */
  deliverRunToGroup(sessions: Sessions, run: readonly Appended[]): void {
    if (sessions.length === 0) return;
    for (let start = 0; start < run.length; start += entriesPerFrame) {
      const part = run.slice(start, start + entriesPerFrame);
      const [first, last] = [part[0], part.at(-1)] as [Appended, Appended];
      const placed = { mid: last.placed.mid, prevMid: first.placed.prevMid };
      const metas = part.map((appended) => metaOf(appended.entry, appended.placed));
      push(sessions, first.entry.toUid, first.entry, placed, metas);
    }
  }

  /** Sends the user's version 2 sessions rows of the unread list that they did not ask for, made for each device. */
  pushUnread(uid: number, rowsFor: (deviceSN: number) => ConversationUnread[]): void {
    for (const { vsn, deviceSN, outbox } of this.#registry.of(uid)) {
      if (vsn !== Vsn.V2) continue;
      const payload = encodeUnreadDL({ status: ok, unread: rowsFor(deviceSN) });
      outbox.answer(encodeFrame({ vsn, command: Command.UNREAD, payload }));
    }
  }

  /** `exceptDevice`: the device number that does not hear it. */
  pushTransient(transient: Transient, exceptDevice?: number): void {
    const sessions = this.#registry.of(transient.uid);
    if (sessions.length === 0) return;
    const meta = encodeMeta({
      id: 0,
      from: { uid: transient.fromUid, deviceSN: transient.fromDevice },
      to: { uid: transient.gid ?? transient.uid, deviceSN: 0 },
      timestamp: this.#clock(),
      ns: transient.ns,
      payload: transient.payload,
    });
    const sync = { status: ok, xid: { uid: transient.peer, deviceSN: 0 }, isEagerSync: true };
    for (const session of sessions) {
      if (session.deviceSN === exceptDevice) continue;
      session.outbox.pushTransient(encodeSyncFrame(session.vsn, sync, [meta]));
    }
  }

  /** The numbers of the user's devices that are connected. */
  connectedDevices(uid: number): number[] {
    return this.#registry.of(uid).map((session) => session.deviceSN);
  }

  /** The tokens that the user's device is connected with, as hex of their SHA-256. */
  tokensOf(uid: number, deviceSN: number): string[] {
    const sessions = this.#registry.of(uid).filter((session) => session.deviceSN === deviceSN);
    return sessions.map((session) => session.tokenHash);
  }

  /** The users of an app who are connected. */
  connectedUsers(appId: string): number[] {
    return this.#registry.usersOf(appId);
  }

  /** Tells sessions of a user why, then closes them. `which` picks some; all by default. */
  endSessions(
    uid: number,
    close: CloseName,
    notice?: UserNoticeType,
    which: (session: Receiver) => boolean = () => true,
  ): void {
    for (const session of this.#registry.of(uid)) {
      if (which(session)) this.endSession(session, close, notice);
    }
  }

  endSession(session: Receiver, close: CloseName, notice?: UserNoticeType): void {
    if (notice !== undefined) {
      const meta = encodeMeta({
        id: 0,
        from: { uid: session.uid, deviceSN: 0 },
        to: { uid: session.uid, deviceSN: session.deviceSN },
        timestamp: this.#clock(),
        ns: Namespace.USER_NOTICE,
        payload: encodeUserNotice({ type: notice }),
      });
      const sync = { status: ok, xid: { uid: systemConversation, deviceSN: 0 }, isEagerSync: true };
      session.outbox.pushTransient(encodeSyncFrame(session.vsn, sync, [meta]));
    }
    session.end(close);
  }

  #singles(entry: NewEntry, placed: Placed, uid: number, since: number): Uint8Array[] | undefined {
    if (entry.kind !== EntryKind.operation) return undefined;
    const payloads = this.#singleMarks(entry, uid, since);
    return payloads?.map((payload) => metaOf({ ...entry, payload }, placed));
  }
}

interface PushOptions {
  /** What sessions of version 1 are told instead, where that is something else. */
  singles?: (uid: number) => readonly Uint8Array[] | undefined;
  /** See `deliverToGroup`. Default false. */
  givesWay?: boolean;
}

function metaOf(entry: NewEntry, { mid }: Placed): Uint8Array {
  return encodeMeta({
    id: mid,
    from: { uid: entry.fromUid, deviceSN: entry.fromDevice },
    to: { uid: entry.toUid, deviceSN: 0 },
    timestamp: entry.time,
    ns: entry.ns,
    payload: entry.payload,
  });
}

/**
 * Pushes an entry, or several from `entry` on, to sessions that know the conversation by the same id: the frame is encoded
 * once for each version.
 */
function push(
  sessions: readonly Receiver[],
  peer: number,
  entry: NewEntry,
  placed: Placed,
  metas: readonly Uint8Array[],
  { singles, givesWay = false }: PushOptions = {},
): void {
  const frames: (Uint8Array | 'nothing' | undefined)[] = [];
  let operation: MessageBody | undefined;
  for (const session of sessions) {
    if (session.has(peer, placed)) continue;
    if (session.uid === entry.fromUid && session.deviceSN === entry.fromDevice) {
      session.passed(peer, placed);
      continue;
    }
    if (!session.continues(peer, placed)) {
      if (session.toNotify(peer)) session.outbox.notify(peer);
      continue;
    }
    frames[session.vsn] ??= pushFrame(
      session.vsn,
      peer,
      placed,
      (session.vsn === Vsn.V1 && singles?.(session.uid)) || metas,
    );
    const frame = frames[session.vsn] as Uint8Array | 'nothing';
    if (session.vsn === Vsn.V1 && isOperation(entry)) operation ??= decodeMessageBody(entry.payload);
    if (frame === 'nothing' || (operation && session.hasEdit(operation))) session.passed(peer, placed);
    else if (session.outbox.push(peer, frame, givesWay)) session.pushed(peer, placed);
    else session.missed(peer);
  }
}

function isOperation({ kind, ns }: NewEntry): boolean {
  return kind === EntryKind.operation && ns === Namespace.MESSAGE;
}

function pushFrame(
  vsn: Vsn,
  peer: number,
  { mid, prevMid }: Placed,
  metas: readonly Uint8Array[],
): Uint8Array | 'nothing' {
  if (metas.length === 0) return 'nothing';
  const sync = { status: ok, xid: { uid: peer, deviceSN: 0 }, nextKey: mid };
  return encodeSyncFrame(vsn, vsn === Vsn.V2 ? { ...sync, prevMid, isEagerSync: true } : sync, metas);
}
