import type { Database } from '../store/database.ts';

/** Inside the caller's transaction: no vendor reaches the user on the device any more. */
export function unbindPush(db: Database, uid: number, deviceSN: number): void {
  db.run(`UPDATE device SET push_token = '', push_notifier = '' WHERE uid = ? AND device_sn = ?`, uid, deviceSN);
}
