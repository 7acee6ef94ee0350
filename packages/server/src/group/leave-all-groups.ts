import type { Database } from '../store/database.ts';
import type { GroupDone } from './group-command.ts';
import { RoleNumber } from './group-state.ts';
import { dissolve, leave, RequestStatus } from './membership.ts';

/** What the end of a membership wrote in one group. */
export interface Ending {
  gid: number;
  done: GroupDone;
}

/**
 * Takes a user out of every group: his own are dissolved, the others he leaves, and he waits for none any more. Part
 * of the command that deletes the user; whoever runs that gives the result to `MembershipService.deliverEndings` as soon as
 * it is on disk.
 */
export function leaveAllGroups(db: Database, { uid, time }: { uid: number; time: number }): Ending[] {
  db.run(`DELETE FROM group_application WHERE applicant = ? AND status = ${RequestStatus.pending}`, uid);
  db.run('DELETE FROM group_invitation WHERE invitee = ?', uid);
  const rows = db.all('SELECT gid, role FROM group_member WHERE uid = ?', uid);
  return rows.map((row) => {
    const act = { uid, gid: Number(row['gid']), time };
    return { gid: act.gid, done: row['role'] === RoleNumber.owner ? dissolve(db, act) : leave(db, act) };
  });
}
