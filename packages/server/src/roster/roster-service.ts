import {
  canInPair,
  type ErrorName,
  limits,
  type PairRole,
  type RosterApplication,
  type RosterItem,
  RosterNoticeType as Type,
} from '@flooim/protocol';
import type { AppService } from '../app/app-service.ts';
import { AttemptLimit } from '../attempt-limit.ts';
import { BoundedCache } from '../bounded-cache.ts';
import type { Delivery } from '../delivery/delivery.ts';
import { ServerError } from '../error.ts';
import type { NewEntry, Placed } from '../store/entry.ts';
import { UserStatus } from '../user/user-status.ts';
import { addedNotices, appliedNotice } from './friendship.ts';
import { type RosterChange, rosterNotice } from './roster-notices.ts';
import type { Page, Position, RosterStore } from './roster-store.ts';
import type { ItemChange } from './roster-writes.ts';

export type { Position };

/** Who acts, and towards whom. */
export interface Pair {
  appId: string;
  uid: number;
  peer: number;
}

/** What an application says. */
export interface ApplicationText {
  alias?: string;
  reason?: string;
  auth_answer?: string;
}

/** What a command of the roster comes to. */
type Acted = { refused: ErrorName } | { placed?: Placed[] };

interface Parts {
  store: RosterStore;
  apps: AppService;
  delivery: Delivery;
  clock: () => number;
}

/** A stranger hears of each: nobody may ask everybody. */
const applicationsPerMin = 100;
/** Answers of one user to the question of another: too few to guess by. */
const answersPerMin = 10;
/** Users whom one user may ask about in lists: whoever has a full roster gets it twenty times. */
const itemsPerMin = 20 * limits.rosterSize;
/** Numbers that one user may look up: too few to find out whose all of them are. */
const numbersPerMin = 20;
const cachedRoles = 100_000;
const cachedUsers = 100_000;

/** Friends, applications and blocks; and from them, what one user may do towards another. */
export class RosterService {
  readonly #store: RosterStore;
  readonly #apps: AppService;
  readonly #delivery: Delivery;
  readonly #clock: () => number;
  readonly #applications: AttemptLimit;
  readonly #answers: AttemptLimit;
  readonly #items: AttemptLimit;
  readonly #numbers: AttemptLimit;
  readonly #roles = new BoundedCache<string, PairRole>(cachedRoles);
  /** The app of users who exist. */
  readonly #existing = new BoundedCache<number, string>(cachedUsers);

  constructor(parts: Parts) {
    this.#store = parts.store;
    this.#apps = parts.apps;
    this.#delivery = parts.delivery;
    this.#clock = parts.clock;
    this.#applications = new AttemptLimit(applicationsPerMin, parts.clock);
    this.#answers = new AttemptLimit(answersPerMin, parts.clock);
    this.#items = new AttemptLimit(itemsPerMin, parts.clock);
    this.#numbers = new AttemptLimit(numbersPerMin, parts.clock);
  }

  friends(uid: number, after?: number, limit?: number): Promise<Page<number>> {
    return this.#store.friends(uid, after, limit);
  }

  /** Applications that the user received, handled and expired ones too. */
  applications(uid: number, after?: Position, limit?: number): Promise<Page<RosterApplication>> {
    return this.#store.applications(uid, after, limit);
  }

  blocked(uid: number): Promise<number[]> {
    return this.#store.blocked(uid);
  }

  /** Works for strangers and the user himself; leaves out who does not exist. */
  async items(appId: string, uid: number, ids: readonly number[]): Promise<RosterItem[]> {
    this.#items.spend(String(uid), ids.length);
    return this.#store.items(appId, uid, ids);
  }

  async itemById({ appId, uid, peer }: Pair): Promise<RosterItem> {
    return found(await this.#store.itemById(appId, uid, peer));
  }

  async itemByName(appId: string, uid: number, username: string): Promise<RosterItem> {
    return found(await this.#store.itemByName(appId, uid, username));
  }

  async itemByMobile(appId: string, uid: number, mobile: string): Promise<RosterItem> {
    this.#numbers.spend(String(uid));
    return found(await this.#store.itemByMobile(appId, uid, mobile));
  }

  /** Asks to be friends; what happens is up to the other's auth mode and to what he asked before. */
  async apply(pair: Pair, { alias = '', reason = '', auth_answer = '' }: ApplicationText): Promise<void> {
    const { uid, peer } = other(pair);
    this.#applications.spend(String(uid));
    if (auth_answer) this.#answers.spend(`${uid} ${peer}`);
    const time = this.#clock();
    const text = { alias, reason, answer: auth_answer };
    const application = { ...pair, ...text, time, expiresAt: time + limits.applicationTtlMs };
    const notices = { added: addedNotices(uid, peer, time), applied: [appliedNotice(application)] };
    const act = { ...application, notices };
    const result = await this.#store.write['roster.apply'](act, (done) => {
      if ('refused' in done) return;
      this.forgetPair(uid, peer);
      this.#delivery.deliver(act.notices[done.outcome], done.placed);
    });
    if ('refused' in result) throw new ServerError(result.refused);
  }

  /** Makes them friends of the user without asking anybody; all of them, or nobody. Who is a friend already stays one. */
  async befriend(appId: string, uid: number, peers: readonly number[]): Promise<void> {
    for (const peer of peers) other({ appId, uid, peer });
    const act = { appId, uid, peers: [...new Set(peers)], time: this.#clock() };
    const result = await this.#store.write['roster.befriend'](act, (done) => {
      if ('refused' in done) return;
      for (const peer of peers) this.forgetPair(uid, peer);
      for (const { entry, placed } of done) this.#delivery.deliverOne(entry, placed);
    });
    if ('refused' in result) throw new ServerError(result.refused, `user ${result.peer}`);
  }

