import { maxId } from '@flooim/protocol';
import type { Database } from '../store/database.ts';
import { SpanKind } from './group-state.ts';

/** From the next entry on, the user gets none of the group's messages. */
export function beginSilence(db: Database, gid: number, uid: number): void {
  db.run(
    'INSERT INTO group_span (gid, uid, kind, from_mid) SELECT ?1, ?2, ?3, last_mid + 1 FROM log WHERE log_id = ?1',
    gid,
    uid,
    SpanKind.silent,
  );
}

/** From the next entry on he gets them again; a silence in which nothing was said leaves no trace. */
export function endSilence(db: Database, gid: number, uid: number): void {
  db.run(
    `UPDATE group_span SET until_mid = (SELECT last_mid FROM log WHERE log_id = ?1)
     WHERE gid = ?1 AND uid = ?2 AND kind = ?3 AND until_mid = ?4`,
    gid,
    uid,
    SpanKind.silent,
    maxId,
  );
  const sql = 'DELETE FROM group_span WHERE gid = ? AND uid = ? AND kind = ? AND until_mid < from_mid';
  db.run(sql, gid, uid, SpanKind.silent);
}
