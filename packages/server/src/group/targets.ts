import type { ErrorName, GroupRole, GroupUserRelationResponse } from '@flooim/protocol';
import type { Database, Row } from '../store/database.ts';
import { UserStatus } from '../user/user-status.ts';
import { type GroupAct, rowRole } from './group-command.ts';
import { userResult } from './user-results.ts';

/** Somebody in the list of a request. */
export interface Target {
  uid: number;
  role: GroupRole;
  /** He is barred from the group. */
  isBlocked: boolean;
  /** Why he cannot be in any group of the app. */
  missing: ErrorName | undefined;
  /** Why it is not done to him. */
  refused?: ErrorName;
}

export interface TargetsAct extends GroupAct {
  users: readonly number[];
}

/** Everybody in the list once, in its order, as he stands to the group now. */
export function targetsOf(db: Database, { appId, gid, users }: TargetsAct): Target[] {
  const rows = db.all(
    `SELECT wanted.value AS uid, m.role, b.uid AS blocked, u.status FROM json_each(?1) wanted
     LEFT JOIN group_member m ON m.gid = ?2 AND m.uid = wanted.value
     LEFT JOIN group_block b ON b.gid = ?2 AND b.uid = wanted.value
     LEFT JOIN user u ON u.uid = wanted.value AND u.app_id = ?3
     ORDER BY wanted.key`,
    JSON.stringify([...new Set(users)]),
    gid,
    appId,
  );
  return rows.map((row) => ({
    uid: Number(row['uid']),
    role: rowRole(row),
    isBlocked: row['blocked'] !== null,
    missing: missingUser(row),
  }));
}

/** Why there is no such user; from a row joined with his. */
export function missingUser({ status }: Row): ErrorName | undefined {
  if (status === null) return 'userNotFound';
  return status === UserStatus.deleted ? 'userDeleted' : undefined;
}

/** Refuses those for whom there is a reason, and gives the others. */
export function refuse(targets: readonly Target[], reason: (target: Target) => ErrorName | undefined): Target[] {
  for (const target of targets) target.refused = reason(target);
  return targets.filter(({ refused }) => !refused);
}

/** The answer for each. */
export function resultsOf(targets: readonly Pick<Target, 'uid' | 'refused'>[]): GroupUserRelationResponse[] {
  return targets.map(({ uid, refused }) => userResult(uid, refused));
}

export function idsOf(targets: readonly Pick<Target, 'uid'>[]): number[] {
  return targets.map(({ uid }) => uid);
}
