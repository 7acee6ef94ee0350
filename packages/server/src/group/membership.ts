import { maxId, GroupNoticeType as Type } from '@flooim/protocol';
import { dropGroupFiles } from '../file/file-refs.ts';
import type { Database } from '../store/database.ts';
import { type Appended, addToInbox } from '../store/entry.ts';
import { type GroupAct, type GroupDone, type Notice, tellGroup, tellUser } from './group-command.ts';
import { GroupStatus, RoleNumber, SpanKind } from './group-state.ts';

/** The only ways into a group and out of it, inside the writer's transaction. */

/** Who does it, where and when: that he may was asked before. */
type Act = Omit<GroupAct, 'appId'>;

/** What applications and invitations come to. */
export const RequestStatus = { pending: 0, accepted: 1, declined: 2 } as const;

/** Each notice tells of one who comes, its `from`. Who may come was asked before: see `admission.ts`. */
export function admit(
  db: Database,
  act: Act,
  notices: readonly Notice[],
  role: number = RoleNumber.member,
): Appended[] {
  const told = notices.map((notice) => tellGroup(db, act, notice));
  if (told.length === 0) return told;
  const joiners = JSON.stringify(told.map(({ entry, placed }) => [entry.fromUid, placed.mid]));
  db.run(
    `INSERT INTO group_member (gid, uid, role, joined_at, joined_mid, ban_until)
     SELECT ?1, value ->> 0, ?2, ?3, value ->> 1, coalesce(b.ban_until, 0)
     FROM json_each(?4) LEFT JOIN group_ban b ON b.gid = ?1 AND b.uid = value ->> 0`,
    act.gid,
    role,
    act.time,
    joiners,
  );
  db.run('DELETE FROM group_ban WHERE gid = ? AND uid IN (SELECT value ->> 0 FROM json_each(?))', act.gid, joiners);
  db.run(
    'INSERT INTO group_span (gid, uid, kind, from_mid) SELECT ?, value ->> 0, ?, value ->> 1 FROM json_each(?)',
    act.gid,
    SpanKind.member,
    joiners,
  );
  for (const { entry } of told) addToInbox(db, entry.fromUid, act.gid, act.gid);
  db.run('UPDATE group_info SET member_count = member_count + ? WHERE gid = ?', told.length, act.gid);
  closeRequests(db, act, joiners);
  return told;
}

/** Whoever is in asks no more, and is asked no more. */
function closeRequests(db: Database, { gid, time }: Act, joiners: string): void {
  const change = `SET status = ${RequestStatus.accepted}, updated_at = ?1
    WHERE gid = ?2 AND status = ${RequestStatus.pending} AND expires_at > ?1`;
  const joined = 'IN (SELECT value ->> 0 FROM json_each(?3))';
  db.run(`UPDATE group_application ${change} AND applicant ${joined}`, time, gid, joiners);
  db.run(`UPDATE group_invitation ${change} AND invitee ${joined}`, time, gid, joiners);
}

/** Nothing of the log after `mid` belongs to these any more. Their bans wait for them. */
export function endMemberships(db: Database, gid: number, uids: readonly number[], mid: number): void {
  const ending = JSON.stringify(uids);
  const ended = 'uid IN (SELECT value FROM json_each(?2))';
  db.run(
    `INSERT OR REPLACE INTO group_ban (gid, uid, ban_until)
     SELECT gid, uid, ban_until FROM group_member WHERE gid = ?1 AND ${ended} AND ban_until <> 0`,
    gid,
    ending,
  );
  const removed = db.run(`DELETE FROM group_member WHERE gid = ?1 AND ${ended}`, gid, ending);
  db.run(`UPDATE group_span SET until_mid = ?3 WHERE gid = ?1 AND ${ended} AND until_mid = ${maxId}`, gid, ending, mid);
  db.run('UPDATE group_info SET member_count = member_count - ? WHERE gid = ?', removed, gid);
}

/** The one who acts is in it no more. */
export function leave(db: Database, act: Act): GroupDone {
  const told = tellGroup(db, act, { type: Type.LEAVED, from: act.uid });
  endMemberships(db, act.gid, [act.uid], told.placed.mid);
  return { appended: [told], alsoTo: [act.uid] };
}

/** Nobody is in it any more; what it was can still be looked at. */
export function dissolve(db: Database, act: Act): GroupDone {
  const told = tellGroup(db, act, { type: Type.DESTROYED, from: act.uid });
  const rows = db.all('SELECT uid FROM group_member WHERE gid = ?', act.gid);
  const members = rows.map((row) => Number(row['uid']));
  endMemberships(db, act.gid, members, told.placed.mid);
  db.run('UPDATE group_info SET status = ?, updated_at = ? WHERE gid = ?', GroupStatus.dissolved, act.time, act.gid);
  dropGroupFiles(db, act.gid);
  return { appended: [told], alsoTo: members };
}

/** A notice for the system logs of owner and administrators. */
export function tellAdministrators(db: Database, act: Act, notice: Notice): Appended[] {
  const sql = `SELECT uid FROM group_member WHERE gid = ? AND role > ${RoleNumber.member}`;
  return db.all(sql, act.gid).map((row) => tellUser(db, Number(row['uid']), act, notice));
}
