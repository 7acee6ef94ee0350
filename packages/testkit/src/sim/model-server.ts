/**
 * A small model of the server, as docs/xsync-v2.md describes it to clients: what a client may rely on and no more. What is
 * written is safe, what is not written is lost when the server restarts.
 */
import { closeCodes, encodeUserNotice, limits, Namespace, UserNoticeType } from '@flooim/protocol';
import type { Random } from '../random.ts';
import type { Link, ServerSocket } from './link.ts';
import { type ModelEntry, ModelLog } from './model-log.ts';
import { Session } from './model-session.ts';
import type { VirtualTime } from './virtual-time.ts';

const newDeviceEntries = 100;
const cursorsEveryMs = 100;

export interface ServerFaults {
  /** How long a flush takes at most. */
  slowMs: number;
  /** How many of the next provisions are refused as too many. */
  refusedProvisions: number;
  /** How many of the next sends are refused as too many. */
  refusedSends: number;
  /** How many of the next pulls are refused as too many. */
  refusedPulls: number;
  /** How many of the next pushes are left out: the device finds the gap, or is told a little later that something is there. */
  leftOut: number;
  /** Entries in a page: fewer than asked for, where they are large. */
  pageEntries: number;
}

export const noServerFaults: Readonly<ServerFaults> = {
  slowMs: 15,
  refusedProvisions: 0,
  refusedSends: 0,
  refusedPulls: 0,
  leftOut: 0,
  pageEntries: limits.pullPage,
};

export class ModelServer {
  readonly log: ModelLog;
  readonly faults: ServerFaults = { ...noServerFaults };
  isUp = true;
  readonly users: readonly number[];
  readonly #time: VirtualTime;
  readonly random: Random;
  readonly #sessions = new Set<Session>();
  readonly #tokens = new Map<string, number>();
  readonly #devices = new Map<string, number>();
  readonly #since = new Map<number, number>();
  #waiting: (() => void)[] = [];
  #cursors: (() => void)[] = [];
  #life = 0;
  #writing = false;

  constructor(time: VirtualTime, random: Random, users: readonly number[]) {
    this.#time = time;
    this.random = random;
    this.users = users;
    this.log = new ModelLog(() => time.now);
  }

  get now(): number {
    return this.#time.now;
  }

  /** A new token of the user's. */
  grant(uid: number): string {
    const token = `token ${uid} ${this.#tokens.size}`;
    this.#tokens.set(token, uid);
    return token;
  }

  userOf(token: string): number | undefined {
    return this.#tokens.get(token);
  }

  /** All tokens of the user end; who is connected with one is told so at once. */
  endTokens(uid: number): void {
    for (const [token, of] of this.#tokens) if (of === uid) this.#tokens.set(token, 0);
    for (const session of this.#sessions) if (session.uid === uid) session.end(closeCodes.tokenInvalid.code);
  }

  /** What the device gets by itself is newer. */
  since(device: number): number {
    return this.#since.get(device) ?? 0;
  }

  accept(link: Link): ServerSocket | undefined {
    if (!this.isUp) return undefined;
    const session = new Session(this, link);
    this.#sessions.add(session);
    return session;
  }

  /** What was not written is lost, and every connection. */
  stop(): void {
    this.isUp = false;
    this.#life += 1;
    this.#waiting = [];
    this.#cursors = [];
    this.#writing = false;
    for (const session of this.#sessions) {
      if (this.random.chance(0.5)) session.end(closeCodes.shutdown.code);
      else session.link.cut();
    }
    this.#sessions.clear();
  }

  start(): void {
    this.isUp = true;
  }

  /** Runs while the server lives. */
  later(ms: number, run: () => void): void {
    const life = this.#life;
    this.#time.after(ms, () => life === this.#life && run());
  }

  /** Everything that waits is written together, in order. */
  commit(change: () => void): void {
    this.#waiting.push(change);
    if (this.#writing) return;
    this.#writing = true;
    this.later(this.random.between(1, this.faults.slowMs), () => {
      const batch = this.#waiting;
      this.#waiting = [];
      this.#writing = false;
      for (const one of batch) one();
    });
  }

  /** Cursors are written late. */
  commitCursor(change: () => void): void {
    this.#cursors.push(change);
    if (this.#cursors.length > 1) return;
    this.later(cursorsEveryMs, () => {
      const moves = this.#cursors;
      this.#cursors = [];
      this.commit(() => {
        for (const move of moves) move();
      });
    });
  }

  identify(uid: number, guid: string): number {
    const key = `${uid} ${guid}`;
    const known = this.#devices.get(key);
    if (known) return known;
    const device = this.#devices.size + 1;
    this.#devices.set(key, device);
    for (const peer of this.peers(uid)) {
      const name = this.log.name(uid, peer);
      const some = this.log.back(name, newDeviceEntries);
      const { readMid } = this.log.inbox(uid, peer);
      const unread = Math.max(readMid, this.log.back(name, limits.newDeviceUnread));
      const place = peer === 0 || readMid >= some ? some : unread;
      this.log.place(uid, device, name).acked = place;
      if (peer > 0) this.#since.set(device, Math.max(place, this.since(device)));
    }
    return device;
  }

  /** The conversations of a user that have begun, and the system's. */
  peers(uid: number): number[] {
    const others = this.users.filter((other) => other !== uid && this.log.log(this.log.name(uid, other)).last > 0);
    return [0, ...others];
  }

  /** A device has one session: a new one ends the one before. */
  joined(session: Session): void {
    for (const other of this.#sessions) {
      if (other === session || other.uid !== session.uid || other.device !== session.device) continue;
      other.pushTransient(0, Namespace.USER_NOTICE, encodeUserNotice({ type: UserNoticeType.KICK_BY_SAME_DEVICE }));
      other.end(closeCodes.kickedBySameDevice.code);
    }
  }

  left(session: Session): void {
    this.#sessions.delete(session);
  }

  /** To every session of everyone in the log but the device that it came from. */
  deliver(entry: ModelEntry): void {
    for (const session of this.#sessions) {
      if (!entry.users.includes(session.uid)) continue;
      if (session.uid === entry.from && session.device === entry.device) continue;
      const peer = entry.users.find((uid) => uid !== session.uid) ?? 0;
      if (this.faults.leftOut > 0) {
        this.faults.leftOut -= 1;
        this.later(this.random.between(0, 3000), () => session.notify(peer));
      } else session.push(peer, entry);
    }
  }

  tellTyping(from: Session, to: number, payload: Uint8Array): void {
    for (const session of this.#sessions) {
      if (session.uid === to) session.pushTransient(from.uid, Namespace.MESSAGE, payload);
    }
  }
}
