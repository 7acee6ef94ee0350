import type { Namespace } from '@flooim/protocol';
import type { Database } from './database.ts';

export const LogKind = { system: 0, pair: 1, group: 2 } as const;
export type LogKind = (typeof LogKind)[keyof typeof LogKind];

export const EntryKind = { message: 1, operation: 2, notice: 3 } as const;
export type EntryKind = (typeof EntryKind)[keyof typeof EntryKind];

export const EntryState = { normal: 0, recalled: 1 } as const;

/** What is to be appended to a log. A user's own id is his system log, a group's id the group's. */
export interface NewEntry {
  logId: number;
  kind: EntryKind;
  fromUid: number;
  /** 0: no device of a user, the server. */
  fromDevice: number;
  toUid: number;
  /** The sender's own number for it; null for what the server makes. */
  clientMid: number | null;
  ns: Namespace;
  /** Milliseconds since the epoch. */
  time: number;
  /** As on the wire. */
  payload: Uint8Array;
}

/** An entry and where it came to stand. */
export interface Appended {
  entry: NewEntry;
  placed: Placed;
  /** Of an operation that moves a position: where that was before. */
  since?: number;
}

/** Where an entry came to stand. */
export interface Placed {
  mid: number;
  /** The log's entry before it, 0 for the first. */
  prevMid: number;
}

/** The ends of logs as the present transaction left them. Only `appendEntry` moves them. */
interface Ends {
  transaction: number;
  newest: number;
  readonly of: Map<number, number>;
}

const known = new WeakMap<Database, Ends>();

function endsIn(db: Database): Ends {
  const ends = known.get(db);
  if (ends?.transaction === db.transaction) return ends;
  // Compaction never removes the newest entry without appending a newer one, so the maximum never falls.
  // A restored backup goes on behind a gap, whose end the counter tells: it must not give what was given since it was made.
  const sql = `SELECT max(coalesce((SELECT max(mid) FROM entry), 0),
    coalesce((SELECT value FROM counter WHERE name = 'mid'), 0)) AS mid`;
  const newest = Number(db.get(sql)?.['mid']);
  const fresh = { transaction: db.transaction, newest, of: new Map<number, number>() };
  known.set(db, fresh);
  return fresh;
}

function endOf(db: Database, logId: number): number {
  const end = Number(db.get('SELECT last_mid FROM log WHERE log_id = ?', logId)?.['last_mid'] ?? -1);
  if (end < 0) throw new Error(`no such log: ${logId}`);
  return end;
}

/** Appends one entry inside the caller's transaction: the only place where mids are made, in commit order. */
export function appendEntry(db: Database, entry: NewEntry): Placed {
  const ends = endsIn(db);
  const prevMid = ends.of.get(entry.logId) ?? endOf(db, entry.logId);
  const mid = ends.newest + 1;
  db.run(
    `INSERT INTO entry (mid, log_id, kind, from_uid, from_device, to_uid, client_mid, ns, time, payload)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    mid,
    entry.logId,
    entry.kind,
    entry.fromUid,
    entry.fromDevice,
    entry.toUid,
    entry.clientMid,
    entry.ns,
    entry.time,
    entry.payload,
  );
  const isMessage = entry.kind === EntryKind.message;
  if (isMessage) db.run('UPDATE log SET last_mid = ?1, last_message = ?1 WHERE log_id = ?2', mid, entry.logId);
  else db.run('UPDATE log SET last_mid = ? WHERE log_id = ?', mid, entry.logId);
  ends.newest = mid;
  ends.of.set(entry.logId, mid);
  return { mid, prevMid };
}

/** Appends several, in order. */
export function appendEntries(db: Database, entries: readonly NewEntry[]): Placed[] {
  return entries.map((entry) => appendEntry(db, entry));
}

/** Draws the next id of the one space that users, groups and pairs share. */
export function nextId(db: Database): number {
  return Number(db.get(`UPDATE counter SET value = value + 1 WHERE name = 'id' RETURNING value`)?.['value']);
}

export function createLog(db: Database, logId: number, kind: LogKind): void {
  db.run('INSERT INTO log (log_id, kind) VALUES (?, ?)', logId, kind);
}

/** Makes the log one of the user's conversations, under the id by which he knows it. */
export function addToInbox(db: Database, uid: number, peer: number, logId: number): void {
  db.run('INSERT OR IGNORE INTO inbox (uid, peer, log_id) VALUES (?, ?, ?)', uid, peer, logId);
}

/** Takes the conversation away from all of the user's devices, up to `mid`, with what he kept about it. */
export function hideConversation(db: Database, uid: number, peer: number, mid: number): void {
  const sql = `UPDATE inbox SET hidden_mid = max(hidden_mid, ?), pinned_at = 0, touched_at = 0, draft = ''
    WHERE uid = ? AND peer = ?`;
  db.run(sql, mid, uid, peer);
}
