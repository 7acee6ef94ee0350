import { limits } from '@flooim/protocol';
import type { Database, Row } from '../store/database.ts';

/** What keeps a file: see the table `file_ref`. */
const RefKind = { claim: 0, message: 1, shared: 2, avatar: 3 } as const;
type RefKind = (typeof RefKind)[keyof typeof RefKind];

interface Ref {
  kind: RefKind;
  holder: number;
  item: number;
  /** Who made it so. */
  uid: number;
}

/** Called inside the transactions of those who refer to files: messages, lists of groups, avatars. */

export function fileOf(db: Database, appId: string, object: string): Row | undefined {
  return db.get('SELECT * FROM file WHERE object = ? AND app_id = ?', object, appId);
}

/**
 * Whether somebody may read a file, which is his own, or an avatar, or is where he may read: a message of his conversations, as
 * far as he may read a group's, or in the list of a group that he is in. The app itself, uid 0, may read all.
 */
export function mayReadFile(db: Database, file: Row, uid: number): boolean {
  if (uid === 0 || file['is_avatar'] === 1 || file['owner'] === uid) return true;
  const sql = `
    SELECT 1 FROM file_ref WHERE file = ?1 AND ((kind = 0 AND item = ?2) OR (kind = 1 AND holder = ?2))
    UNION ALL
    SELECT 1 FROM file_ref r JOIN pair p ON p.log_id = r.holder WHERE r.file = ?1 AND r.kind = 1 AND ?2 IN (p.lo, p.hi)
    UNION ALL
    SELECT 1 FROM file_ref r JOIN group_span s ON s.gid = r.holder AND s.uid = ?2 AND s.kind = 0
      WHERE r.file = ?1 AND r.kind = 1 AND r.item BETWEEN s.from_mid AND s.until_mid
    UNION ALL
    SELECT 1 FROM file_ref r JOIN group_member m ON m.gid = r.holder AND m.uid = ?2
      JOIN group_info g ON g.gid = m.gid AND g.status = 0
      WHERE r.file = ?1 AND (r.kind = 2 OR (r.kind = 1 AND g.history_visible = 1))
    LIMIT 1`;
  return db.get(sql, file['id'] as number, uid) !== undefined;
}

export function addClaim(db: Database, file: number, claim: { holder: number; uid: number; expiresAt: number }): void {
  const sql = `INSERT INTO file_ref (file, kind, holder, item, expires_at) VALUES (?, 0, ?, ?, ?)
    ON CONFLICT DO UPDATE SET expires_at = excluded.expires_at`;
  db.run(sql, file, claim.holder, claim.uid, claim.expiresAt);
}

/** From now on this keeps the file, and no longer the claim of who made use of it. */
function addRef(db: Database, file: number, { kind, holder, item, uid }: Ref): void {
  db.run('INSERT OR IGNORE INTO file_ref (file, kind, holder, item) VALUES (?, ?, ?, ?)', file, kind, holder, item);
  db.run('DELETE FROM file_ref WHERE file = ? AND kind = 0 AND item = ?', file, uid);
}

/** Keeps the files that a message names, as far as who sends it may read them. */
export function keepMessageFiles(
  db: Database,
  a: { appId: string; uid: number; logId: number; mid: number; objects: readonly string[] },
): void {
  for (const object of a.objects.slice(0, limits.filesPerMessage)) {
    const file = fileOf(db, a.appId, object);
    const ref = { kind: RefKind.message, holder: a.logId, item: a.mid, uid: a.uid };
    if (file && mayReadFile(db, file, a.uid)) addRef(db, Number(file['id']), ref);
  }
}

/** Keeps a file in a group's list, if who puts it there may read it. */
export function keepSharedFile(
  db: Database,
  a: { appId: string; uid: number; gid: number; id: number; object: string },
): void {
  const file = fileOf(db, a.appId, a.object);
  const ref = { kind: RefKind.shared, holder: a.gid, item: a.id, uid: a.uid };
  if (file && mayReadFile(db, file, a.uid)) addRef(db, Number(file['id']), ref);
}

export function dropMessageFiles(db: Database, mid: number): void {
  drop(db, 'item = ? AND kind = ?', mid, RefKind.message);
}

/** Of a group that is no more: its messages' files, its shared ones, its avatar. */
export function dropGroupFiles(db: Database, gid: number): void {
  drop(db, 'holder = ?', gid);
}

export function dropSharedFile(db: Database, id: number): void {
  drop(db, 'item = ? AND kind = ?', id, RefKind.shared);
}

/** Of a user who is no more: his avatar, and what he uploaded or was to forward, and has not sent. */
export function dropUserFiles(db: Database, uid: number): void {
  drop(db, 'holder = ? AND kind = ?', uid, RefKind.avatar);
  drop(db, 'item = ? AND kind = ?', uid, RefKind.claim);
}

/** The avatar of a user or a group, chosen by `uid`, is this object now, or none of ours. */
export function keepAvatar(
  db: Database,
  a: { appId: string; uid: number; holder: number; object: string | undefined },
): void {
  const file = a.object === undefined ? undefined : fileOf(db, a.appId, a.object);
  const id = file?.['is_avatar'] === 1 ? Number(file['id']) : 0;
  if (id) addRef(db, id, { kind: RefKind.avatar, holder: a.holder, item: 0, uid: a.uid });
  drop(db, 'holder = ? AND kind = ? AND file <> ?', a.holder, RefKind.avatar, id);
}

/** Ends claims that have expired, at most so many; how many there were. */
export function dropExpired(db: Database, time: number, most: number): number {
  const rows = db.all(
    'SELECT DISTINCT file FROM file_ref WHERE expires_at > 0 AND expires_at <= ? LIMIT ?',
    time,
    most,
  );
  for (const { file } of rows) {
    db.run('DELETE FROM file_ref WHERE file = ? AND expires_at > 0 AND expires_at <= ?', file as number, time);
    free(db, Number(file));
  }
  return rows.length;
}

function drop(db: Database, where: string, ...values: number[]): void {
  const rows = db.all(`DELETE FROM file_ref WHERE ${where} RETURNING file`, ...values);
  for (const file of new Set(rows.map((row) => Number(row['file'])))) free(db, file);
}

/** A file that nobody refers to any more is gone at once; its bytes follow. */
function free(db: Database, id: number): void {
  if (db.get('SELECT 1 FROM file_ref WHERE file = ? LIMIT 1', id)) return;
  const row = db.get('DELETE FROM file WHERE id = ? RETURNING object, app_id, owner, size', id);
  if (!row) return;
  // Before everything else that waits: it is to go now.
  db.run('INSERT OR IGNORE INTO stray_object (object, since) VALUES (?, 0)', row['object'] as string);
  addUsage(db, String(row['app_id']), Number(row['owner']), -Number(row['size']));
}

export function addUsage(db: Database, appId: string, uid: number, bytes: number): void {
  const sql = `INSERT INTO file_usage (app_id, uid, bytes) VALUES (?1, ?2, ?3), (?1, 0, ?3)
    ON CONFLICT DO UPDATE SET bytes = bytes + excluded.bytes`;
  db.run(sql, appId, uid, bytes);
}
