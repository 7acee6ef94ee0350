import { type GroupBlockedListItem, type GroupMember, limits } from '@flooim/protocol';
import { type Bound, bindCommands, type Writer } from '../store/commands.ts';
import type { Database, Row } from '../store/database.ts';
import { given } from './group-info.ts';
import { type Page, type PageRequest, pageOf } from './group-page.ts';
import { GroupStatus, GroupType, RoleNumber } from './group-state.ts';
import { membershipWrites } from './membership-writes.ts';

const selectMember = `SELECT m.uid, m.display_name, m.joined_at, m.joined_mid, m.ban_until, u.avatar
  FROM group_member m JOIN user u ON u.uid = m.uid WHERE m.gid = ?1`;

/** Reads and writes of who is in a group, who is barred from it, and in which groups somebody is. */
export class MembershipStore {
  readonly write: Bound<typeof membershipWrites>;
  readonly #reader: Database;

  constructor(reader: Database, writer: Writer) {
    this.#reader = reader;
    this.write = bindCommands(writer, membershipWrites);
  }

  /** In the order in which they came. */
  async members(
    gid: number,
    now: number,
    { after, limit = limits.groupMembersMax }: PageRequest,
  ): Promise<Page<GroupMember>> {
    const sql = `${selectMember} AND m.joined_mid > ?2 ORDER BY m.joined_mid LIMIT ?3`;
    const rows = this.#reader.all(sql, gid, after?.[0] ?? 0, limit + 1);
    const total = this.#count('group_member WHERE gid = ?', gid);
    return pageOf(rows, { limit, total, position: ['joined_mid'] }, (row) => toMember(row, now));
  }

  /** Those of the ids who are in it. */
  async membersAmong(gid: number, now: number, uids: readonly number[]): Promise<GroupMember[]> {
    const sql = `${selectMember} AND m.uid IN (SELECT value FROM json_each(?2)) ORDER BY m.joined_mid`;
    return this.#reader.all(sql, gid, JSON.stringify(uids)).map((row) => toMember(row, now));
  }

  /** Without the owner. */
  async admins(gid: number, now: number): Promise<GroupMember[]> {
    const sql = `${selectMember} AND m.role = ${RoleNumber.admin} ORDER BY m.joined_mid`;
    return this.#reader.all(sql, gid).map((row) => toMember(row, now));
  }

  async blocked(gid: number, { after, limit = limits.rosterSize }: PageRequest): Promise<Page<GroupBlockedListItem>> {
    const sql = 'SELECT gid, uid, created_at FROM group_block WHERE gid = ? AND uid > ? ORDER BY uid LIMIT ?';
    const rows = this.#reader.all(sql, gid, after?.[0] ?? 0, limit + 1);
    const total = this.#count('group_block WHERE gid = ?', gid);
    return pageOf(rows, { limit, total, position: ['uid'] }, toBlocked);
  }

  async joined(uid: number): Promise<number[]> {
    return this.#reader.all('SELECT gid FROM group_member WHERE uid = ? ORDER BY gid', uid).map(toGid);
  }

  async publicGroups(appId: string, { after, limit = limits.rosterSize }: PageRequest): Promise<Page<number>> {
    const open = `app_id = ? AND type = ${GroupType.public} AND status = ${GroupStatus.normal}`;
    const sql = `SELECT gid FROM group_info WHERE ${open} AND gid > ? ORDER BY gid LIMIT ?`;
    const rows = this.#reader.all(sql, appId, after?.[0] ?? 0, limit + 1);
    const total = this.#count(`group_info WHERE ${open}`, appId);
    return pageOf(rows, { limit, total, position: ['gid'] }, toGid);
  }

  #count(ofWhat: string, key: number | string): number {
    return Number(this.#reader.get(`SELECT count(*) AS n FROM ${ofWhat}`, key)?.['n']);
  }
}

function toGid(row: Row): number {
  return Number(row['gid']);
}

function toMember(row: Row, now: number): GroupMember {
  const banUntil = Number(row['ban_until']);
  return {
    user_id: Number(row['uid']),
    display_name: given(row['display_name']),
    join_time: Number(row['joined_at']),
    avatar: given(row['avatar']),
    expired_time: banUntil === -1 || banUntil > now ? banUntil : undefined,
  };
}

function toBlocked(row: Row): GroupBlockedListItem {
  const time = new Date(Number(row['created_at'])).toISOString();
  return { user_id: Number(row['uid']), group_id: toGid(row), create_at: time, created_at: time };
}
