import { decodeMessageBody, type MessageOperation, Namespace, OperationType } from '@flooim/protocol';
import type { CommandTable } from '../store/commands.ts';
import type { Database, Row } from '../store/database.ts';
import { type Appended, appendEntry, EntryKind, EntryState, type NewEntry } from '../store/entry.ts';
import { operationPayload } from './message-content.ts';
import { groupOf, hasBlocked, isBlockedEitherWay, mayRead, refused } from './refusals.ts';
import { type AppendedResult, append, messageIn, repeated, type SendResult, type SentOperation } from './sent.ts';

/** Of what is read at once in a group, the senders of so many entries hear, the newest ones. */
const receiptsLookBack = 1000;

export const readWrites = {
  /** Moves the read position and tells both users; an earlier such entry goes. */
  'message.read'(db: Database, sent: SentOperation): SendResult {
    const { entry, peer } = sent;
    const before = repeated(db, sent);
    if (before) return before;
    // Where one has blocked the other, reading is a word to oneself. Who tries again has it.
    if (isBlockedEitherWay(db, entry.fromUid, peer)) return refused('busy');
    const inbox = inboxOf(db, entry.fromUid, peer);
    const told = inboxOf(db, peer, entry.fromUid);
    const last = lastOf(db, entry.logId);
    if (last === 0) return refused('messageNotFound');
    const mid = Math.max(Math.min(sent.operation.mid, last), Number(inbox['read_mid']));
    const since = Math.min(Number(inbox['read_mid']), Number(told['peer_read_mid']), beforeMarks(db, sent));
    const marks = forgetMarks(db, entry.fromUid, entry.logId, mid);
    if (mid === told['peer_read_mid'] && marks === 0) return unchanged(inbox['read_entry'], last, entry.time);
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
    tellPosition(db, peer, entry.fromUid, mid);
    return { ...result, since };
  },

  /** A word to the user's own devices that he has read up to `mid`. */
  'message.readAll'(db: Database, sent: SentOperation): SendResult {
    const { entry, peer, where } = sent;
    const before = repeated(db, sent);
    if (before) return before;
    const inbox = inboxOf(db, entry.fromUid, peer);
    const result = readOwn(db, sent, inbox);
    if (where === 'pair' && !isBlockedEitherWay(db, entry.fromUid, peer)) {
      tellPosition(db, peer, entry.fromUid, result.readMid);
    }
    return result.appended;
  },

  /** Reading in a group: the user's own devices hear of it, and where the group wants receipts, the senders. */
  'message.readGroup'(db: Database, sent: SentOperation): SendResult {
    const { entry, appId, peer } = sent;
    const before = repeated(db, sent);
    if (before) return before;
    const group = groupOf(db, appId, entry, peer, 'readMessages');
    if ('refused' in group) return refused(group.refused);
    const inbox = inboxOf(db, entry.fromUid, peer);
    const wasRead = Number(inbox['read_mid']);
    const isNews = Math.min(sent.operation.mid, lastOf(db, peer)) > wasRead || hasMarks(db, sent, inbox);
    if (!isNews && inbox['read_all_entry'] !== 0) return unchanged(inbox['read_all_entry'], 0, entry.time);
    const { appended, readMid } = readOwn(db, sent, inbox);
    if (group.row['read_ack'] === 0) return appended;
    return { ...appended, also: tellSenders(db, sent, wasRead, readMid) };
  },

  /**
   * A deployed client's word to the sender of one message in a group, to whom the entry goes. Some of those clients say
   * nothing else, so the reader's own devices hear from it too how far he is.
   */
  'message.readOne'(db: Database, sent: SentOperation): SendResult {
    const { entry, peer: gid, operation } = sent;
    const before = repeated(db, sent);
    if (before) return before;
    const isReadable = isMember(db, gid, entry.fromUid) && mayRead(db, gid, entry.fromUid, operation.mid);
    const target = isReadable ? messageIn(db, gid, operation.mid) : undefined;
    if (target?.['from_uid'] !== entry.toUid) return refused('messageNotFound');
    const former = receiptOf(db, gid, entry);
    const isTold = former !== undefined && former.mid >= operation.mid;
    const mayHear = isMember(db, gid, entry.toUid) && !hasBlocked(db, entry.fromUid, entry.toUid);
    if (isTold || !mayHear) return { ...unchanged(operation.mid, 0, entry.time), also: tellOneself(db, sent) };
    const appended = append(db, sent);
    keepReceipt(db, gid, entry, { operation, placed: appended.placed.mid, former: former?.entry });
    return { ...appended, also: tellOneself(db, sent), since: former?.mid ?? 0 };
  },
} satisfies CommandTable;

