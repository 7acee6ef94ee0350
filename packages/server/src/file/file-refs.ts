import { thumbnailSides } from '../media/media.ts';
import type { Database, Row } from '../store/database.ts';
import { fileOf, mayReadFile } from './file-rights.ts';
import { objectIn, smallPictureOf } from './object-names.ts';

/** What keeps files. Called inside the transactions of those who refer to them: messages, lists of groups, avatars. */

/** See the table `file_ref`. */
const RefKind = { claim: 0, message: 1, shared: 2, avatar: 3 } as const;
type RefKind = (typeof RefKind)[keyof typeof RefKind];

/** What of a holder that is no more goes at once: the writer has others to serve. */
const leavingAtOnce = 200;

/** Files that somebody names. */
export interface Named {
  appId: string;
  /** Who does: what he may not read he keeps for nobody. 0: the app itself. */
  uid: number;
  objects: readonly string[];
}

/** A message, its log, and to whom it goes as its sender knows him. */
interface Place {
  logId: number;
  mid: number;
  target: number;
}

/** Somebody may use a file for a user or group, which he is about to send it to. */
export function addClaim(db: Database, file: number, claim: { uid: number; target: number; expiresAt: number }): void {
  const sql = `INSERT INTO file_ref (file, kind, holder, item, expires_at) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET expires_at = excluded.expires_at`;
  db.run(sql, file, RefKind.claim, claim.uid, claim.target, claim.expiresAt);
}

/** The files among the named ones that who names them may use. */
export function usableFiles(db: Database, { appId, uid, objects }: Named): number[] {
  const files = objects.map((object) => fileOf(db, appId, object));
  return files.filter((file) => file && mayReadFile(db, file, uid)).map((file) => Number(file?.['id']));
}

/** Files that a message of `uid` names, all of which he may use. */
export function keepInMessage(db: Database, uid: number, files: readonly number[], place: Place): void {
  for (const file of files) {
    addRef(db, { file, kind: RefKind.message, holder: place.logId, item: place.mid });
    dropClaim(db, file, uid, place.target);
  }
}

/** As `keepInMessage`, of a message that was changed: what it names no more it keeps no more. */
export function keepInEdited(db: Database, named: Named, place: Place): void {
  const known = named.objects.map((object) => Number(fileOf(db, named.appId, object)?.['id'] ?? 0));
  const kept = refsWhere(db, 'item = ? AND kind = ?', place.mid, RefKind.message);
  dropRefs(
    db,
    kept.filter(({ file }) => !known.includes(Number(file))),
  );
  keepInMessage(db, named.uid, usableFiles(db, named), place);
}

export function dropMessageFiles(db: Database, mid: number): void {
  dropRefs(db, refsWhere(db, 'item = ? AND kind = ?', mid, RefKind.message));
}

/** Keeps the file that a link in a group's list names, if who puts it there may use it. */
export function keepSharedFile(
  db: Database,
  { appId, uid, gid, id, link }: { appId: string; uid: number; gid: number; id: number; link: string },
): void {
  const [file] = usableFiles(db, { appId, uid, objects: namedBy(link) });
  if (!file) return;
  addRef(db, { file, kind: RefKind.shared, holder: gid, item: id });
  dropClaim(db, file, uid, gid);
}

export function dropSharedFile(db: Database, id: number): void {
  dropRefs(db, refsWhere(db, 'item = ? AND kind = ?', id, RefKind.shared));
}

/** The avatar of a user or a group, `holder`, is now where the link says. */
export function keepAvatar(
  db: Database,
  { appId, uid, holder, link }: { appId: string; uid: number; holder: number; link: string },
): void {
  const [object] = namedBy(link);
  const file = object === undefined ? undefined : fileOf(db, appId, object);
  const id = file?.['is_avatar'] === 1 ? Number(file['id']) : 0;
  if (id) {
    addRef(db, { file: id, kind: RefKind.avatar, holder, item: 0 });
    dropClaim(db, id, uid, holder);
  }
  dropRefs(db, refsWhere(db, 'holder = ? AND kind = ? AND file <> ?', holder, RefKind.avatar, id));
}

/** A group is no more: it keeps none of its messages' files, none of its shared ones, and no avatar. */
export function dropGroupFiles(db: Database, gid: number): void {
  leave(db, [gid]);
}

