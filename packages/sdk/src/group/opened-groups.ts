import type { GroupAnnouncement, GroupMember } from '../types.ts';

/**
 * What was asked for of the groups that somebody looked into. Each list is here whole or not at all; notices keep it so. Nothing
 * of it is stored: the next start asks again.
 */
export class OpenedGroups {
  readonly #members = new Map<number, Map<number, GroupMember>>();
  readonly #admins = new Map<number, Set<number>>();
  readonly #announcements = new Map<number, GroupAnnouncement[]>();

  /** How many are in the group; undefined as long as nobody asked who. */
  count(gid: number): number | undefined {
    return this.#members.get(gid)?.size;
  }

  members(gid: number): GroupMember[] {
    return [...(this.#members.get(gid)?.values() ?? [])];
  }

  member(gid: number, uid: number): GroupMember | undefined {
    return this.#members.get(gid)?.get(uid);
  }

  isAdmin(gid: number, uid: number): boolean {
    return this.#admins.get(gid)?.has(uid) ?? false;
  }

  /** The oldest first. */
  announcements(gid: number): GroupAnnouncement[] {
    return [...(this.#announcements.get(gid) ?? [])];
  }

  setMembers(gid: number, members: readonly GroupMember[]): void {
    this.#members.set(gid, new Map(members.map((member) => [member.user_id, member])));
  }

  setAdmins(gid: number, admins: readonly GroupMember[]): void {
    this.#admins.set(gid, new Set(admins.map((member) => member.user_id)));
  }

  setAnnouncements(gid: number, announcements: readonly GroupAnnouncement[]): void {
    this.#announcements.set(gid, [...announcements]);
  }

  /** True when the members are known, and he was not among them. */
  came(gid: number, member: GroupMember): boolean {
    const members = this.#members.get(gid);
    if (!members || members.has(member.user_id)) return false;
    members.set(member.user_id, member);
    return true;
  }

  went(gid: number, uids: readonly number[]): void {
    for (const uid of uids) this.#members.get(gid)?.delete(uid);
    this.changeAdmins(gid, uids, false);
  }

  change(gid: number, uid: number, change: Partial<GroupMember>): void {
    const member = this.member(gid, uid);
    if (member) this.#members.get(gid)?.set(uid, { ...member, ...change });
  }

  changeAdmins(gid: number, uids: readonly number[], areAdmins: boolean): void {
    const admins = this.#admins.get(gid);
    for (const uid of uids) areAdmins ? admins?.add(uid) : admins?.delete(uid);
  }

  /** A new announcement, or an old one that is gone. */
  announced(gid: number, announcement: { id: number } & Partial<GroupAnnouncement>): void {
    const others = this.#announcements.get(gid)?.filter((one) => one.id !== announcement.id);
    if (!others) return;
    if (announcement.title !== undefined) others.push(announcement as GroupAnnouncement);
    this.#announcements.set(gid, others);
  }

  forget(gid: number): void {
    for (const lists of [this.#members, this.#admins, this.#announcements]) lists.delete(gid);
  }
}
