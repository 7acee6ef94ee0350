import { ContentType } from '@flooim/protocol';
import type { StoredConversation, StoredMessage } from '../storage/storage.ts';

/**
 * What was read: a function of the messages, the read position and the marks. `unread` only spares counting, so nothing here
 * adds or subtracts.
 */

/** Commands never count, of calls only their record does. */
function counts(message: StoredMessage, uid: number): boolean {
  if (message.from === uid || message.ctype === ContentType.COMMAND) return false;
  return message.ctype !== ContentType.RTC || /"action"\s*:\s*"record"/.test(message.config);
}

/** True when the message is unread now. */
export function noteUnread(row: StoredConversation, message: StoredMessage, uid: number): boolean {
  if (message.mid <= row.readMid || !counts(message, uid) || row.unread.includes(message.mid)) return false;
  row.unread.push(message.mid);
  if ((row.unread.at(-2) ?? 0) > message.mid) row.unread.sort((a, b) => a - b);
  return true;
}

/**
 * Moves the read position and takes the marks away that are older than the entry `op` which says so (`op` 0: none). True
 * when the unread number changed.
 */
export function moveRead(row: StoredConversation, mid: number, op: number): boolean {
  const before = unreadCount(row);
  row.readMid = Math.max(row.readMid, mid);
  row.readOp = op === Infinity ? row.readOp : Math.max(row.readOp, op);
  row.unread = row.unread.filter((unread) => unread > row.readMid);
  for (const [marked, markOp] of Object.entries(row.marked)) {
    if (Number(marked) <= row.readMid && markOp < op) delete row.marked[Number(marked)];
  }
  return unreadCount(row) !== before;
}

/** Marks a message that was read; a mark older than the last read says nothing. True when the number changed. */
export function markUnread(row: StoredConversation, mid: number, op: number): boolean {
  if (op < row.readOp) return false;
  const before = unreadCount(row);
  row.marked[mid] = op;
  return unreadCount(row) !== before;
}

/** The message is gone. True when it was unread. */
export function forgetUnread(row: StoredConversation, mid: number): boolean {
  const before = unreadCount(row);
  row.unread = row.unread.filter((unread) => unread !== mid);
  delete row.marked[mid];
  return unreadCount(row) !== before;
}

export function unreadCount(row: StoredConversation): number {
  return row.unread.length + Object.keys(row.marked).filter((mid) => Number(mid) <= row.readMid).length;
}

export function isRead(row: StoredConversation, mid: number): boolean {
  return mid <= row.readMid && row.marked[mid] === undefined;
}
