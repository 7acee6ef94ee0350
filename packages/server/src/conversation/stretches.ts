import { maxId } from '@flooim/protocol';
import { SpanKind } from '../group/group-state.ts';
import type { Database, Row } from '../store/database.ts';
import { EntryKind } from '../store/entry.ts';

/** A part of a group's log that belongs to a user, both ends included. */
export interface Stretch {
  from: number;
  until: number;
  /** He wants no messages of it. */
  isSilent: boolean;
}

/** All of a log after `mid`, as it is for a pair of users. */
export function whole(mid: number): Stretch {
  return { from: mid + 1, until: maxId, isSilent: false };
}

/** What of a group's log after `mid` is for the user, in order: from his membership, and without what he silenced. */
export function stretchesAfter(db: Database, gid: number, uid: number, mid: number): Stretch[] {
  const sql =
    'SELECT kind, from_mid, until_mid FROM group_span WHERE gid = ? AND uid = ? AND until_mid > ? ORDER BY from_mid';
  const spans = db.all(sql, gid, uid, mid);
  const silences = spans.filter((span) => span['kind'] === SpanKind.silent).map(toStretch);
  const memberships = spans.filter((span) => span['kind'] === SpanKind.member).map(toStretch);
  return memberships.flatMap((span) => cut({ ...span, from: Math.max(span.from, mid + 1) }, silences));
}

/** The memberships alone: silence does not concern history. */
export function memberships(db: Database, gid: number, uid: number): Stretch[] {
  const sql =
    'SELECT kind, from_mid, until_mid FROM group_span WHERE gid = ? AND uid = ? AND kind = ? ORDER BY from_mid';
  return db.all(sql, gid, uid, SpanKind.member).map(toStretch);
}

/** The last stretch goes on. */
export function isOpen(stretches: readonly Stretch[]): boolean {
  return stretches.at(-1)?.until === maxId;
}

/** The condition for entries `e` of a stretch; takes the log, `from` and `until`. */
export function within({ isSilent }: Stretch): string {
  const besides = `AND e.kind <> ${EntryKind.message} AND e.to_uid = e.log_id`;
  return `e.log_id = ? AND e.mid BETWEEN ? AND ? ${isSilent ? besides : ''}`;
}

/** The span in parts, by what was silenced in it; neither spans nor silences overlap among themselves. */
function cut(span: Stretch, silences: readonly Stretch[]): Stretch[] {
  const parts: Stretch[] = [];
  let from = span.from;
  for (const silence of silences) {
    const [begin, end] = [Math.max(silence.from, from), Math.min(silence.until, span.until)];
    if (begin > end) continue;
    if (begin > from) parts.push({ from, until: begin - 1, isSilent: false });
    parts.push({ from: begin, until: end, isSilent: true });
    from = end + 1;
  }
  if (from <= span.until) parts.push({ from, until: span.until, isSilent: false });
  return parts;
}

function toStretch(row: Row): Stretch {
  const isSilent = row['kind'] === SpanKind.silent;
  return { from: Number(row['from_mid']), until: Number(row['until_mid']), isSilent };
}
