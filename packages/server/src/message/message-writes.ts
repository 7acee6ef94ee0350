import { dropMessageFiles } from '../file/file-refs.ts';
import type { CommandTable } from '../store/commands.ts';
import type { Database, Row } from '../store/database.ts';
import { EntryState } from '../store/entry.ts';
import { editsOf, editWrites } from './edit-writes.ts';
import { readWrites } from './read-writes.ts';
import { groupOf, groupRefusal, hasBlocked, mayRead, pairRefusal, refused } from './refusals.ts';
import {
  append,
  messageIn,
  repeated,
  type SendResult,
  type SentMessage,
  type SentOperation,
  type SentToGroup,
} from './sent.ts';
import { systemWrites } from './system-writes.ts';

export const messageWrites = {
  'message.append'(db: Database, sent: SentMessage): SendResult {
    return repeated(db, sent) ?? pairRefusal(db, sent.entry, sent.friendsOnly) ?? append(db, sent);
  },

  'message.appendToGroup'(db: Database, sent: SentToGroup): SendResult {
    return repeated(db, sent) ?? groupRefusal(db, sent.appId, sent.entry) ?? append(db, sent);
  },

  'message.unread'(db: Database, sent: SentOperation): SendResult {
    const before = repeated(db, sent);
    if (before) return before;
    const { mid } = sent.operation;
    const { fromUid } = sent.entry;
    const target = readableMessage(db, sent);
    if (!target) return refused('messageNotFound');
    if (target['from_uid'] === fromUid) return refused('ownNeverUnread');
    db.run('INSERT OR IGNORE INTO unread_mark (uid, log_id, mid) VALUES (?, ?, ?)', fromUid, sent.peerLog, mid);
    return append(db, sent);
  },

  'message.delete'(db: Database, sent: SentOperation): SendResult {
    const before = repeated(db, sent);
    if (before) return before;
    if (!readableMessage(db, sent)) return refused('messageNotFound');
    const sql = 'INSERT OR IGNORE INTO deleted_entry (uid, mid) VALUES (?, ?)';
    db.run(sql, sent.entry.fromUid, sent.operation.mid);
    return append(db, sent);
  },

  /** Tells the sender that his recording was played. */
  'message.played'(db: Database, sent: SentOperation): SendResult {
    const before = repeated(db, sent);
    if (before) return before;
    const { mid } = sent.operation;
    const target = messageIn(db, sent.peerLog, mid);
    if (target?.['from_uid'] !== sent.peer) return refused('messageNotFound');
    const { fromUid, time } = sent.entry;
    return hasBlocked(db, fromUid, sent.peer) ? { outcome: 'repeated', mid, time } : append(db, sent);
  },

  /** Takes a message back: what it said, in its edits too, goes at once, also from the disk's live rows. */
  'message.recall'(db: Database, sent: SentOperation): SendResult {
    const before = repeated(db, sent);
    if (before) return before;
    const outsider = recallOutsider(db, sent);
    if (outsider) return outsider;
    const { mid } = sent.operation;
    const target = messageIn(db, sent.peerLog, mid);
    if (!target) return refused('messageNotFound');
    if (!mayRecall(db, sent, target)) return refused('recallForeign');
    if (Number(target['time']) < sent.notBefore) return refused('recallTooLate');
    empty(db, [mid, ...editsOf(db, mid)]);
    dropMessageFiles(db, mid);
    return append(db, sent);
  },

  ...systemWrites,
  ...readWrites,
  ...editWrites,
} satisfies CommandTable;

export { broadcastWrites } from './system-writes.ts';
export type MessageCommand = keyof typeof messageWrites;

function recallOutsider(db: Database, sent: SentOperation): SendResult | undefined {
  if (sent.where !== 'group') return undefined;
  // The app itself, uid 0, is in no group and may in all.
  const action = sent.entry.fromUid === 0 ? 'readInfo' : 'readMessages';
  const group = groupOf(db, sent.appId, sent.entry, sent.peer, action);
  return 'refused' in group ? refused(group.refused) : undefined;
}

function empty(db: Database, mids: readonly number[]): void {
  const sql = 'UPDATE entry SET state = ?, payload = ? WHERE mid = ?';
  for (const mid of mids) db.run(sql, EntryState.recalled, new Uint8Array(), mid);
}

function mayRecall(db: Database, sent: SentOperation, target: Row): boolean {
  const { fromUid } = sent.entry;
  if (fromUid === 0 || target['from_uid'] === fromUid) return true;
  return sent.where === 'group' && !('refused' in groupOf(db, sent.appId, sent.entry, sent.peer, 'recallAny'));
}

/** A message that the one who acts may still read, where it is one of a group. */
function readableMessage(db: Database, sent: SentOperation): Row | undefined {
  const { operation, peerLog, entry } = sent;
  if (sent.where === 'group' && !mayRead(db, peerLog, entry.fromUid, operation.mid)) return undefined;
  return messageIn(db, peerLog, operation.mid);
}
