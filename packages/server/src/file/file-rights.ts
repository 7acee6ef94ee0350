import type { Database, Row } from '../store/database.ts';

/** As many places of a file are looked at one by one; with more, the conversations of the one who asks are. */
const fewPlaces = 64;

export function fileOf(db: Database, appId: string, object: string): Row | undefined {
  return db.get('SELECT * FROM file WHERE object = ? AND app_id = ?', object, appId);
}

/**
 * Whether somebody of the app may read a file, which is his own, or an avatar, or is where he may read: a message of his
 * conversations, as far as he may read a group's, or the list of a group that he is in. The app itself, uid 0, may read all.
 * What he hid from himself, and whom he blocked or who blocked him, changes nothing.
 */
export function mayReadFile(db: Database, file: Row, uid: number): boolean {
  if (uid === 0 || file['is_avatar'] === 1 || file['owner'] === uid) return true;
  const id = Number(file['id']);
  return mayUse(db, id, uid) || isInMessage(db, id, uid) || isShared(db, id, uid);
}

function mayUse(db: Database, id: number, uid: number): boolean {
  return db.get('SELECT 1 FROM file_ref WHERE file = ? AND kind = 0 AND holder = ? LIMIT 1', id, uid) !== undefined;
}

function isShared(db: Database, id: number, uid: number): boolean {
  const sql = `SELECT 1 FROM file_ref r JOIN group_member m ON m.gid = r.holder AND m.uid = ?2
    WHERE r.file = ?1 AND r.kind = 2 LIMIT 1`;
  return db.get(sql, id, uid) !== undefined;
}

function isInMessage(db: Database, id: number, uid: number): boolean {
  const sql = 'SELECT count(*) AS n FROM (SELECT 1 FROM file_ref WHERE file = ? AND kind = 1 LIMIT ?)';
  const places = Number(db.get(sql, id, fewPlaces + 1)?.['n']);
  if (places === 0) return false;
  return places > fewPlaces ? isInConversations(db, id, uid) : isInPlaces(db, id, uid);
}

/** Who is in the group named so and may see what was said before he came. */
const seesAll = (gid: string) => `EXISTS (SELECT 1 FROM group_member m JOIN group_info g ON g.gid = m.gid
  WHERE m.gid = ${gid} AND m.uid = ?2 AND g.history_visible = 1)`;

function isInPlaces(db: Database, id: number, uid: number): boolean {
  const sql = `SELECT 1 FROM file_ref r WHERE r.file = ?1 AND r.kind = 1 AND (
      r.holder = ?2
      OR EXISTS (SELECT 1 FROM pair p WHERE p.log_id = r.holder AND ?2 IN (p.lo, p.hi))
      OR EXISTS (SELECT 1 FROM group_span s
        WHERE s.gid = r.holder AND s.uid = ?2 AND s.kind = 0 AND r.item BETWEEN s.from_mid AND s.until_mid)
      OR ${seesAll('r.holder')}
    ) LIMIT 1`;
  return db.get(sql, id, uid) !== undefined;
}

/** A user has a row for each conversation that he ever was in; only a group's id is its log. */
function isInConversations(db: Database, id: number, uid: number): boolean {
  const sql = `SELECT 1 FROM inbox i WHERE i.uid = ?2
    AND EXISTS (SELECT 1 FROM file_ref r WHERE r.file = ?1 AND r.kind = 1 AND r.holder = i.log_id)
    AND (
      i.log_id <> i.peer
      OR EXISTS (SELECT 1 FROM group_span s CROSS JOIN file_ref r
        ON r.file = ?1 AND r.kind = 1 AND r.holder = s.gid AND r.item BETWEEN s.from_mid AND s.until_mid
        WHERE s.gid = i.log_id AND s.uid = ?2 AND s.kind = 0)
      OR ${seesAll('i.log_id')}
    ) LIMIT 1`;
  return db.get(sql, id, uid) !== undefined;
}
