import { delayAfter } from '../connection/reconnect-policy.ts';
import type { FlooError } from '../errors.ts';
import type { Clock, Timer } from '../platform/platform.ts';
import type { RestClient } from '../rest/rest-client.ts';
import type { Transaction, Transactions } from '../storage/transaction.ts';
import type {
  GroupAnnouncement,
  GroupInfoAndSettings,
  GroupInfoRequest,
  GroupListDetail,
  GroupMember,
} from '../types.ts';
import type { Groups } from './groups.ts';

/** In place of a group's id: the list of those that the user is in, and all of them. */
export const joinedGroups = 0;

/** How often the same is asked at most, because notices make answers old. */
const timesAsked = 8;

export interface GroupQueriesParts {
  rest: RestClient;
  groups: Groups;
  transactions: Transactions;
  clock: Clock;
  random: () => number;
}

/** What the server says about groups, kept in the caches. */
export class GroupQueries {
  readonly #parts: GroupQueriesParts;
  /** How many notices came of each group. */
  readonly #noticed = new Map<number, number>();
  /** Groups of which something changed that a notice does not tell. */
  readonly #stale = new Set<number>([joinedGroups]);
  /** Who came into groups whose members are known, and of whom a notice tells the id alone. */
  readonly #newcomers = new Map<number, Set<number>>();
  /** Groups that are gone for this user: late answers do not bring them back. */
  readonly #ended = new Set<number>();
  #isLoaded = false;
  #isUp = false;
  #timer: Timer | undefined;

  constructor(parts: GroupQueriesParts) {
    this.#parts = parts;
  }

  /** A notice of the group has come: answers that were asked for before may be older than what it tells. */
  noticed(gid: number): void {
    for (const id of [gid, joinedGroups]) this.#noticed.set(id, this.#noticesOf(id) + 1);
  }

  stale(gid: number): void {
    this.#stale.add(gid);
    this.#ended.delete(gid);
  }

  ended(gid: number): void {
    this.#stale.delete(gid);
    this.#ended.add(gid);
  }

  newcomer(gid: number, uid: number): void {
    this.#newcomers.set(gid, (this.#newcomers.get(gid) ?? new Set()).add(uid));
  }

