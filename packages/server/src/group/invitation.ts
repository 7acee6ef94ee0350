import { type GroupUserRelationResponse, limits, GroupNoticeType as Type } from '@flooim/protocol';
import type { Database, Row } from '../store/database.ts';
import type { Appended } from '../store/entry.ts';
import { candidatesOf } from './admission.ts';
import { type GroupAct, type GroupDone, tellUser } from './group-command.ts';
import { admit, RequestStatus } from './membership.ts';
import { idsOf, resultsOf } from './targets.ts';

/** What somebody invites others with. */
export interface Invitation {
  users: readonly number[];
  reason: string;
}

export interface Invited extends GroupDone {
  results: GroupUserRelationResponse[];
}

/** Brings users into the group, and asks those who want to be asked. That the one who acts may invite was asked before. */
export function invite(db: Database, act: GroupAct, group: Row, { users, reason }: Invitation): Invited {
  const candidates = candidatesOf(db, group, users, act.uid);
  const welcome = candidates.filter(({ refused }) => !refused);
  const joining = idsOf(welcome.filter(({ mustAgree }) => !mustAgree));
  const asked = idsOf(welcome.filter(({ mustAgree }) => mustAgree));
  const joined = joining.map((uid) => ({ type: Type.INVITE_ACCEPTED, from: uid, to: [act.uid] }));
  return {
    results: resultsOf(candidates),
    appended: [...admit(db, act, joined), ...ask(db, act, { users: asked, reason })],
  };
}

/** Each hears of his own invitation alone, the inviter of all. Inviting again renews the invitation. */
function ask(db: Database, act: GroupAct, { users, reason }: Invitation): Appended[] {
  if (users.length === 0) return [];
  db.run(
    `INSERT OR REPLACE INTO group_invitation (gid, invitee, inviter, reason, status, expires_at, created_at, updated_at)
     SELECT ?, value, ?, ?, ${RequestStatus.pending}, ?, ?5, ?5 FROM json_each(?6)`,
    act.gid,
    act.uid,
    reason,
    act.time + limits.applicationTtlMs,
    act.time,
    JSON.stringify(users),
  );
  const tell = (uid: number, to: readonly number[]) =>
    tellUser(db, uid, act, { type: Type.INVITED, from: act.uid, to, content: reason });
  return [...users.map((uid) => tell(uid, [uid])), tell(act.uid, users)];
}
