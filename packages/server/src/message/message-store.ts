import type { ErrorName, MessageOperation, Meta } from '@flooim/protocol';
import type { CommandTable, Writer } from '../store/commands.ts';
import type { Database, Row } from '../store/database.ts';
import { appendEntry, EntryKind, EntryState, type NewEntry, type Placed } from '../store/entry.ts';
import { operationPayload } from './message-content.ts';

/** How a repeated client mid is recognised: deployed clients reuse theirs, so for them the payload counts too. */
export type Dedupe = 'clientMid' | 'clientMidAndPayload';

/** An entry that a device sent. */
export interface Sent {
  entry: NewEntry & { clientMid: number };
  dedupe: Dedupe;
}

export type SendResult =
  /** `payload` where the write had to correct what was asked. */
  | { outcome: 'appended'; placed: Placed; time: number; payload?: Uint8Array }
  /** The same thing was sent before; this is what it became. */
  | { outcome: 'repeated'; mid: number; time: number }
  | { outcome: 'refused'; reason: ErrorName };

/** How long deployed clients' mids are remembered. */
const repeatWindowMs = 10 * 60_000;

/** An operation on a message of the conversation with `peer`, whose log is `peerLog`. */
export interface SentOperation extends Sent {
  operation: MessageOperation;
  peer: number;
  peerLog: number;
  /** Messages sent before this can not be recalled any more. */
  notBefore: number;
}

export interface SentMessage extends Sent {
  /** Strangers may not talk in this app. */
  friendsOnly: boolean;
}

export const messageWrites = {
  /** Asks once more whether the two may talk: what was true when the message came may have ended since. */
  'message.append'(db: Database, sent: SentMessage): SendResult {
    return repeated(db, sent) ?? refusal(db, sent) ?? append(db, sent);
  },

  /** Moves the read position and tells both users; an earlier such entry goes. */
  'message.read'(db: Database, sent: SentOperation): SendResult {
    const { entry, peer } = sent;
    const before = repeated(db, sent);
    if (before) return before;
    const inbox = inboxOf(db, entry.fromUid, peer);
    const last = lastOf(db, entry.logId);
    const mid = Math.max(Math.min(sent.operation.mid, last), Number(inbox['read_mid']));
    const marks = forgetMarks(db, entry.fromUid, entry.logId, mid);
    if (mid === inbox['read_mid'] && marks === 0) return unchanged(inbox['read_entry'], last, entry.time);
    const result = appendRead(db, sent, mid);
    db.run('DELETE FROM entry WHERE mid = ?', inbox['read_entry'] as number);
    db.run(
      `UPDATE inbox SET read_mid = ?1, delivered_mid = max(delivered_mid, ?1), read_entry = ?2
       WHERE uid = ?3 AND peer = ?4`,
      mid,
      result.placed.mid,
      entry.fromUid,
      peer,
    );
    return result;
  },

  /** A deployed client's word to the user's own devices that he has read up to `mid`. */
  'message.readAll'(db: Database, sent: SentOperation): SendResult {
    const { entry, peer } = sent;
    const before = repeated(db, sent);
    if (before) return before;
    const inbox = inboxOf(db, entry.fromUid, peer);
    const mid = Math.max(Math.min(sent.operation.mid, lastOf(db, sent.peerLog)), Number(inbox['read_mid']));
    forgetMarks(db, entry.fromUid, sent.peerLog, mid);
    const result = appendRead(db, sent, mid);
    db.run('DELETE FROM entry WHERE mid = ?', inbox['read_all_entry'] as number);
    db.run(
      'UPDATE inbox SET read_all_entry = ?, read_mid = ? WHERE uid = ? AND peer = ?',
      result.placed.mid,
      mid,
      entry.fromUid,
      peer,
    );
    return result;
  },

  'message.unread'(db: Database, sent: SentOperation): SendResult {
    const before = repeated(db, sent);
    if (before) return before;
    const { mid } = sent.operation;
    const { fromUid } = sent.entry;
    const target = messageIn(db, sent.peerLog, mid);
    if (!target) return { outcome: 'refused', reason: 'messageNotFound' };
    if (target['from_uid'] === fromUid) return { outcome: 'refused', reason: 'ownNeverUnread' };
    db.run('INSERT OR IGNORE INTO unread_mark (uid, log_id, mid) VALUES (?, ?, ?)', fromUid, sent.peerLog, mid);
    return append(db, sent);
  },

  'message.delete'(db: Database, sent: SentOperation): SendResult {
    const before = repeated(db, sent);
    if (before) return before;
    const { mid } = sent.operation;
    if (!messageIn(db, sent.peerLog, mid)) return { outcome: 'refused', reason: 'messageNotFound' };
    db.run('INSERT OR IGNORE INTO deleted_entry (uid, mid) VALUES (?, ?)', sent.entry.fromUid, mid);
    return append(db, sent);
  },

  /** Takes a message back: the payload goes at once, also from the disk's live rows. */
  'message.recall'(db: Database, sent: SentOperation): SendResult {
    const before = repeated(db, sent);
    if (before) return before;
    const target = messageIn(db, sent.entry.logId, sent.operation.mid);
    if (!target) return { outcome: 'refused', reason: 'messageNotFound' };
    if (target['from_uid'] !== sent.entry.fromUid) return { outcome: 'refused', reason: 'recallForeign' };
    if (Number(target['time']) < sent.notBefore) return { outcome: 'refused', reason: 'recallTooLate' };
    const empty = new Uint8Array();
    db.run('UPDATE entry SET state = ?, payload = ? WHERE mid = ?', EntryState.recalled, empty, sent.operation.mid);
    return append(db, sent);
  },
} satisfies CommandTable;