/**
 * A user is no more, nor what only he had: his avatar, what he uploaded or was to forward and has not sent, what was said in
 * his system conversation, and what he said with others who are gone as well.
 */
export function dropUserFiles(db: Database, uid: number): void {
  const deserted = db.all(
    `SELECT i.log_id FROM inbox i JOIN user u ON u.uid = i.peer AND u.status = 2
     WHERE i.uid = ? AND EXISTS (SELECT 1 FROM file_ref r WHERE r.holder = i.log_id)`,
    uid,
  );
  leave(db, [uid, ...deserted.map((row) => Number(row['log_id']))]);
}

/** Ends what has expired or is left of those who are no more, at most so much; how much it was. */
export function dropExpired(db: Database, time: number, most: number): number {
  const left = dropLeaving(db, most);
  const expired = db.all(
    'SELECT file, kind, holder, item FROM file_ref WHERE expires_at > 0 AND expires_at <= ? LIMIT ?',
    time,
    most - left,
  );
  dropRefs(db, expired);
  return left + expired.length;
}

function leave(db: Database, holders: readonly number[]): void {
  for (const holder of holders) db.run('INSERT OR IGNORE INTO file_leaving (holder) VALUES (?)', holder);
  dropLeaving(db, leavingAtOnce);
}

function dropLeaving(db: Database, most: number): number {
  const sql = `SELECT r.file, r.kind, r.holder, r.item FROM file_leaving l CROSS JOIN file_ref r ON r.holder = l.holder LIMIT ?`;
  const refs = db.all(sql, most);
  dropRefs(db, refs);
  if (refs.length < most) db.run('DELETE FROM file_leaving');
  return refs.length;
}

function namedBy(link: string): string[] {
  const object = objectIn(link);
  return object === undefined ? [] : [object];
}

function addRef(db: Database, ref: { file: number; kind: RefKind; holder: number; item: number }): void {
  const sql = 'INSERT OR IGNORE INTO file_ref (file, kind, holder, item) VALUES (?, ?, ?, ?)';
  db.run(sql, ref.file, ref.kind, ref.holder, ref.item);
}

/** What he was to do with the file is done: from now on something else keeps it. */
function dropClaim(db: Database, file: number, uid: number, target: number): void {
  const sql = 'DELETE FROM file_ref WHERE file = ? AND kind = ? AND holder = ? AND item = ?';
  db.run(sql, file, RefKind.claim, uid, target);
}

function refsWhere(db: Database, where: string, ...values: number[]): Row[] {
  return db.all(`SELECT file, kind, holder, item FROM file_ref WHERE ${where}`, ...values);
}

function dropRefs(db: Database, refs: readonly Row[]): void {
  const sql = 'DELETE FROM file_ref WHERE file = ? AND kind = ? AND holder = ? AND item = ?';
  for (const { file, kind, holder, item } of refs) {
    db.run(sql, file as number, kind as number, holder as number, item as number);
  }
  for (const file of new Set(refs.map((ref) => Number(ref['file'])))) free(db, file);
}

/** A file that nobody refers to any more is gone at once; its bytes, and those of its small pictures, follow. */
function free(db: Database, id: number): void {
  if (db.get('SELECT 1 FROM file_ref WHERE file = ? LIMIT 1', id)) return;
  const row = db.get('DELETE FROM file WHERE id = ? RETURNING object, app_id, owner, size, picture', id);
  if (!row) return;
  const object = String(row['object']);
  for (const name of row['picture'] === 0 ? [object] : [object, ...smallPicturesOf(object)]) {
    // Before everything else that waits: it is to go now.
    db.run('INSERT OR REPLACE INTO stray_object (object, since) VALUES (?, 0)', name);
  }
  addUsage(db, String(row['app_id']), Number(row['owner']), -Number(row['size']));
}

function smallPicturesOf(object: string): string[] {
  return thumbnailSides.map((side) => smallPictureOf(object, side));
}

export function addUsage(db: Database, appId: string, uid: number, bytes: number): void {
  const sql = `INSERT INTO file_usage (app_id, uid, bytes) VALUES (?1, ?2, ?3), (?1, 0, ?3)
    ON CONFLICT DO UPDATE SET bytes = bytes + excluded.bytes`;
  db.run(sql, appId, uid, bytes);
}
