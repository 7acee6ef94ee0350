import type { Database, Row } from '../store/database.ts';
import { type GroupState, GroupStatus, GroupType, groupRoles, type MemberState } from './group-state.ts';

/** Members of all groups in memory together. */
const membersAtMost = 500_000;

/**
 * The groups that were used lately, whole: what they allow, and who is in them. Whoever changes a group calls `forget` when
 * the change is on disk and before anything later is delivered.
 */
export class GroupDirectory {
  readonly #reader: Database;
  readonly #groups = new Map<number, GroupState>();
  /** What was read in this turn of the event loop. */
  readonly #new = new Set<number>();
  #members = 0;

  constructor(reader: Database) {
    this.#reader = reader;
  }

  /** The group as it is now; dissolved ones too. */
  get(gid: number): GroupState | undefined {
    const known = this.#groups.get(gid);
    // Known ones move to the end: the front is what was not used for longest.
    if (known) this.#groups.delete(gid);
    const group = known ?? this.#read(gid);
    if (!group) return undefined;
    this.#groups.set(gid, group);
    if (!known) this.#makeRoom(group);
    return group;
  }

  /**
   * Many changes that became durable together are told of in one turn: what was read in it has all of them, and a large
   * group is not read for each. A turn ends with the microtask that reading queued: of a write that was made after that,
   * nothing is heard before.
   */
  forget(gid: number): void {
    if (!this.#new.has(gid)) this.#drop(gid);
  }

  #drop(gid: number): void {
    const group = this.#groups.get(gid);
    if (!group) return;
    this.#groups.delete(gid);
    this.#members -= group.members.size;
  }

  #makeRoom(added: GroupState): void {
    this.#members += added.members.size;
    for (const gid of this.#groups.keys()) {
      if (this.#members <= membersAtMost || gid === added.gid) return;
      this.#drop(gid);
    }
  }

  #read(gid: number): GroupState | undefined {
    const row = this.#reader.get('SELECT * FROM group_info WHERE gid = ?', gid);
    if (!row) return undefined;
    if (this.#new.size === 0) queueMicrotask(() => this.#new.clear());
    this.#new.add(gid);
    const members = this.#reader.all(
      'SELECT uid, role, joined_mid, ban_until, mute_mode FROM group_member WHERE gid = ?',
      gid,
    );
    return toState(row, members);
  }
}

function toState(row: Row, members: readonly Row[]): GroupState {
  return {
    gid: Number(row['gid']),
    appId: String(row['app_id']),
    owner: Number(row['owner']),
    isDissolved: row['status'] === GroupStatus.dissolved,
    rules: {
      memberInvite: row['member_invite'] === 1,
      memberModify: row['member_modify'] === 1,
      isChatroom: row['type'] === GroupType.chatroom,
    },
    readAck: row['read_ack'] === 1,
    historyVisible: row['history_visible'] === 1,
    banUntil: Number(row['ban_until']),
    members: new Map(members.map((member) => [Number(member['uid']), toMember(member)])),
  };
}

function toMember(row: Row): MemberState {
  return {
    role: groupRoles[Number(row['role'])] ?? 'member',
    joinedMid: Number(row['joined_mid']),
    banUntil: Number(row['ban_until']),
    muteMode: Number(row['mute_mode']),
  };
}