  async ids(force: boolean): Promise<number[]> {
    if (force || !this.#parts.groups.ids) {
      const ids = await this.#ask(joinedGroups, () => this.#parts.rest.call('groupsJoined', {}));
      await this.#keep((tx) => this.#parts.groups.setIds(ids, tx));
    }
    return [...(this.#parts.groups.ids ?? [])];
  }

  async info(gid: number, force: boolean): Promise<GroupInfoAndSettings> {
    const known = this.#parts.groups.get(gid);
    if (known && this.#parts.groups.isFresh(gid) && !force) return known;
    const info = await this.#ask(gid, () => this.#parts.rest.call('groupInfo', { group_id: gid }));
    if (!this.#ended.has(gid)) await this.#keep((tx) => this.#parts.groups.setInfo(info, tx));
    return info;
  }

  async infos(gids: readonly number[]): Promise<GroupListDetail[]> {
    if (gids.length === 0) return [];
    const infos = await this.#ask(joinedGroups, () =>
      this.#parts.rest.call('groupInfoBatch', { group_list: [...gids] }),
    );
    await this.#keep((tx) => {
      for (const { owner, ...info } of infos) if (!this.#ended.has(info.group_id)) this.#parts.groups.setInfo(info, tx);
    });
    return infos;
  }

  async members(gid: number): Promise<GroupMember[]> {
    const members = await this.#ask(gid, () => this.#parts.rest.call('groupMembers', { group_id: gid }));
    this.#parts.groups.opened.setMembers(gid, members);
    await this.#keep((tx) => this.#parts.groups.recount(gid, tx));
    return members;
  }

  async admins(gid: number): Promise<GroupMember[]> {
    const admins = await this.#ask(gid, () => this.#parts.rest.call('groupAdmins', { group_id: gid }));
    this.#parts.groups.opened.setAdmins(gid, admins);
    return admins;
  }

  async announcements(gid: number): Promise<GroupAnnouncement[]> {
    const announcements = await this.#ask(gid, () => this.#parts.rest.call('groupAnnouncements', { group_id: gid }));
    this.#parts.groups.opened.setAnnouncements(gid, announcements);
    return announcements;
  }

  /** Brings everything about a group that somebody looks into, and tells when it is here. What is refused stays unknown. */
  open(gid: number): void {
    void this.#bring([this.members(gid), this.admins(gid)], (tx) => tx.emit('onGroupMemberChanged', gid));
    void this.#bring([this.info(gid, true), this.announcements(gid)], (tx) => tx.emit('onGroupListUpdate', undefined));
  }

  /** The session stands: asks in the background for what this device does not know yet, or could not ask for before. */
  connected(): void {
    this.#isUp = true;
    void this.#catchUp(0);
  }

  disconnected(): void {
    this.#isUp = false;
    this.#parts.clock.clearTimeout(this.#timer);
  }

  /** What notices have made stale is fresh when this resolves, or when the server can be asked again. */
  async fresh(): Promise<void> {
    await this.#refresh().catch((error) => this.#catchUpLater(0, error));
  }

  async #catchUp(attempt: number): Promise<void> {
    if (this.#isLoaded && this.#stale.size === 0 && this.#newcomers.size === 0) return;
    const before = this.#seen();
    try {
      await this.#refresh();
      if (!this.#isUp) return;
      if (!this.#isLoaded) await this.infos(this.#parts.groups.ids ?? []);
      this.#isLoaded = true;
    } catch (error) {
      return this.#catchUpLater(attempt + 1, error);
    }
    if (this.#seen() !== before) await this.#keep((tx) => tx.emit('onGroupListUpdate', undefined));
  }

  #catchUpLater(attempt: number, error: unknown): void {
    const { clock, random } = this.#parts;
    clock.clearTimeout(this.#timer);
    if (!this.#isUp) return;
    this.#timer = clock.setTimeout(() => void this.#catchUp(attempt), delayAfter(error, attempt, random));
  }

  /** Everything that is stale, as long as the session stands; rejects when the server cannot be asked: it stays stale. */
  async #refresh(): Promise<void> {
    while (this.#isUp && this.#stale.size > 0) {
      const stale = [...this.#stale];
      this.#stale.clear();
      try {
        if (stale.includes(joinedGroups)) await this.ids(true);
        await this.#refreshInfos(stale.filter((gid) => gid !== joinedGroups));
      } catch (error) {
        if (isPassing(error)) for (const gid of stale) this.#stale.add(gid);
        throw error;
      }
    }
    for (const [gid, uids] of this.#newcomers) await this.#meet(gid, [...uids]);
  }

  async create(params: GroupInfoRequest): Promise<GroupInfoAndSettings> {
    const info = await this.#parts.rest.call('groupCreate', params);
    await this.#keep((tx) => {
      if (!this.#parts.groups.get(info.group_id)) this.#parts.groups.setInfo(info, tx);
      this.#parts.groups.join(info.group_id, Infinity, tx);
    });
    return info;
  }

  /**
   * A change of the user's own is seen as soon as the server took it. Where notices came meanwhile, they may tell of this change and
   * of later ones, or of earlier ones alone: then `again` asks what it came to.
   */
  async changed<T>(
    gid: number,
    send: () => Promise<T>,
    { apply, again }: { apply(result: T, tx: Transaction): void; again(): Promise<unknown> },
  ): Promise<T> {
    const before = this.#noticesOf(gid);
    const result = await send();
    if (this.#noticesOf(gid) === before) await this.#keep((tx) => apply(result, tx));
    else await again().catch(() => {});
    return result;
  }

  /** After something that may have made the user a member, of this group if it is known which. */
  async joined(gid = joinedGroups): Promise<void> {
    for (const id of [joinedGroups, gid]) this.stale(id);
    await this.fresh();
  }

  async #bring(asked: readonly Promise<unknown>[], tell: (tx: Transaction) => void): Promise<void> {
    const answers = await Promise.allSettled(asked);
    if (answers.some(({ status }) => status === 'fulfilled')) await this.#keep(tell);
  }

  async #meet(gid: number, uids: readonly number[]): Promise<void> {
    this.#newcomers.delete(gid);
    const params = { group_id: gid, user_list: [...uids] };
    try {
      const members = await this.#ask(gid, () => this.#parts.rest.call('groupDisplayNames', params));
      for (const member of members) this.#parts.groups.opened.change(gid, member.user_id, member);
    } catch (error) {
      if (isPassing(error)) for (const uid of uids) this.newcomer(gid, uid);
      throw error;
    }
  }

  #refreshInfos(gids: readonly number[]): Promise<unknown> {
    const [gid] = gids;
    return gids.length === 1 && gid ? this.info(gid, true) : this.infos(gids);
  }

  /** Asks again as long as notices come meanwhile; where they never cease, one of the answers has to do. */
  async #ask<T>(gid: number, ask: () => Promise<T>): Promise<T> {
    for (let asked = 1; ; asked++) {
      const before = this.#noticesOf(gid);
      const answer = await ask();
      if (this.#noticesOf(gid) === before || asked === timesAsked) return answer;
    }
  }

  #noticesOf(gid: number): number {
    return this.#noticed.get(gid) ?? 0;
  }

  #keep(change: (tx: Transaction) => void): Promise<void> {
    return this.#parts.transactions.run(change);
  }

  /** Whether a refresh has changed anything is seen by comparing. */
  #seen(): string {
    return JSON.stringify([this.#parts.groups.ids, this.#parts.groups.all()]);
  }
}

/** What the server refuses to tell it will refuse again. */
function isPassing(error: unknown): boolean {
  return (error as FlooError).code !== 'REJECTED';
}
