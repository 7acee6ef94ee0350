import {
  ContentType,
  type ErrorName,
  encodeMessageBody,
  MessageType,
  Namespace,
  OperationType,
  systemConversation,
} from '@flooim/protocol';
import { SpanKind } from '../group/group-state.ts';
import type { CommandTable } from '../store/commands.ts';
import type { Database } from '../store/database.ts';
import {
  type Appended,
  addToInbox,
  appendEntry,
  createLog,
  EntryKind,
  hideConversation,
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

export interface HideArgs {
  uid: number;
  /** 0: no device in particular. */
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

/** When a value, ?3, is another one than the user keeps about a conversation already. Times are ms; 0 and '' are none. */
const isNews = {
  pinned_at: '(pinned_at > 0) <> (?3 > 0)',
  touched_at: 'touched_at < ?3',
  draft: 'draft <> ?3',
} as const;

/** What a user keeps about a conversation, for all his devices. */
export interface KeepArgs {
  uid: number;
  peer: number;
  what: keyof typeof isNews;
  value: number | string;
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
      const isPair = move.peer !== systemConversation && move.peer !== move.logId;
      return isPair ? tellDelivered(db, move, time) : [];
    });
  },

  /** Hides the conversation up to `mid`: on this device, or for the user everywhere, who then keeps nothing about it. */
  'conversation.hide'(db: Database, args: HideArgs): HideResult {
    const { uid, deviceSN, peer, everywhere, entry } = args;
    const sent = entry && findSent(db, entry);
    if (sent) return { placed: { mid: sent, prevMid: sent }, isNew: false };
    const last = endOf(db, args);
    const hidden = args.mid > 0 ? Math.min(args.mid, last) : last;
    if (everywhere) hideConversation(db, uid, peer, hidden);
    if (deviceSN > 0) hideOnDevice(db, args, hidden);
    if (!entry) return { placed: { mid: hidden, prevMid: hidden }, isNew: false };
    return { placed: appendEntry(db, entry), isNew: true };
  },

  /** Whether it was otherwise before. Who is not in a group any more keeps nothing new about it. */
  'conversation.keep'(db: Database, keep: KeepArgs): { refused: ErrorName } | { changed: boolean } {
    const { uid, peer, what, value } = keep;
    const inbox = db.get('SELECT log_id FROM inbox WHERE uid = ? AND peer = ?', uid, peer);
    if (!inbox) return { refused: 'conversationNotFound' };
    const isGroup = inbox['log_id'] === peer;
    if (value && isGroup && !isMember(db, peer, uid)) return { refused: 'memberRequired' };
    const sql = `UPDATE inbox SET ${what} = ?3 WHERE uid = ?1 AND peer = ?2 AND ${isNews[what]}`;
    return { changed: db.run(sql, uid, peer, value) > 0 };
  },
} satisfies CommandTable;

function isMember(db: Database, gid: number, uid: number): boolean {
  return db.get('SELECT 1 FROM group_member WHERE gid = ? AND uid = ?', gid, uid) !== undefined;
}

/** The last entry that is the user's: of a group's log, not what follows when he is gone. */
function endOf(db: Database, { uid, logId }: HideArgs): number {
  const row = db.get(
    `SELECT min(last_mid, coalesce((SELECT max(until_mid) FROM group_span
       WHERE gid = ?1 AND uid = ?2 AND kind = ${SpanKind.member}), last_mid)) AS mid
     FROM log WHERE log_id = ?1`,
    logId,
    uid,
  );
  return Number(row?.['mid']);
}

/** Deployed clients use their client mids again: what is the same has the same payload. */
function findSent(db: Database, { fromUid, fromDevice, clientMid, ns, payload }: NewEntry): number {
  if (clientMid === null) return 0;
  const sql = `SELECT max(mid) AS mid FROM entry
    WHERE from_uid = ? AND from_device = ? AND client_mid = ? AND ns = ? AND payload = ?`;
  return Number(db.get(sql, fromUid, fromDevice, clientMid, ns, payload)?.['mid'] ?? 0);
}

function hideOnDevice(db: Database, { uid, deviceSN, logId }: HideArgs, hidden: number): void {
  db.run(
    `INSERT INTO cursor (uid, device_sn, log_id, acked_mid, hidden_mid) VALUES (?1, ?2, ?3, ?4, ?4)
     ON CONFLICT DO UPDATE SET hidden_mid = max(hidden_mid, ?4), acked_mid = max(acked_mid, ?4)`,
    uid,
    deviceSN,
    logId,
    hidden,
  );
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
  // Whom somebody has blocked, he tells nothing.
  if (db.get('SELECT 1 FROM block WHERE uid = ? AND peer = ?', uid, peer)) return [];
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
  return [{ entry, placed, since: Number(inbox['delivered_mid']) }];
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
    // Its own memory: it leaves the writer's thread.
    payload: new Uint8Array(payload),
  };
}