/** The position is told as it was taken, never as it was asked; the entry that told of the former one goes. */
function readOwn(db: Database, sent: SentOperation, inbox: Row): { appended: AppendedResult; readMid: number } {
  const { fromUid } = sent.entry;
  const end = Math.min(sent.operation.mid, endOf(db, sent));
  const readMid = Math.max(end, Number(inbox['read_mid']));
  const since = Math.min(Number(inbox['read_mid']), beforeMarks(db, sent));
  forgetMarks(db, fromUid, sent.peerLog, readMid);
  const appended = appendRead(db, sent, readMid);
  db.run('DELETE FROM entry WHERE mid = ?', inbox['read_all_entry'] as number);
  db.run(
    'UPDATE inbox SET read_all_entry = ?, read_mid = ? WHERE uid = ? AND peer = ?',
    appended.placed.mid,
    readMid,
    fromUid,
    sent.peer,
  );
  return { appended: { ...appended, since }, readMid };
}

/** The last entry that the user can have read. */
function endOf(db: Database, { peer, peerLog, where, entry }: SentOperation): number {
  const last = lastOf(db, peerLog);
  if (where !== 'group') return last;
  const sql = 'SELECT max(until_mid) AS mid FROM group_span WHERE gid = ? AND uid = ? AND kind = 0';
  return Math.min(last, Number(db.get(sql, peer, entry.fromUid)?.['mid'] ?? 0));
}

function appendRead(db: Database, sent: SentOperation, mid: number): AppendedResult {
  if (mid === sent.operation.mid) return append(db, sent);
  const payload = new Uint8Array(operationPayload({ ...sent.operation, mid }));
  return { ...append(db, { ...sent, entry: { ...sent.entry, payload } }), payload };
}

/**
 * The newest message of each sender that the reader can see and had not read before, told to him; not to who has left or is
 * blocked.
 */
function tellSenders(db: Database, sent: SentOperation, after: number, upTo: number): Appended[] {
  const { peer: gid, entry } = sent;
  const rows = db.all(
    `SELECT e.from_uid AS sender, max(e.mid) AS mid FROM
       (SELECT mid, from_uid, kind, state FROM entry WHERE log_id = ?1 AND mid > ?2 AND mid <= ?3
        ORDER BY mid DESC LIMIT ${receiptsLookBack}) e
     JOIN group_member m ON m.gid = ?1 AND m.uid = e.from_uid
     WHERE e.kind = ${EntryKind.message} AND e.state = ${EntryState.normal} AND e.from_uid <> ?4
       AND NOT EXISTS (SELECT 1 FROM block b WHERE b.uid = ?4 AND b.peer = e.from_uid)
       AND ((SELECT history_visible FROM group_info WHERE gid = ?1) = 1 OR EXISTS (SELECT 1 FROM group_span s
         WHERE s.gid = ?1 AND s.uid = ?4 AND s.kind = 0 AND e.mid BETWEEN s.from_mid AND s.until_mid))
     GROUP BY e.from_uid`,
    gid,
    after,
    upTo,
    entry.fromUid,
  );
  return rows.flatMap((row) => tellSender(db, sent, { sender: Number(row['sender']), mid: Number(row['mid']), after }));
}

/** Nothing where he was told of a later one: version 1 devices tell of single messages. */
function tellSender(
  db: Database,
  { peer: gid, entry: read }: SentOperation,
  { sender, mid, after }: { sender: number; mid: number; after: number },
): Appended[] {
  const operation = { type: OperationType.READ_ACK, mid, xid: { uid: gid, deviceSN: 0 } };
  const entry: NewEntry = {
    logId: sender,
    kind: EntryKind.operation,
    fromUid: read.fromUid,
    fromDevice: read.fromDevice,
    toUid: sender,
    clientMid: null,
    ns: Namespace.MESSAGE,
    time: read.time,
    payload: new Uint8Array(operationPayload(operation)),
  };
  const former = receiptOf(db, gid, entry);
  if (former && former.mid >= mid) return [];
  const placed = appendEntry(db, entry);
  keepReceipt(db, gid, entry, { operation, placed: placed.mid, former: former?.entry });
  return [{ entry, placed, since: Math.max(after, former?.mid ?? 0) }];
}

