import {
  ContentType,
  encodeMessageBody,
  MessageType,
  Namespace,
  OperationType,
  systemConversation,
} from '@flooim/protocol';
import { type Bound, bindCommands, type CommandTable, type Writer } from '../store/commands.ts';
import type { Database, Row } from '../store/database.ts';
import {
  type Appended,
  addToInbox,
  appendEntry,
  createLog,
  EntryKind,
  LogKind,
  type NewEntry,
  nextId,
  type Placed,
} from '../store/entry.ts';

/** One device has everything of a conversation up to `mid`. */
export interface CursorMove {
  uid: number;
  deviceSN: number;
  /** The conversation as that user knows it. */
  peer: number;
  logId: number;
  mid: number;
}

export const conversationWrites = {
  /** The log that two users share, made when they first need it. */
  'conversation.pair'(db: Database, { a, b }: { a: number; b: number }): number {
    const [lo, hi] = a < b ? [a, b] : [b, a];
    const found = db.get('SELECT log_id FROM pair WHERE lo = ? AND hi = ?', lo, hi);
    if (found) return Number(found['log_id']);
    const logId = nextId(db);
    db.run('INSERT INTO pair (lo, hi, log_id) VALUES (?, ?, ?)', lo, hi, logId);
    createLog(db, logId, LogKind.pair);
    addToInbox(db, lo, hi, logId);
    addToInbox(db, hi, lo, logId);
    return logId;
  },

  /** Moves cursors and, where a message of the other user has newly arrived, says so in the pair's log. */
  'conversation.ack'(db: Database, { moves, time }: { moves: readonly CursorMove[]; time: number }): Appended[] {
    return moves.flatMap((move) => {
      moveCursor(db, move);
      return move.peer === systemConversation ? [] : tellDelivered(db, move, time);
    });
  },

  /** Hides the conversation up to `mid`: on this device, or for the user everywhere. */
  'conversation.hide'(db: Database, args: HideArgs): HideResult {
    const { uid, deviceSN, peer, logId, everywhere, entry } = args;
    const sent = entry && findSent(db, entry);
    if (sent) return { placed: { mid: sent, prevMid: sent }, isNew: false };
    const last = Number(db.get('SELECT last_mid FROM log WHERE log_id = ?', logId)?.['last_mid']);
    const hidden = args.mid > 0 ? Math.min(args.mid, last) : last;
    if (everywhere) {
      db.run('UPDATE inbox SET hidden_mid = max(hidden_mid, ?) WHERE uid = ? AND peer = ?', hidden, uid, peer);
    }
    db.run(
      `INSERT INTO cursor (uid, device_sn, log_id, acked_mid, hidden_mid) VALUES (?1, ?2, ?3, ?4, ?4)
       ON CONFLICT DO UPDATE SET hidden_mid = max(hidden_mid, ?4), acked_mid = max(acked_mid, ?4)`,
      uid,
      deviceSN,
      logId,
      hidden,
    );
    if (!entry) return { placed: { mid: hidden, prevMid: hidden }, isNew: false };
    return { placed: appendEntry(db, entry), isNew: true };
  },
} satisfies CommandTable;

export interface HideArgs {
  uid: number;
  deviceSN: number;
  peer: number;
  logId: number;
  /** Up to where; 0 is all there is. */
  mid: number;
  everywhere: boolean;
  /** What tells the user's other devices. */
  entry?: NewEntry;
}

export interface HideResult {
  /** Of the entry that tells of it, or of the last hidden one when there is none. */
  placed: Placed;
  /** Whether the entry was written now, and not by an earlier try. */
  isNew: boolean;
}

function findSent(db: Database, { fromUid, fromDevice, clientMid }: NewEntry): number {
  const sql = 'SELECT max(mid) AS mid FROM entry WHERE from_uid = ? AND from_device = ? AND client_mid = ?';
  return Number(db.get(sql, fromUid, fromDevice, clientMid)?.['mid'] ?? 0);
}

function moveCursor(db: Database, move: CursorMove): void {
  db.run(
    `INSERT INTO cursor (uid, device_sn, log_id, acked_mid)
     SELECT ?1, ?2, ?3, min(?4, last_mid) FROM log WHERE log_id = ?3
     ON CONFLICT DO UPDATE SET acked_mid = max(acked_mid, excluded.acked_mid)`,
    move.uid,
    move.deviceSN,
    move.logId,
    move.mid,
  );
}

function tellDelivered(db: Database, { uid, peer, logId, mid }: CursorMove, time: number): Appended[] {
  const inbox = db.get('SELECT delivered_mid, delivered_entry FROM inbox WHERE uid = ? AND peer = ?', uid, peer);
  if (!inbox || mid <= Number(inbox['delivered_mid'])) return [];
  const newest = db.get(
    `SELECT max(mid) AS mid FROM entry WHERE log_id = ? AND mid > ? AND mid <= ? AND from_uid = ? AND kind = ?`,
    logId,
    inbox['delivered_mid'] as number,
    mid,
    peer,
    EntryKind.message,
  )?.['mid'];
  if (newest == null) {
    // Nothing to tell, and nothing to look at again.
    const sql = `UPDATE inbox SET delivered_mid = min(?, (SELECT last_mid FROM log WHERE log_id = inbox.log_id))
      WHERE uid = ? AND peer = ?`;
    db.run(sql, mid, uid, peer);
    return [];
  }
  const entry = deliveredEntry(uid, peer, logId, Number(newest), time);
  const placed = appendEntry(db, entry);
  db.run('DELETE FROM entry WHERE mid = ?', inbox['delivered_entry'] as number);
  db.run(
    'UPDATE inbox SET delivered_mid = ?, delivered_entry = ? WHERE uid = ? AND peer = ?',
    newest as number,
    placed.mid,
    uid,
    peer,
  );
  return [{ entry, placed }];
}

