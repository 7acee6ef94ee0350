import {
  Command,
  decodeFrame,
  decodeProvision,
  decodeSyncDL,
  decodeUnreadDL,
  decodeUserNotice,
  type Meta,
  Namespace,
  type Provision,
  type Status,
  StatusCode,
  type SyncDL,
  UserNoticeType,
} from '@flooim/protocol';
import type { OldEffects } from './old-effects.ts';
import type { OldStore } from './old-store.ts';
import type { Uplink } from './uplink.ts';
import { fieldsOf, readFields } from './wire-fields.ts';

/** What a page of history said. */
export interface OldPage {
  metas: Meta[];
  nextKey: number;
}

/** Waits for the answer to what was sent under a client mid. */
export interface Unanswered {
  ok(answer: SyncDL): void;
  refused(status: Status): void;
  /** The connection ended before. */
  lost(): void;
}

export interface OldSessionParts {
  store: OldStore;
  effects: OldEffects;
  uplink: Uplink;
  send: (frame: Uint8Array) => void;
  times: { heartbeatMs: number; waitToPullMs: number };
  onProvision: (answer: Provision) => void;
  onUserNotice: (type: UserNoticeType) => void;
  /** The server does not know the client: it logs in again by itself. */
  onLoginNeeded: () => void;
}

/** User notices that wipe the token: a person has to log in. Types that it does not know do too. */
export const wipingNotices: ReadonlySet<UserNoticeType> = new Set([
  UserNoticeType.UNKNOWN,
  UserNoticeType.PASSWORD_CHANGED,
  UserNoticeType.FROZEN,
  UserNoticeType.REMOVED,
  UserNoticeType.KICKED_BY_OTHER_DEVICE,
  UserNoticeType.DEVICE_REMOVED,
]);

/** Answers to a Provision after which a person has to log in. */
export const manualLogins: ReadonlySet<StatusCode> = new Set([
  StatusCode.USER_FROZEN,
  StatusCode.INVALID_LICENSE,
  StatusCode.LICENSE_LIMIT,
  StatusCode.APP_FROZEN,
]);

/** One connection of a deployed client: what it does on each frame, and what it says back. */
export class OldSession {
  readonly #parts: OldSessionParts;
  /** By client mid: two sends in a millisecond share one, and are answered in their order. */
  readonly #unanswered = new Map<number, Unanswered[]>();
  readonly #pages = new Map<number, ((page: OldPage | Status) => void)[]>();
  /** Conversations with a pull that has no end yet. */
  readonly #pulling = new Set<number>();
  /** Pulls that were put off. */
  readonly #waiting = new Map<number, NodeJS.Timeout>();
  #heartbeat: NodeJS.Timeout | undefined;
  #isOpen = true;
  #isProvisioned = false;
  /** Unread lists that were asked for and did not come. */
  #unreadDue = 0;

  constructor(parts: OldSessionParts) {
    this.#parts = parts;
    parts.store.newConnection();
  }

  /** Whether nothing is on the way, in either direction, as far as it knows. */
  get isSettled(): boolean {
    const isQuiet = this.#unreadDue === 0 && this.#pulling.size === 0 && this.#waiting.size === 0;
    return this.#isProvisioned && isQuiet && this.#unanswered.size === 0;
  }

  get isProvisioned(): boolean {
    return this.#isProvisioned;
  }

