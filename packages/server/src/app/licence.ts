import type { CloseName } from '@flooim/protocol';
import type { Database } from '../store/database.ts';
import { UserStatus } from '../user/user-status.ts';

/** What keeps everybody out of an app, as the error that says so; undefined when nothing does. */
export function closedBy(
  { status, licenceExpiresAt }: { status: string; licenceExpiresAt: number },
  now: number,
): 'appNotNormal' | 'licenceExpired' | undefined {
  if (status !== 'normal') return 'appNotNormal';
  return licenceExpiresAt > 0 && licenceExpiresAt <= now ? 'licenceExpired' : undefined;
}

/** How the sessions end of those who are kept out. */
export const closeFor = {
  appNotNormal: 'appNotNormal',
  licenceExpired: 'licence',
  licenceExceeded: 'licence',
} as const satisfies Record<string, CloseName>;

/** Inside the transaction that adds a user: whether the licence has room for him. */
export function hasRoom(db: Database, appId: string): boolean {
  const limit = userLimit(db, appId);
  return limit === 0 || userAt(db, appId, limit - 1) === undefined;
}

/** The first user, by uid, whom the licence does not cover: who was there earlier stays. Undefined when it covers all. */
export function firstBeyondLimit(db: Database, appId: string): number | undefined {
  const limit = userLimit(db, appId);
  return limit === 0 ? undefined : userAt(db, appId, limit);
}

function userLimit(db: Database, appId: string): number {
  return Number(db.get('SELECT user_limit FROM app WHERE app_id = ?', appId)?.['user_limit'] ?? 0);
}

/** The user in this place of all who were not deleted; deleted ones do not count. */
function userAt(db: Database, appId: string, place: number): number | undefined {
  const sql = `SELECT uid FROM user WHERE app_id = ? AND status <> ${UserStatus.deleted} ORDER BY uid LIMIT 1 OFFSET ?`;
  const row = db.get(sql, appId, place);
  return row && Number(row['uid']);
}
