import { type GroupMemberBanned, limits } from '@flooim/protocol';
import { type Bound, bindCommands, type Writer } from '../store/commands.ts';
import type { Database, Row } from '../store/database.ts';
import { banWrites } from './ban-writes.ts';
import { given } from './group-info.ts';
import { type Page, type PageRequest, pageOf } from './group-page.ts';

const holds = '(m.ban_until = -1 OR m.ban_until > ?2)';

export class BanStore {
  readonly write: Bound<typeof banWrites>;
  readonly #reader: Database;

  constructor(reader: Database, writer: Writer) {
    this.#reader = reader;
    this.write = bindCommands(writer, banWrites);
  }

  /** Whose ban still holds, in the order of their ids. */
  async banned(
    gid: number,
    now: number,
    { after, limit = limits.groupMembersMax }: PageRequest,
  ): Promise<Page<GroupMemberBanned>> {
    const rows = this.#reader.all(
      `SELECT m.uid, m.display_name, m.joined_at, m.ban_until, u.avatar FROM group_member m JOIN user u ON u.uid = m.uid
       WHERE m.gid = ?1 AND ${holds} AND m.uid > ?3 ORDER BY m.uid LIMIT ?4`,
      gid,
      now,
      after?.[0] ?? 0,
      limit + 1,
    );
    const all = this.#reader.get(`SELECT count(*) AS n FROM group_member m WHERE m.gid = ?1 AND ${holds}`, gid, now);
    return pageOf(rows, { limit, total: Number(all?.['n']), position: ['uid'] }, toBanned);
  }
}

function toBanned(row: Row): GroupMemberBanned {
  return {
    user_id: Number(row['uid']),
    display_name: given(row['display_name']),
    avatar: given(row['avatar']),
    join_time: Number(row['joined_at']),
    expired_time: Number(row['ban_until']),
  };
}
