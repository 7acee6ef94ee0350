import type { Database } from '../store/database.ts';
import type { GroupDone } from './group-command.ts';
import { RoleNumber } from './group-state.ts';
import { dissolve, leave, RequestStatus } from './membership.ts';

/** What the end of a membership wrote in one group. */
export interface Ending {
  gid: number;
  done: GroupDone;
}

/** Members whose memberships end in one go: the writer has others to serve. */
const membersAtOnce = 2000;

/**
 * Takes a user out of his groups: his own are dissolved, the others he leaves, and he waits for none any more. As many as one
 * command may take, and whether he is in none now. Part of the command that deletes the user; whoever runs that gives the
 * endings to `MembershipService.deliverEndings` as soon as they are on disk.
 */
export function leaveAllGroups(
  db: Database,
  { uid, time }: { uid: number; time: number },
): { endings: Ending[]; isLast: boolean } {
  db.run(`DELETE FROM group_application WHERE applicant = ? AND status = ${RequestStatus.pending}`, uid);
  db.run('DELETE FROM group_invitation WHERE invitee = ?', uid);
  const rows = db.all('SELECT gid, role FROM group_member WHERE uid = ?', uid);
  const endings: Ending[] = [];
  let members = 0;
  for (const row of rows) {
    if (members >= membersAtOnce) break;
    const act = { uid, gid: Number(row['gid']), time };
    const done = row['role'] === RoleNumber.owner ? dissolve(db, act) : leave(db, act);
    endings.push({ gid: act.gid, done });
    members += done.alsoTo?.length ?? 0;
  }
  return { endings, isLast: endings.length === rows.length };
}
