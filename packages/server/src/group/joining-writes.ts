import { canInGroup, type ErrorName, limits, GroupNoticeType as Type } from '@flooim/protocol';
import type { CommandTable } from '../store/commands.ts';
import type { Database } from '../store/database.ts';
import { admissionRefusal } from './admission.ts';
import {
  type GroupAct,
  type GroupDone,
  type Notice,
  type OpenGroup,
  openGroup,
  type Refused,
  roleOf,
  tellUser,
} from './group-command.ts';
import { type Invitation, type Invited, invite } from './invitation.ts';
import { admit, RequestStatus, tellAdministrators } from './membership.ts';

/** What a group does with those who apply. */
const Approval = { nobodyAsks: 0, administratorsDecide: 1, refuseAll: 2 } as const;

/** An answer to an application or an invitation: yes or no, and why. */
interface Answer {
  approval: boolean;
  reason: string;
}

export const joiningWrites = {
  /** Applying again renews the application. */
  'group.apply'(db: Database, a: GroupAct & { reason: string }): Refused | GroupDone {
    const group = openGroup(db, a, 'apply');
    if ('refused' in group) return group;
    const refused = applicationRefusal(db, group, a.uid);
    if (refused) return { refused };
    if (group.row['apply_approval'] === Approval.nobodyAsks) return { appended: admit(db, a, [joined(a.uid)]) };
    db.run(
      `INSERT OR REPLACE INTO group_application (gid, applicant, reason, status, expires_at, updated_at)
       VALUES (?, ?, ?, ?, ?, ?)`,
      a.gid,
      a.uid,
      a.reason,
      RequestStatus.pending,
      a.time + limits.applicationTtlMs,
      a.time,
    );
    return { appended: tellAdministrators(db, a, { type: Type.APPLYED, from: a.uid, content: a.reason }) };
  },

  'group.handleApplication'(db: Database, a: GroupAct & Answer & { applicant: number }): Refused | GroupDone {
    const group = openGroup(db, a, 'manageMembers');
    if ('refused' in group) return group;
    if (!hasApplied(db, a)) return { refused: 'groupApplicationClosed' };
    const told = { from: a.uid, to: [a.applicant] };
    if (!a.approval) {
      declineApplication(db, a);
      return { appended: tellBoth(db, a, { ...told, type: Type.APPLY_DECLINED, content: a.reason }) };
    }
    const refused = admissionRefusal(db, group.row, a.applicant);
    if (refused) return { refused };
    const appended = admit(db, a, [joined(a.applicant)]);
    return { appended: [...appended, ...tellBoth(db, a, { ...told, type: Type.APPLY_ACCEPTED })] };
  },

  'group.invite'(db: Database, a: GroupAct & Invitation): Refused | Invited {
    const group = openGroup(db, a, 'invite');
    return 'refused' in group ? group : invite(db, a, group.row, a);
  },

  /** `inviter`: himself for his newest invitation to the group. */
  'group.handleInvitation'(db: Database, a: GroupAct & Answer & { inviter: number }): Refused | GroupDone {
    const group = openGroup(db, a, 'readInfo');
    if ('refused' in group) return group;
    const inviter = pendingInviters(db, a).find((uid) => !a.approval || mayInvite(db, group, uid));
    if (inviter === undefined) return { refused: 'groupInvitationClosed' };
    const told = { from: a.uid, to: [inviter] };
    if (!a.approval) {
      declineInvitation(db, a, inviter);
      return { appended: tellBoth(db, a, { ...told, type: Type.INVITE_DECLINED, content: a.reason }) };
    }
    const refused = admissionRefusal(db, group.row, a.uid);
    if (refused) return { refused };
    return { appended: admit(db, a, [{ ...told, type: Type.INVITE_ACCEPTED }]) };
  },

  /** By a code that the inviter made. */
  'group.join'(db: Database, a: GroupAct & { inviter: number }): Refused | GroupDone {
    const group = openGroup(db, a, 'apply');
    if ('refused' in group) return group;
    if (!mayInvite(db, group, a.inviter)) return { refused: 'groupCodeInvalid' };
    const refused = admissionRefusal(db, group.row, a.uid);
    if (refused) return { refused };
    return { appended: admit(db, a, [{ type: Type.INVITE_ACCEPTED, from: a.uid, to: [a.inviter] }]) };
  },
} satisfies CommandTable;

function joined(uid: number): Notice {
  return { type: Type.JOINED, from: uid };
}

/** That he is barred from the group matters more than that nobody may apply now. */
function applicationRefusal(db: Database, { row }: OpenGroup, uid: number): ErrorName | undefined {
  const refused = admissionRefusal(db, row, uid);
  if (refused && refused !== 'groupFull') return refused;
  return row['apply_approval'] === Approval.refuseAll ? 'groupRefusesApplications' : refused;
}

/** Who invites must still be able to when it is accepted. */
function mayInvite(db: Database, { row, rules }: OpenGroup, uid: number): boolean {
  return canInGroup(roleOf(db, Number(row['gid']), uid), 'invite', rules);
}

function hasApplied(db: Database, { gid, applicant, time }: GroupAct & { applicant: number }): boolean {
  const sql = 'SELECT 1 FROM group_application WHERE gid = ? AND applicant = ? AND status = ? AND expires_at > ?';
  return db.get(sql, gid, applicant, RequestStatus.pending, time) !== undefined;
}

function declineApplication(db: Database, { gid, applicant, time }: GroupAct & { applicant: number }): void {
  const sql = 'UPDATE group_application SET status = ?, updated_at = ? WHERE gid = ? AND applicant = ?';
  db.run(sql, RequestStatus.declined, time, gid, applicant);
}

/** Whose invitations he can answer, the newest first. */
function pendingInviters(db: Database, { gid, uid, inviter, time }: GroupAct & { inviter: number }): number[] {
  const rows = db.all(
    `SELECT inviter FROM group_invitation
     WHERE invitee = ?1 AND gid = ?2 AND status = ${RequestStatus.pending} AND expires_at > ?3 AND (?4 = ?1 OR inviter = ?4)
     ORDER BY updated_at DESC, inviter DESC`,
    uid,
    gid,
    time,
    inviter,
  );
  return rows.map((row) => Number(row['inviter']));
}

function declineInvitation(db: Database, { gid, uid, time }: GroupAct, inviter: number): void {
  const sql = 'UPDATE group_invitation SET status = ?, updated_at = ? WHERE invitee = ? AND gid = ? AND inviter = ?';
  db.run(sql, RequestStatus.declined, time, uid, gid, inviter);
}

/** For the system logs of who answered and who is answered. */
function tellBoth(db: Database, a: GroupAct, notice: Notice) {
  return [a.uid, ...(notice.to ?? [])].map((uid) => tellUser(db, uid, a, notice));
}