  accept(pair: Pair): Promise<void> {
    return this.#act('roster.accept', pair, { type: Type.ACCEPTED, heardBy: 'both' });
  }

  decline(pair: Pair, reason = ''): Promise<void> {
    return this.#act('roster.decline', pair, { type: Type.DECLINED, heardBy: 'both', content: reason });
  }

  remove(pair: Pair): Promise<void> {
    return this.#act('roster.remove', pair, { type: Type.REMOVED, heardBy: 'both' });
  }

  /** The one who is blocked does not hear of it. */
  block(pair: Pair): Promise<void> {
    return this.#act('roster.block', pair, { type: Type.BLOCKED, heardBy: 'self' });
  }

  unblock(pair: Pair): Promise<void> {
    return this.#act('roster.unblock', pair, { type: Type.UNBLOCKED, heardBy: 'self' });
  }

  /** Keeps what the user notes about a friend, for his own devices. */
  async note(pair: Pair, change: ItemChange): Promise<void> {
    const { uid, peer } = other(pair);
    const { mute, ...info } = change;
    const time = this.#clock();
    const base = { from: uid, to: peer, time };
    const notices: NewEntry[] = [];
    if (info.alias !== undefined || info.ext !== undefined) {
      notices.push(rosterNotice(uid, { ...base, type: Type.INFO_UPDATED, content: JSON.stringify(info) }));
    }
    if (mute !== undefined) notices.push(rosterNotice(uid, { ...base, type: mute ? Type.MUTED : Type.UNMUTED }));
    const result = await this.#store.write['roster.note']({ ...pair, change, notices, time }, (done) => {
      if ('placed' in done && done.placed) this.#delivery.deliver(notices, done.placed);
    });
    if ('refused' in result) throw new ServerError(result.refused, 'not a friend');
  }

  /** May the user send to the other one? */
  async mayMessage({ appId, uid, peer }: Pair): Promise<boolean> {
    if (!(await this.peerExists(appId, peer))) return false;
    return canInPair(await this.pairRole(uid, peer), 'sendMessage', this.strangersAllowed(appId));
  }

  /** How the two stand, seen from `uid`; a promise only when it is not in memory. */
  pairRole(uid: number, peer: number): PairRole | Promise<PairRole> {
    const key = `${uid}:${peer}`;
    return (
      this.#roles.get(key) ??
      this.#roles.load(key, () => this.#store.pairRole(uid, peer)).then((role) => role ?? 'stranger')
    );
  }

  /** Whether there is such a user in the app; a promise only when it is not in memory. */
  peerExists(appId: string, peer: number): boolean | Promise<boolean> {
    const known = this.#existing.get(peer);
    if (known !== undefined) return known === appId;
    const read = async () => {
      const status = this.#store.statusOf(appId, peer);
      return status === undefined || status === UserStatus.deleted ? undefined : appId;
    };
    return this.#existing.load(peer, read).then((found) => found === appId);
  }

  /** Why there is nobody in the app to act towards. */
  whyAbsent(appId: string, peer: number): 'userNotFound' | 'userDeleted' {
    return this.#store.statusOf(appId, peer) === UserStatus.deleted ? 'userDeleted' : 'userNotFound';
  }

  /** How the two stand may have changed. */
  forgetPair(uid: number, peer: number): void {
    this.#roles.delete(`${uid}:${peer}`);
    this.#roles.delete(`${peer}:${uid}`);
  }

  /** The user was deleted: from now on there is nobody. */
  forgetUser(uid: number): void {
    this.#existing.delete(uid);
  }

  strangersAllowed(appId: string): boolean {
    return this.#apps.strangersAllowed(appId);
  }

  async #act(
    command: 'roster.accept' | 'roster.decline' | 'roster.remove' | 'roster.block' | 'roster.unblock',
    pair: Pair,
    { heardBy, ...notice }: Pick<RosterChange, 'type' | 'content'> & { heardBy: 'self' | 'both' },
  ): Promise<void> {
    const { uid, peer } = other(pair);
    const time = this.#clock();
    const receivers = heardBy === 'both' ? [uid, peer] : [uid];
    const notices = receivers.map((receiver) => rosterNotice(receiver, { ...notice, from: uid, to: peer, time }));
    const act = { ...pair, notices, time };
    const result: Acted = await this.#store.write[command](act, (done: Acted) => {
      if ('refused' in done) return;
      this.forgetPair(uid, peer);
      if (done.placed) this.#delivery.deliver(notices, done.placed);
    });
    if ('refused' in result) throw new ServerError(result.refused);
  }
}

function other(pair: Pair): Pair {
  if (pair.uid === pair.peer) throw new ServerError('invalidParameter', 'user_id is your own');
  return pair;
}

function found(item: RosterItem | 'deleted' | undefined): RosterItem {
  if (item === undefined) throw new ServerError('userNotFound');
  if (item === 'deleted') throw new ServerError('userDeleted');
  return item;
}
