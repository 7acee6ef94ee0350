import { type ErrorName, limits } from '@flooim/protocol';
import type { Database, Row } from '../store/database.ts';
import { readSettings } from '../user/user-settings.ts';
import { missingUser } from './targets.ts';

/** Somebody who wants to come into a group, or whom a member wants there. */
export interface Candidate {
  uid: number;
  /** Why he cannot come. */
  refused: ErrorName | undefined;
  /** He wants to be asked before he is in a group. */
  mustAgree: boolean;
}

/**
 * Everybody in the list once, in its order, with what stands between him and the group: asked of all ways into it, inside
 * the transaction in which he comes. There is room for those who can come at once, and for one who must agree if it is not
 * full then. `inviter`: 0 for who comes by himself.
 */
export function candidatesOf(db: Database, group: Row, uids: readonly number[], inviter = 0): Candidate[] {
  const rows = db.all(
    `SELECT wanted.value AS uid, u.status, u.settings,
       EXISTS (SELECT 1 FROM group_member m WHERE m.gid = ?2 AND m.uid = wanted.value) AS is_member,
       EXISTS (SELECT 1 FROM group_block b WHERE b.gid = ?2 AND b.uid = wanted.value) AS is_barred,
       (SELECT times FROM group_kick k WHERE k.gid = ?2 AND k.uid = wanted.value) AS removals,
       EXISTS (SELECT 1 FROM block WHERE uid = wanted.value AND peer = ?4) AS has_blocked,
       EXISTS (SELECT 1 FROM block WHERE uid = ?4 AND peer = wanted.value) AS is_blocked,
       (SELECT count(*) FROM group_member j WHERE j.uid = wanted.value) AS joined
     FROM json_each(?1) wanted LEFT JOIN user u ON u.uid = wanted.value AND u.app_id = ?3
     ORDER BY wanted.key`,
    JSON.stringify([...new Set(uids)]),
    group['gid'] as number,
    group['app_id'] as string,
    inviter,
  );
  let room = Number(group['capacity']) - Number(group['member_count']);
  return rows.map((row) => {
    const refused = refusalOf(row) ?? (room > 0 ? undefined : 'groupFull');
    const mustAgree = !refused && wantsToBeAsked(row);
    if (!refused && !mustAgree) room -= 1;
    return { uid: Number(row['uid']), refused, mustAgree };
  });
}

/** Why this one cannot come, whatever he has agreed to. */
export function admissionRefusal(db: Database, group: Row, uid: number): ErrorName | undefined {
  return candidatesOf(db, group, [uid])[0]?.refused;
}

function refusalOf(row: Row): ErrorName | undefined {
  const missing = missingUser(row);
  if (missing) return missing;
  if (row['is_member'] === 1) return 'alreadyGroupMember';
  if (row['is_barred'] === 1) return 'blockedByGroup';
  if (Number(row['removals']) > limits.groupKicks) return 'kickedTooOften';
  if (row['has_blocked'] === 1 || row['is_blocked'] === 1) return 'blocked';
  return Number(row['joined']) >= limits.groupsJoined ? 'groupsJoinedLimit' : undefined;
}

function wantsToBeAsked(row: Row): boolean {
  return readSettings(Number(row['uid']), String(row['settings'])).group_confirm;
}
