import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Conversations } from '../src/conversation/conversations.ts';
import {
  confirmMark,
  forgetUnread,
  isRead,
  markUnread,
  moveRead,
  noteUnread,
  pendingMark,
  unreadCount,
} from '../src/conversation/read-state.ts';
import type { StoredMessage } from '../src/storage/storage.ts';

const me = 1;
const message = (mid: number, from = 2, ctype = 0, config = ''): StoredMessage => ({
  cid: 2,
  mid,
  from,
  to: 3 - from,
  ctype,
  content: '',
  ext: '',
  config,
  attach: '',
  timestamp: 0,
  status: 0,
});
const row = () => new Conversations([]).ensure(2);

test('own messages, commands and call signals never count, the record of a call does', () => {
  const conversation = row();
  noteUnread(conversation, message(1, me), me);
  noteUnread(conversation, message(2, 2, 6), me);
  noteUnread(conversation, message(3, 2, 8, '{"action":"call"}'), me);
  expect(unreadCount(conversation)).toBe(0);
  noteUnread(conversation, message(4, 2, 8, '{"action":"record"}'), me);
  expect(unreadCount(conversation)).toBe(1);
});

test('a mark holds until a later reading, and one that is older than the last reading says nothing', () => {
  const conversation = row();
  noteUnread(conversation, message(5), me);
  moveRead(conversation, 5, 6);
  expect(markUnread(conversation, 5, 4)).toBe(false);
  expect(markUnread(conversation, 5, 7)).toBe(true);
  expect([unreadCount(conversation), isRead(conversation, 5)]).toEqual([1, false]);
  moveRead(conversation, 5, 6);
  expect(unreadCount(conversation)).toBe(1);
  moveRead(conversation, 5, 8);
  expect([unreadCount(conversation), isRead(conversation, 5)]).toEqual([0, true]);
});

test('a mark of this device that has no place yet outlives one of another device, and the reading that took that away', () => {
  const conversation = row();
  noteUnread(conversation, message(5), me);
  moveRead(conversation, 5, 6);
  markUnread(conversation, 5, pendingMark);
  expect(markUnread(conversation, 5, 7)).toBe(false);
  moveRead(conversation, 5, 8);
  confirmMark(conversation, 5, 9);
  expect(unreadCount(conversation)).toBe(1);
});

test('many unread messages are counted, and not all of them kept one by one', () => {
  const conversation = row();
  for (let mid = 1; mid <= 2500; mid++) noteUnread(conversation, message(mid), me);
  expect([unreadCount(conversation), conversation.unread.length]).toEqual([2500, 1000]);
  moveRead(conversation, 2400, 2400);
  expect(unreadCount(conversation)).toBe(100);
});

test('the unread number is a function of messages and position, in whatever order they come', () => {
  const step = fc.oneof(
    fc.record({
      kind: fc.constant('message' as const),
      mid: fc.integer({ min: 1, max: 30 }),
      from: fc.constantFrom(1, 2),
    }),
    fc.record({ kind: fc.constant('read' as const), mid: fc.integer({ min: 1, max: 30 }) }),
    fc.record({ kind: fc.constant('gone' as const), mid: fc.integer({ min: 1, max: 30 }) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const conversation = row();
      const messages = new Map<number, number>();
      let position = 0;
      for (const { kind, mid, ...rest } of steps) {
        if (kind === 'message' && !messages.has(mid)) {
          const from = (rest as { from: number }).from;
          messages.set(mid, from);
          noteUnread(conversation, message(mid, from), me);
        } else if (kind === 'read') {
          position = Math.max(position, mid);
          moveRead(conversation, mid, mid);
        } else if (kind === 'gone') {
          messages.delete(mid);
          forgetUnread(conversation, mid);
        }
      }
      const expected = [...messages].filter(([mid, from]) => from !== me && mid > position).length;
      expect(unreadCount(conversation)).toBe(expected);
    }),
  );
});