function append(db: Database, { entry }: Sent): SendResult & { outcome: 'appended' } {
  return { outcome: 'appended', placed: appendEntry(db, entry), time: entry.time };
}

function unchanged(mid: unknown, last: number, time: number): SendResult {
  return { outcome: 'repeated', mid: Number(mid) || last, time };
}

/** A read position is told as it was taken, never as it was asked. */
function appendRead(db: Database, sent: SentOperation, mid: number): SendResult & { outcome: 'appended' } {
  if (mid === sent.operation.mid) return append(db, sent);
  const payload = new Uint8Array(operationPayload({ ...sent.operation, mid }));
  return { ...append(db, { ...sent, entry: { ...sent.entry, payload } }), payload };
}

function refusal(db: Database, { entry, friendsOnly }: SentMessage): SendResult | undefined {
  const blocker = db.get(
    'SELECT uid FROM block WHERE (uid = ?1 AND peer = ?2) OR (uid = ?2 AND peer = ?1)',
    entry.toUid,
    entry.fromUid,
  );
  if (blocker) {
    const isSelf = blocker['uid'] === entry.fromUid;
    return { outcome: 'refused', reason: isSelf ? 'strangersNotAllowed' : 'blockedByRecipient' };
  }
  if (!friendsOnly) return undefined;
  const friend = db.get('SELECT 1 FROM roster WHERE uid = ? AND peer = ? AND relation = 0', entry.fromUid, entry.toUid);
  return friend ? undefined : { outcome: 'refused', reason: 'strangersNotAllowed' };
}

/** Deployed clients use a mid again and again: only the newest uses can be the same send. */
const rememberedUses = 50;

/** What the same client mid became before, or undefined for a new one. */
function repeated(db: Database, { entry, dedupe }: Sent): SendResult | undefined {
  const rows = db.all(
    `SELECT mid, log_id, time, kind, state, payload FROM entry
     WHERE from_uid = ? AND from_device = ? AND client_mid = ? ORDER BY mid DESC LIMIT ${rememberedUses}`,
    entry.fromUid,
    entry.fromDevice,
    entry.clientMid,
  );
  if (rows.length === 0) return undefined;
  const same = rows.findLast((row) => isSame(row, entry, dedupe) && !isForgotten(row, entry, dedupe));
  if (same) return { outcome: 'repeated', mid: Number(same['mid']), time: Number(same['time']) };
  return dedupe === 'clientMid' ? { outcome: 'refused', reason: 'clientMidReused' } : undefined;
}

function isSame(row: Row, entry: NewEntry, dedupe: Dedupe): boolean {
  if (row['log_id'] !== entry.logId || row['kind'] !== entry.kind) return false;
  // What is left of a recalled message, or of a read position that was corrected, cannot be compared.
  const isAltered = row['state'] === EntryState.recalled || entry.kind === EntryKind.operation;
  if (isAltered && dedupe === 'clientMid') return true;
  return Buffer.compare(row['payload'] as Uint8Array, entry.payload) === 0;
}

