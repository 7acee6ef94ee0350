import { limits } from '@flooim/protocol';
import { type Bound, bindCommands, type CommandTable, type Writer } from '../store/commands.ts';
import type { Database } from '../store/database.ts';
import { unbindPush } from './unbind-push.ts';

export interface DevicePush {
  uid: number;
  deviceSN: number;
  /** The vendor's; empty for none. */
  token: string;
  /** The name of the certificate. */
  notifier: string;
}

export const pushWrites = {
  /** The token leads to this device from now on, and to no other of the app. Whether it is one of the user's. */
  'push.bind'(db: Database, { uid, deviceSN, token, notifier }: DevicePush): boolean {
    const known = 'SELECT 1 FROM device WHERE uid = ? AND device_sn = ? AND removed = 0';
    if (!db.get(known, uid, deviceSN)) return false;
    db.run(
      `UPDATE device SET push_token = '', push_notifier = '' WHERE push_token = ? AND push_token <> '' AND uid IN (
         SELECT o.uid FROM user u JOIN user o ON o.app_id = u.app_id WHERE u.uid = ? AND o.uid = device.uid)`,
      token,
      uid,
    );
    const sql = 'UPDATE device SET push_token = ?, push_notifier = ? WHERE uid = ? AND device_sn = ?';
    return db.run(sql, token, notifier, uid, deviceSN) > 0;
  },

  'push.unbind'(db: Database, { uid, deviceSN }: { uid: number; deviceSN: number }): void {
    unbindPush(db, uid, deviceSN);
  },

  /** False: somebody else in the app has the alias. */
  'push.setAlias'(db: Database, a: { appId: string; uid: number; alias: string; token: string }): boolean {
    const other = 'SELECT 1 FROM push_alias WHERE app_id = ? AND alias = ? AND uid <> ?';
    if (db.get(other, a.appId, a.alias, a.uid)) return false;
    db.run('DELETE FROM push_alias WHERE uid = ?', a.uid);
    const sql = 'INSERT INTO push_alias (uid, app_id, alias, push_token) VALUES (?, ?, ?, ?)';
    if (a.alias) db.run(sql, a.uid, a.appId, a.alias, a.token);
    return true;
  },

  'push.setBadge'(db: Database, { uid, badge }: { uid: number; badge: number }): void {
    db.run('INSERT OR REPLACE INTO push_badge (uid, badge) VALUES (?, ?)', uid, badge);
  },

  /** False: they would be too many. */
  'push.addTags'(db: Database, { uid, tags }: { uid: number; tags: readonly string[] }): boolean {
    const kept = db.all('SELECT tag FROM push_tag WHERE uid = ?', uid).map((row) => String(row['tag']));
    if (new Set([...kept, ...tags]).size > limits.pushTags) return false;
    for (const tag of tags) db.run('INSERT OR IGNORE INTO push_tag (uid, tag) VALUES (?, ?)', uid, tag);
    return true;
  },

  /** Without `tags`: all. */
  'push.removeTags'(db: Database, { uid, tags }: { uid: number; tags?: readonly string[] }): void {
    if (!tags) db.run('DELETE FROM push_tag WHERE uid = ?', uid);
    for (const tag of tags ?? []) db.run('DELETE FROM push_tag WHERE uid = ? AND tag = ?', uid, tag);
  },
} satisfies CommandTable;

export class PushStore {
  readonly write: Bound<typeof pushWrites>;
  readonly #reader: Database;

  constructor(reader: Database, writer: Writer) {
    this.#reader = reader;
    this.write = bindCommands(writer, pushWrites);
  }

  async tags(uid: number): Promise<string[]> {
    const rows = this.#reader.all('SELECT tag FROM push_tag WHERE uid = ? ORDER BY tag', uid);
    return rows.map((row) => String(row['tag']));
  }
}
