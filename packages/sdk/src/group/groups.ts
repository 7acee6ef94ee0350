import { canInGroup, canSpeak, type GroupAction, type GroupRole } from '@flooim/protocol';
import type { Conversations } from '../conversation/conversations.ts';
import type { Clock } from '../platform/platform.ts';
import type { Transaction } from '../storage/transaction.ts';
import type { GroupInfoAndSettings } from '../types.ts';
import { OpenedGroups } from './opened-groups.ts';

export interface GroupsParts {
  uid: number;
  clock: Clock;
  conversations: Conversations;
  /** What the device has stored under all keys. */
  stored: ReadonlyMap<string, unknown>;
}

/** A group as it is stored, each under its own key: a change writes one and not a thousand. */
interface KnownGroup {
  info: GroupInfoAndSettings;
  /** False: he is in it no more, and nobody tells what changes. */
  fresh: boolean;
}

const idsKey = 'groups';
const infoKey = 'group:';

/** The groups that the user is in, whatever else this device knows of groups, and what he may do in them. */
export class Groups {
  readonly opened = new OpenedGroups();
  readonly #uid: number;
  readonly #clock: Clock;
  readonly #conversations: Conversations;
  readonly #known = new Map<number, KnownGroup>();
  #ids: number[] | undefined;

  constructor({ uid, clock, conversations, stored }: GroupsParts) {
    this.#uid = uid;
    this.#clock = clock;
    this.#conversations = conversations;
    this.#ids = stored.get(idsKey) as number[] | undefined;
    for (const [key, value] of stored) {
      if (key.startsWith(infoKey) && value) this.#known.set(Number(key.slice(infoKey.length)), value as KnownGroup);
    }
  }

  /** The groups that the user is in; undefined when this device was never told. */
  get ids(): readonly number[] | undefined {
    return this.#ids;
  }

  get(gid: number): GroupInfoAndSettings | undefined {
    return this.#known.get(gid)?.info;
  }

  isFresh(gid: number): boolean {
    return this.#known.get(gid)?.fresh ?? false;
  }

  all(): Record<number, GroupInfoAndSettings> {
    return Object.fromEntries([...this.#known].map(([gid, { info }]) => [gid, info]));
  }

  isMuted(gid: number): boolean {
    return (this.get(gid)?.msg_mute_mode ?? 0) > 0;
  }

  /** As far as this device knows: administrators and other members are known of groups that were opened. */
  role(gid: number, uid = this.#uid): GroupRole {
    if (this.get(gid)?.owner_id === uid) return 'owner';
    if (this.opened.isAdmin(gid, uid)) return 'admin';
    const isMember = uid === this.#uid ? this.#ids?.includes(gid) : this.opened.member(gid, uid);
    return isMember ? 'member' : 'outsider';
  }

  /** By the table that the server goes by; bans are part of whether he may send. */
  can(gid: number, action: GroupAction): boolean {
    const info = this.get(gid);
    if (!info) return false;
    const role = this.role(gid);
    const rules = { memberInvite: info.member_invite, memberModify: info.member_modify, isChatroom: info.type === 2 };
    if (!canInGroup(role, action, rules)) return false;
    if (action !== 'sendMessage') return true;
    const banAll = info.ban_expire_time > 0 ? info.ban_expire_time * 1000 : info.ban_expire_time;
    const ownBan = this.opened.member(gid, this.#uid)?.expired_time ?? 0;
    return canSpeak(role, { ownBan, banAll }, this.#clock.now());
  }

  setIds(ids: readonly number[], tx: Transaction): void {
    this.#ids = [...ids];
    tx.write({ to: 'kv', key: idsKey, value: this.#ids });
  }

  /** He is in it from the entry `mid` on. Its conversation is listed from now on, as on a device that comes later. */
  join(gid: number, mid: number, tx: Transaction): void {
    this.#changeIds((others) => [...others, gid], gid, tx);
    const row = this.#conversations.ensureGroup(gid);
    if (mid > row.deletedUpTo) row.hidden = false;
    tx.changed(row);
    tx.listChanged();
  }

  /** He is in it no more. What is known of the group stays, for those who read what was written; nobody tells what changes. */
  leave(gid: number, tx: Transaction): void {
    const known = this.#known.get(gid);
    this.opened.forget(gid);
    this.#changeIds((others) => others, gid, tx);
    if (known) this.#keep({ ...known, fresh: false }, tx);
  }

  forget(gid: number, tx: Transaction): void {
    this.#known.delete(gid);
    tx.write({ to: 'kv', key: infoKey + gid, value: undefined });
  }

  setInfo(info: GroupInfoAndSettings, tx: Transaction): void {
    this.#keep({ info, fresh: true }, tx);
  }

  /** What of a group has changed; nothing happens when it is not known. */
  change(gid: number, change: Partial<GroupInfoAndSettings>, tx: Transaction): void {
    const known = this.#known.get(gid);
    if (known) this.#keep({ ...known, info: { ...known.info, ...change } }, tx);
  }

  /** What the user himself goes by in the group. */
  setOwnCard(gid: number, name: string): void {
    this.opened.change(gid, this.#uid, { display_name: name || undefined });
  }

  /** Members came or went. False where they are not known one by one: then the server has to tell how many there are. */
  recount(gid: number, tx: Transaction): boolean {
    const count = this.opened.count(gid);
    if (count === undefined) return false;
    this.change(gid, { count }, tx);
    return true;
  }

  /** A list that this device was never told stays unknown: it would be taken for the whole. */
  #changeIds(change: (others: number[]) => number[], gid: number, tx: Transaction): void {
    if (this.#ids) this.setIds(change(this.#ids.filter((id) => id !== gid)), tx);
  }

  #keep(known: KnownGroup, tx: Transaction): void {
    const { group_id, msg_mute_mode } = known.info;
    if (this.isMuted(group_id) !== msg_mute_mode > 0) tx.listChanged();
    this.#known.set(group_id, known);
    tx.write({ to: 'kv', key: infoKey + group_id, value: known });
  }
}
