import { type GroupApplication, type GroupInvitation, limits } from '@flooim/protocol';
import { type Bound, bindCommands, type Writer } from '../store/commands.ts';
import type { Database, Row } from '../store/database.ts';
import { given } from './group-info.ts';
import { type Page, type PageRequest, pageOf } from './group-page.ts';
import { RoleNumber } from './group-state.ts';
import { joiningWrites } from './joining-writes.ts';

/** Before everything, in a list whose newest comes first. */
const newest = [Number.MAX_SAFE_INTEGER, 0, 0] as const;

/** Reads and writes of who asks to come into groups, and who is asked to; also what was answered, or is too old. */
export class JoiningStore {
  readonly write: Bound<typeof joiningWrites>;
  readonly #reader: Database;

  constructor(reader: Database, writer: Writer) {
    this.#reader = reader;
    this.write = bindCommands(writer, joiningWrites);
  }

  /** To those of the groups that the user administers, the newest first. */
  async applications(
    uid: number,
    gids: readonly number[],
    { after, limit = limits.rosterSize }: PageRequest,
  ): Promise<Page<GroupApplication>> {
    const administered = `gid IN (SELECT gid FROM group_member
      WHERE uid = ?1 AND role > ${RoleNumber.member} AND gid IN (SELECT value FROM json_each(?2)))`;
    const list = JSON.stringify(gids);
    const [time, gid, applicant] = after ?? newest;
    const rows = this.#reader.all(
      `SELECT * FROM group_application WHERE ${administered} AND (updated_at, gid, applicant) < (?3, ?4, ?5)
       ORDER BY updated_at DESC, gid DESC, applicant DESC LIMIT ?6`,
      uid,
      list,
      time ?? 0,
      gid ?? 0,
      applicant ?? 0,
      limit + 1,
    );
    const all = this.#reader.get(`SELECT count(*) AS n FROM group_application WHERE ${administered}`, uid, list);
    const position = ['updated_at', 'gid', 'applicant'];
    return pageOf(rows, { limit, total: Number(all?.['n']), position }, toApplication);
  }

  /** To the user, the newest first. */
  async invitations(uid: number, { after, limit = limits.rosterSize }: PageRequest): Promise<Page<GroupInvitation>> {
    const [time, gid, inviter] = after ?? newest;
    const rows = this.#reader.all(
      `SELECT * FROM group_invitation WHERE invitee = ? AND (updated_at, gid, inviter) < (?, ?, ?)
       ORDER BY updated_at DESC, gid DESC, inviter DESC LIMIT ?`,
      uid,
      time ?? 0,
      gid ?? 0,
      inviter ?? 0,
      limit + 1,
    );
    const all = this.#reader.get('SELECT count(*) AS n FROM group_invitation WHERE invitee = ?', uid);
    const position = ['updated_at', 'gid', 'inviter'];
    return pageOf(rows, { limit, total: Number(all?.['n']), position }, toInvitation);
  }
}

function toApplication(row: Row): GroupApplication {
  return { applicant_id: Number(row['applicant']), ...toRequest(row) };
}

function toInvitation(row: Row): GroupInvitation {
  return {
    inviter_id: Number(row['inviter']),
    invitee_id: Number(row['invitee']),
    ...toRequest(row),
    create_at: new Date(Number(row['created_at'])).toISOString(),
    updated_at: new Date(Number(row['updated_at'])).toISOString(),
  };
}

function toRequest(row: Row) {
  const expiresAt = Number(row['expires_at']);
  return {
    group_id: Number(row['gid']),
    reason: given(row['reason']),
    status: Number(row['status']) as GroupApplication['status'],
    expire_time: expiresAt,
    expired_time: expiresAt,
  };
}