  send(frame: Uint8Array): void {
    if (this.#isOpen) this.#parts.send(frame);
  }

  expect(clientMid: number, unanswered: Unanswered): void {
    this.#unanswered.set(clientMid, [...(this.#unanswered.get(clientMid) ?? []), unanswered]);
  }

  /** The next page of this conversation's history that comes. */
  nextPage(conversation: number, then: (page: OldPage | Status) => void): void {
    this.#pages.set(conversation, [...(this.#pages.get(conversation) ?? []), then]);
  }

  askUnread(): void {
    this.#unreadDue += 1;
    this.send(this.#parts.uplink.unread());
  }

  /** The connection is gone; what had no answer gets none. */
  close(): void {
    this.#isOpen = false;
    this.#isProvisioned = false;
    clearInterval(this.#heartbeat);
    for (const timer of this.#waiting.values()) clearTimeout(timer);
    const lost: Status = { code: StatusCode.UNKNOWN, reason: 'the connection ended' };
    for (const then of [...this.#pages.values()].flat()) then(lost);
    for (const each of [...this.#unanswered.values()].flat()) each.lost();
  }

  hear(bytes: Uint8Array): void {
    if (!this.#isOpen) return;
    try {
      this.#hear(bytes);
    } catch (error) {
      this.#parts.store.fault(`a frame made it throw: ${(error as Error).message}`);
    }
  }

  #hear(bytes: Uint8Array): void {
    const { command, payload } = decodeFrame(bytes, { maxBytes: Number.MAX_SAFE_INTEGER });
    if (command === Command.SYNC) this.#sync(decodeSyncDL(payload), payload);
    else if (command === Command.NOTICE) this.#notice(payload);
    else if (command === Command.UNREAD) this.#unread(payload);
    else if (command === Command.PROVISION) this.#provision(decodeProvision(payload));
    else this.#parts.store.fault(`command ${command} is unknown`);
  }

  #provision(answer: Provision): void {
    const { store, times, onProvision } = this.#parts;
    if (!answer.status || !answer.xid) return store.fault('a Provision answer without status or xid');
    if (answer.status.code === StatusCode.OK) {
      if (this.#isProvisioned) store.fault('Provision was answered twice');
      this.#isProvisioned = true;
      clearInterval(this.#heartbeat);
      this.#heartbeat = setInterval(() => this.askUnread(), times.heartbeatMs);
    }
    onProvision(answer);
    if (this.#isProvisioned) this.askUnread();
  }

  #unread(payload: Uint8Array): void {
    const { status, unread } = decodeUnreadDL(payload);
    this.#unreadDue = Math.max(0, this.#unreadDue - 1);
    if (status && status.code !== StatusCode.OK) return this.#failed(status);
    const rows = readFields(payload).filter(([number]) => number === 2);
    for (const [i, { xid, n }] of unread.entries()) {
      const named = fieldsOf(rows[i]?.[1] as Uint8Array).get(1);
      if (!(named instanceof Uint8Array)) this.#parts.store.fault('a row of the unread list without xid');
      else {
        this.#parts.store.conversation(xid.uid);
        if (n > 0) this.#pull(xid.uid, named);
      }
    }
  }

  /** While a pull has no end, it waits before it pulls again. */
  #notice(payload: Uint8Array): void {
    const xid = fieldsOf(payload).get(1);
    if (!(xid instanceof Uint8Array)) return this.#parts.store.fault('a Notice without xid');
    const conversation = uidOf(xid);
    if (!this.#pulling.has(conversation)) return this.#pull(conversation, xid);
    if (this.#waiting.has(conversation)) return;
    const later = () => {
      this.#waiting.delete(conversation);
      this.#pull(conversation, xid);
    };
    this.#waiting.set(conversation, setTimeout(later, this.#parts.times.waitToPullMs));
  }

  #pull(conversation: number, xid: Uint8Array): void {
    this.#pulling.add(conversation);
    this.send(this.#parts.uplink.pull(xid));
  }

  #sync(sync: SyncDL, payload: Uint8Array): void {
    const { store } = this.#parts;
    if (sync.clientMid > 0) return this.#answered(sync);
    if (!sync.status || !sync.xid) return store.fault('a SyncDL without status or xid that answers no send');
    if (sync.status.code !== StatusCode.OK) {
      this.#page(sync.xid.uid, sync.status);
      return this.#failed(sync.status);
    }
    if (sync.isFullSync) {
      for (const meta of sync.metas) this.#parts.effects.take(meta, true);
      return this.#page(sync.xid.uid, sync);
    }
    this.#given(sync, sync.xid.uid, fieldsOf(payload).get(4) as Uint8Array);
  }

  #given({ metas, nextKey }: SyncDL, conversation: number, xid: Uint8Array): void {
    const { store, uplink } = this.#parts;
    if (metas.some((meta, i) => meta.id < (metas[i - 1]?.id ?? 0)))
      store.fault(`metas of ${conversation} not ascending`);
    for (const meta of metas) this.#take(meta);
    if (!this.#isOpen) return;
    if (nextKey > 0) {
      this.#acknowledged(conversation, nextKey);
      this.send(uplink.pull(xid, nextKey));
    } else if (metas.length === 0) this.#pulling.delete(conversation);
  }

  #take(meta: Meta): void {
    if (meta.ns === Namespace.USER_NOTICE) this.#parts.onUserNotice(decodeUserNotice(meta.payload).type);
    else this.#parts.effects.take(meta);
  }

  #acknowledged(conversation: number, key: number): void {
    const { acknowledged } = this.#parts.store.conversation(conversation);
    if (key > (acknowledged.at(-1) ?? 0)) acknowledged.push(key);
  }

  #page(conversation: number, page: OldPage | Status): void {
    this.#pages.get(conversation)?.shift()?.(page);
  }

  #answered(sync: SyncDL): void {
    const { status, clientMid, serverMid } = sync;
    if (!status) return this.#parts.store.fault(`the acknowledgement of ${clientMid} has no status`);
    const unanswered = this.#takeUnanswered(clientMid);
    if (status.code !== StatusCode.OK) {
      unanswered?.refused(status);
      return this.#failed(status);
    }
    if (serverMid === 0) this.#parts.store.fault(`the acknowledgement of ${clientMid} has no server mid`);
    unanswered?.ok(sync);
  }

  #takeUnanswered(clientMid: number): Unanswered | undefined {
    const [first, ...rest] = this.#unanswered.get(clientMid) ?? [];
    if (rest.length > 0) this.#unanswered.set(clientMid, rest);
    else this.#unanswered.delete(clientMid);
    return first;
  }

  #failed({ code, reason }: Status): void {
    if (isLoginNeeded({ code, reason })) this.#parts.onLoginNeeded();
  }
}

/** The words on which it logs in again by itself. */
export function isLoginNeeded({ code, reason }: Status): boolean {
  return code === StatusCode.INVALID_TOKEN || (code === StatusCode.UNAUTHORIZED && reason === 'you must login first');
}

function uidOf(xid: Uint8Array): number {
  return Number(fieldsOf(xid).get(1) ?? 0);
}
