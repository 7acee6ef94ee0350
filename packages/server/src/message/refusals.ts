import type { ErrorName, GroupAction } from '@flooim/protocol';
import { type OpenGroup, openGroup, type Refused } from '../group/group-command.ts';
import { GroupStatus } from '../group/group-state.ts';
import type { Database } from '../store/database.ts';
import type { NewEntry } from '../store/entry.ts';
import type { SendResult } from './sent.ts';
import { silencedBy } from './speaking.ts';

/** Asked inside the transaction that writes: what was true when the frame came may have ended since. */

export function refused(reason: ErrorName, detail?: string): SendResult & { outcome: 'refused' } {
  return { outcome: 'refused', reason, detail };
}

/** Why one user must not speak to the other. `friendsOnly`: strangers may not talk in this app. */
export function pairRefusal(db: Database, { fromUid, toUid }: NewEntry, friendsOnly: boolean): SendResult | undefined {
  const blocker = db.get(
    'SELECT uid FROM block WHERE uid = ?1 AND peer = ?2 UNION ALL SELECT uid FROM block WHERE uid = ?2 AND peer = ?1',
    toUid,
    fromUid,
  );
  if (blocker) return refused(blocker['uid'] === fromUid ? 'strangersNotAllowed' : 'blockedByRecipient');
  if (!friendsOnly) return undefined;
  const friend = db.get('SELECT 1 FROM roster WHERE uid = ? AND peer = ? AND relation = 0', fromUid, toUid);
  return friend ? undefined : refused('strangersNotAllowed');
}

/** Why somebody must not speak in a group; the app itself, uid 0, may as long as there is one. */
export function groupRefusal(db: Database, appId: string, entry: NewEntry): SendResult | undefined {
  if (entry.fromUid === 0) return isGone(db, appId, entry.logId) ? refused('groupNotFound') : undefined;
  const group = groupOf(db, appId, entry, entry.logId, 'sendMessage');
  if ('refused' in group) return refused(group.refused);
  const member = db.get('SELECT ban_until FROM group_member WHERE gid = ? AND uid = ?', entry.logId, entry.fromUid);
  const bans = { ownBan: Number(member?.['ban_until']), banAll: msOf(Number(group.row['ban_until'])) };
  const silenced = silencedBy(group.role, bans, entry.time);
  return silenced ? refused('groupBanned', silenced) : undefined;
}

/** The group for somebody who may do this in it, or why he may not. */
export function groupOf(
  db: Database,
  appId: string,
  { fromUid, time }: NewEntry,
  gid: number,
  action: GroupAction,
): OpenGroup | Refused {
  return openGroup(db, { appId, uid: fromUid, gid, time }, action);
}

/** Whether the first user has blocked the second: then he tells him nothing. */
export function hasBlocked(db: Database, uid: number, peer: number): boolean {
  return db.get('SELECT 1 FROM block WHERE uid = ? AND peer = ?', uid, peer) !== undefined;
}

export function isBlockedEitherWay(db: Database, a: number, b: number): boolean {
  return hasBlocked(db, a, b) || hasBlocked(db, b, a);
}

/** Whether a message of the group can be read by somebody: he was there, or is there and may see what came before. */
export function mayRead(db: Database, gid: number, uid: number, mid: number): boolean {
  const row = db.get(
    `SELECT 1 FROM group_span WHERE gid = ?1 AND uid = ?2 AND kind = 0 AND from_mid <= ?3 AND until_mid >= ?3
     UNION ALL
     SELECT 1 FROM group_member m JOIN group_info g ON g.gid = m.gid
     WHERE m.gid = ?1 AND m.uid = ?2 AND g.history_visible = 1`,
    gid,
    uid,
    mid,
  );
  return row !== undefined;
}

function isGone(db: Database, appId: string, gid: number): boolean {
  const sql = 'SELECT 1 FROM group_info WHERE gid = ? AND app_id = ? AND status = ?';
  return db.get(sql, gid, appId, GroupStatus.normal) === undefined;
}

/** A group's ban is kept in seconds. */
function msOf(until: number): number {
  return until > 0 ? until * 1000 : until;
}
