import { ContentType } from '@flooim/protocol';
import { readJson } from '../message/read-json.ts';
import type { StoredConversation, StoredMessage } from '../storage/storage.ts';

/**
 * What was read: a function of the messages, the read position and the marks. `unread` only spares counting, so nothing here
 * adds or subtracts.
 */

/** Whether somebody is to read it. Commands never count, of calls only their record does. */
export function counts(message: StoredMessage, uid: number): boolean {
  if (message.from === uid || message.ctype === ContentType.COMMAND) return false;
  return message.ctype !== ContentType.RTC || /"action"\s*:\s*"record"/.test(message.config);
}

/**
 * So many unread messages are known one by one, older ones by their number alone, so that a message costs the same however
 * many wait. What changes among those makes the number uncertain: it has to be counted anew, in the store.
 */
const listedUnread = 1000;

/** Of mentions only the newest are kept: one is enough to say that there are any. */
const listedMentions = 100;

/** Everything unread up to `mid` is not any more. */
export function dropUnread(row: StoredConversation, mid: number): void {
  if (row.unreadOlder) doubt(row);
  if (mid >= (row.unread[0] ?? 0)) row.unreadOlder = 0;
  row.unread = row.unread.filter((unread) => unread > mid);
  keepMentions(row, (mention) => mention > mid);
}

function doubt(row: StoredConversation): void {
  row.doubts = (row.doubts ?? 0) + 1;
}

function keepMentions(row: StoredConversation, isKept: (mid: number) => boolean): void {
  if (row.mentions) row.mentions = row.mentions.filter(isKept);
}

/** Whether its sender called this user by name, or everybody. */
export function mentions(message: StoredMessage, uid: number): boolean {
  if (!message.group || message.from === uid || !message.config.includes('"mention')) return false;
  const config = readJson(message.config);
  if (typeof config === 'string') return false;
  const { mentionAll, mentionList } = config;
  return mentionAll === true || (Array.isArray(mentionList) && mentionList.some((id) => Number(id) === uid));
}

/** True when the message is unread now. */
export function noteUnread(row: StoredConversation, message: StoredMessage, uid: number): boolean {
  if (message.mid <= row.readMid || !counts(message, uid)) return false;
  const isNewest = (row.unread.at(-1) ?? 0) < message.mid;
  if (!isNewest && row.unread.includes(message.mid)) return false;
  row.unread.push(message.mid);
  if (!isNewest) row.unread.sort((a, b) => a - b);
  if (row.unread.length > listedUnread) {
    row.unread.shift();
    row.unreadOlder = (row.unreadOlder ?? 0) + 1;
  }
  if (mentions(message, uid)) row.mentions = [...(row.mentions ?? []), message.mid].slice(-listedMentions);
  return true;
}

/**
 * Moves the read position and takes the marks away that are older than the entry `op` which says so (`op` 0: none). True
 * when the unread number changed.
 */
export function moveRead(row: StoredConversation, mid: number, op: number): boolean {
  const before = unreadCount(row);
  if (mid > row.readMid) dropUnread(row, mid);
  row.readMid = Math.max(row.readMid, mid);
  row.readOp = op === Infinity ? row.readOp : Math.max(row.readOp, op);
  for (const [marked, markOp] of Object.entries(row.marked)) {
    if (Number(marked) <= row.readMid && markOp < op) delete row.marked[Number(marked)];
  }
  return unreadCount(row) !== before;
}

/** A mark that the server has not placed in the log yet: later than every entry. */
export const pendingMark = Number.MAX_SAFE_INTEGER;

/** The mark got its place; a reading after that place took it away. True when the number changed. */
export function confirmMark(row: StoredConversation, mid: number, op: number): boolean {
  if (row.marked[mid] === undefined) return false;
  if (op < row.readOp) return dropMark(row, mid);
  row.marked[mid] = op;
  return false;
}

/** True when the number changed. */
export function dropMark(row: StoredConversation, mid: number): boolean {
  const before = unreadCount(row);
  delete row.marked[mid];
  return unreadCount(row) !== before;
}

/** Marks a message that was read, by the latest mark; one older than the last read says nothing. True when the number changed. */
export function markUnread(row: StoredConversation, mid: number, op: number): boolean {
  if (op < row.readOp) return false;
  const before = unreadCount(row);
  row.marked[mid] = Math.max(op, row.marked[mid] ?? 0);
  return unreadCount(row) !== before;
}

/** The message is gone. True when it was unread. */
export function forgetUnread(row: StoredConversation, mid: number): boolean {
  const before = unreadCount(row);
  if (row.unreadOlder && mid > row.readMid && mid < (row.unread[0] ?? Infinity)) doubt(row);
  row.unread = row.unread.filter((unread) => unread !== mid);
  keepMentions(row, (mention) => mention !== mid);
  delete row.marked[mid];
  return unreadCount(row) !== before;
}

export function unreadCount(row: StoredConversation): number {
  return (
    (row.unreadOlder ?? 0) +
    row.unread.length +
    Object.keys(row.marked).filter((mid) => Number(mid) <= row.readMid).length
  );
}

export function isRead(row: StoredConversation, mid: number): boolean {
  return mid <= row.readMid && row.marked[mid] === undefined;
}