/** The reader of one message of a group has read all up to it, as his own devices hear. */
function tellOneself(db: Database, sent: SentOperation): Appended[] {
  const { entry, peer: gid, operation } = sent;
  const inbox = inboxOf(db, entry.fromUid, gid);
  if (operation.mid <= Number(inbox['read_mid']) && !hasMarks(db, sent, inbox)) return [];
  const readAll = { type: OperationType.READ_ALL, mid: operation.mid, xid: { uid: gid, deviceSN: 0 } };
  const own: NewEntry = {
    ...entry,
    logId: entry.fromUid,
    toUid: entry.fromUid,
    clientMid: null,
    payload: new Uint8Array(operationPayload(readAll)),
  };
  const { appended } = readOwn(db, { ...sent, entry: own, operation: readAll }, inbox);
  return [
    { entry: { ...own, payload: appended.payload ?? own.payload }, placed: appended.placed, since: appended.since },
  ];
}

/** What the reader has told this sender of the group last. */
function receiptOf(
  db: Database,
  gid: number,
  { fromUid, toUid }: NewEntry,
): { entry: number; mid: number } | undefined {
  const row = db.get(
    `SELECT e.mid, e.payload FROM group_receipt r JOIN entry e ON e.mid = r.entry
     WHERE r.gid = ? AND r.reader = ? AND r.sender = ?`,
    gid,
    fromUid,
    toUid,
  );
  const operation = row && decodeMessageBody(row['payload'] as Uint8Array).operation;
  return row && { entry: Number(row['mid']), mid: operation?.mid ?? 0 };
}

function keepReceipt(
  db: Database,
  gid: number,
  { fromUid, toUid }: NewEntry,
  told: { operation: MessageOperation; placed: number; former?: number },
): void {
  const sql = 'INSERT OR REPLACE INTO group_receipt (gid, reader, sender, entry) VALUES (?, ?, ?, ?)';
  db.run(sql, gid, fromUid, toUid, told.placed);
  if (told.former !== undefined) db.run('DELETE FROM entry WHERE mid = ?', told.former);
  tellPosition(db, toUid, gid, told.operation.mid);
}

/** How far it was read of a conversation, as this user may know. */
function tellPosition(db: Database, uid: number, peer: number, mid: number): void {
  db.run('UPDATE inbox SET peer_read_mid = max(peer_read_mid, ?) WHERE uid = ? AND peer = ?', mid, uid, peer);
}

function unchanged(mid: unknown, last: number, time: number): SendResult & { outcome: 'repeated' } {
  return { outcome: 'repeated', mid: Number(mid) || last, time };
}

function lastOf(db: Database, logId: number): number {
  return Number(db.get('SELECT last_mid FROM log WHERE log_id = ?', logId)?.['last_mid']);
}

function inboxOf(db: Database, uid: number, peer: number): Row {
  const row = db.get('SELECT * FROM inbox WHERE uid = ? AND peer = ?', uid, peer);
  if (!row) throw new Error(`no inbox of ${uid} for ${peer}`);
  return row;
}

function isMember(db: Database, gid: number, uid: number): boolean {
  return db.get('SELECT 1 FROM group_member WHERE gid = ? AND uid = ?', gid, uid) !== undefined;
}

function hasMarks(db: Database, { entry, peerLog, operation }: SentOperation, { read_mid: readMid }: Row): boolean {
  const mid = Math.max(operation.mid, Number(readMid));
  const sql = 'SELECT 1 FROM unread_mark WHERE uid = ? AND log_id = ? AND mid <= ?';
  return db.get(sql, entry.fromUid, peerLog, mid) !== undefined;
}

/** What comes before all that the user has marked unread. */
function beforeMarks(db: Database, { entry, peerLog }: SentOperation): number {
  const sql = 'SELECT min(mid) AS mid FROM unread_mark WHERE uid = ? AND log_id = ?';
  const first = db.get(sql, entry.fromUid, peerLog)?.['mid'];
  return first == null ? Number.MAX_SAFE_INTEGER : Number(first) - 1;
}

function forgetMarks(db: Database, uid: number, logId: number, mid: number): number {
  return db.run('DELETE FROM unread_mark WHERE uid = ? AND log_id = ? AND mid <= ?', uid, logId, mid);
}