function isForgotten(row: Row, entry: NewEntry, dedupe: Dedupe): boolean {
  return dedupe === 'clientMidAndPayload' && Number(row['time']) < entry.time - repeatWindowMs;
}

function lastOf(db: Database, logId: number): number {
  return Number(db.get('SELECT last_mid FROM log WHERE log_id = ?', logId)?.['last_mid']);
}

function inboxOf(db: Database, uid: number, peer: number): Row {
  const row = db.get('SELECT * FROM inbox WHERE uid = ? AND peer = ?', uid, peer);
  if (!row) throw new Error(`no inbox of ${uid} for ${peer}`);
  return row;
}

function forgetMarks(db: Database, uid: number, logId: number, mid: number): number {
  return db.run('DELETE FROM unread_mark WHERE uid = ? AND log_id = ? AND mid <= ?', uid, logId, mid);
}

function messageIn(db: Database, logId: number, mid: number): Row | undefined {
  return db.get(
    'SELECT from_uid, time FROM entry WHERE mid = ? AND log_id = ? AND kind = ? AND state = ?',
    mid,
    logId,
    EntryKind.message,
    EntryState.normal,
  );
}

/** A stored entry as it will be delivered, and what decides whether a device gets it. */
export interface StoredEntry {
  meta: Meta;
  recalled: boolean;
  deleted: boolean;
  isMessage: boolean;
}

const entryColumns = `e.mid, e.kind, e.state, e.from_uid, e.from_device, e.to_uid, e.ns, e.time, e.payload,
  EXISTS (SELECT 1 FROM deleted_entry d WHERE d.uid = ?1 AND d.mid = e.mid) AS deleted`;

export type MessageCommand = keyof typeof messageWrites;

/** Reads and writes of messages and operations. */
export class MessageStore {
  readonly #reader: Database;
  readonly #writer: Writer;

  constructor(reader: Database, writer: Writer) {
    this.#reader = reader;
    this.#writer = writer;
  }

  /** A callback instead of a promise: this is the one write of which there are tens of thousands a second. */
  write<K extends MessageCommand>(
    command: K,
    args: Parameters<(typeof messageWrites)[K]>[1],
    done: (error: Error | undefined, result: SendResult) => void,
  ): void {
    this.#writer.submit(command, args, done as (error: Error | undefined, result: unknown) => void);
  }

  /** Entries of a log after `mid`, oldest first, as `uid` may see them. */
  after(uid: number, logId: number, mid: number, count: number): StoredEntry[] {
    const sql = `SELECT ${entryColumns} FROM entry e WHERE e.log_id = ?2 AND e.mid > ?3 ORDER BY e.mid LIMIT ?4`;
    return this.#reader.all(sql, uid, logId, mid, count).map(storedEntry);
  }

  /** Messages before `key`, newest first; neither operations nor what was recalled, deleted or hidden. */
  history(uid: number, logId: number, range: { key: number; hidden: number }, count: number): StoredEntry[] {
    const sql = `SELECT ${entryColumns} FROM entry e
      WHERE e.log_id = ?2 AND e.mid < ?3 AND e.mid > ?4 AND e.kind = ${EntryKind.message}
        AND e.state = ${EntryState.normal} AND deleted = 0
      ORDER BY e.mid DESC LIMIT ?5`;
    const key = range.key > 0 ? range.key : Number.MAX_SAFE_INTEGER;
    return this.#reader.all(sql, uid, logId, key, range.hidden, count).map(storedEntry);
  }
}

function storedEntry(row: Row): StoredEntry {
  return {
    meta: {
      id: Number(row['mid']),
      from: { uid: Number(row['from_uid']), deviceSN: Number(row['from_device']) },
      to: { uid: Number(row['to_uid']), deviceSN: 0 },
      timestamp: Number(row['time']),
      ns: Number(row['ns']) as Meta['ns'],
      payload: row['payload'] as Uint8Array,
    },
    recalled: row['state'] === EntryState.recalled,
    deleted: row['deleted'] === 1,
    isMessage: row['kind'] === EntryKind.message,
  };
}