function deliveredEntry(uid: number, peer: number, logId: number, mid: number, time: number): NewEntry {
  const payload = encodeMessageBody({
    type: MessageType.OPER,
    ctype: ContentType.COMMAND,
    operation: { type: OperationType.DELIVER_ACK, mid },
  });
  return {
    logId,
    kind: EntryKind.operation,
    fromUid: uid,
    fromDevice: 0,
    toUid: peer,
    clientMid: null,
    ns: Namespace.MESSAGE,
    time,
    payload,
  };
}

/** One row of a device's unread list. */
export interface UnreadRow {
  peer: number;
  /** Entries that the device lacks; counted up to a thousand. */
  behind: number;
  readMid: number;
  peerReadMid: number;
  peerDeliveredMid: number;
}

const cursorJoin = `FROM inbox i
  LEFT JOIN cursor c ON c.uid = i.uid AND c.device_sn = ?2 AND c.log_id = i.log_id`;

/** Reads and writes of what users and devices know about their conversations. */
export class ConversationStore {
  readonly write: Bound<typeof conversationWrites>;
  readonly #reader: Database;

  constructor(reader: Database, writer: Writer) {
    this.#reader = reader;
    this.write = bindCommands(writer, conversationWrites);
  }

  /** The log behind a user's conversation; undefined when it has not begun. */
  logOf(uid: number, peer: number): number | undefined {
    const row = this.#reader.get('SELECT log_id FROM inbox WHERE uid = ? AND peer = ?', uid, peer);
    return row && Number(row['log_id']);
  }

  hiddenOf(uid: number, deviceSN: number, peer: number): number {
    const row = this.#reader.get(
      `SELECT max(i.hidden_mid, coalesce(c.hidden_mid, 0)) AS hidden ${cursorJoin} WHERE i.uid = ?1 AND i.peer = ?3`,
      uid,
      deviceSN,
      peer,
    );
    return Number(row?.['hidden'] ?? 0);
  }

  /** How far the device has the conversation. */
  cursorOf(uid: number, deviceSN: number, peer: number): number {
    const row = this.#reader.get(
      `SELECT coalesce(c.acked_mid, 0) AS mid ${cursorJoin} WHERE i.uid = ?1 AND i.peer = ?3`,
      uid,
      deviceSN,
      peer,
    );
    return Number(row?.['mid'] ?? 0);
  }

  /** How far the other user of a pair has read, and how far it reached him. */
  positionsOf(peer: number, uid: number): { readMid: number; deliveredMid: number } {
    const row = this.#reader.get('SELECT read_mid, delivered_mid FROM inbox WHERE uid = ? AND peer = ?', peer, uid);
    return { readMid: Number(row?.['read_mid'] ?? 0), deliveredMid: Number(row?.['delivered_mid'] ?? 0) };
  }

  /** Every conversation of the user as this device has it, the oldest first; those it deleted are left out. */
  unread(uid: number, deviceSN: number): UnreadRow[] {
    const rows = this.#reader.all(
      `SELECT i.peer, i.log_id, i.read_mid, l.last_mid, coalesce(c.acked_mid, 0) AS acked,
         p.read_mid AS peer_read, p.delivered_mid AS peer_delivered
       ${cursorJoin} JOIN log l ON l.log_id = i.log_id LEFT JOIN inbox p ON p.uid = i.peer AND p.peer = i.uid
       WHERE i.uid = ?1 AND (i.peer = 0 OR l.last_message > max(i.hidden_mid, coalesce(c.hidden_mid, 0)))
       ORDER BY l.last_mid`,
      uid,
      deviceSN,
    );
    return rows.map((row) => this.#unreadRow(row));
  }

  #unreadRow(row: Row): UnreadRow {
    const isBehind = Number(row['last_mid']) > Number(row['acked']);
    return {
      peer: Number(row['peer']),
      behind: isBehind ? this.#countAfter(Number(row['log_id']), Number(row['acked'])) : 0,
      readMid: Number(row['read_mid']),
      peerReadMid: Number(row['peer_read'] ?? 0),
      peerDeliveredMid: Number(row['peer_delivered'] ?? 0),
    };
  }

  #countAfter(logId: number, mid: number): number {
    const sql = 'SELECT count(*) AS n FROM (SELECT 1 FROM entry WHERE log_id = ? AND mid > ? LIMIT 1000)';
    return Number(this.#reader.get(sql, logId, mid)?.['n']);
  }
}
