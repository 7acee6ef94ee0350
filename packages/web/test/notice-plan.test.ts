import { expect, test } from 'vitest';
import { planNotices } from '../src/app/notice/notice-plan.ts';

const message = (cid: number, mid: number) => ({ cid, mid: String(mid) });

test('each conversation has one line, with its newest message', () => {
  expect(planNotices([message(1, 10), message(2, 11), message(1, 12)], false)).toEqual([
    { kind: 'conversation', cid: 1, mid: '12', count: 2 },
    { kind: 'conversation', cid: 2, mid: '11', count: 1 },
  ]);
});

test('two hundred messages that were missed are one line', () => {
  const missed = Array.from({ length: 200 }, (_, i) => message(i % 7, i));
  expect(planNotices(missed, true)).toEqual([{ kind: 'summary', messages: 200, conversations: 7 }]);
});

test('what was missed of one conversation is one line too', () => {
  const missed = [message(1, 10), message(1, 11)];
  expect(planNotices(missed, true)).toEqual([{ kind: 'summary', messages: 2, conversations: 1 }]);
});

test('a single missed message is told of as itself', () => {
  expect(planNotices([message(1, 10)], true)).toEqual([{ kind: 'conversation', cid: 1, mid: '10', count: 1 }]);
});

test('four conversations at once are one line', () => {
  expect(
    planNotices(
      [1, 2, 3].map((cid) => message(cid, cid)),
      false,
    ),
  ).toHaveLength(3);
  expect(
    planNotices(
      [1, 2, 3, 4].map((cid) => message(cid, cid)),
      false,
    ),
  ).toEqual([{ kind: 'summary', messages: 4, conversations: 4 }]);
});

test('nothing to tell is no line', () => {
  expect(planNotices([], true)).toEqual([]);
});
