import { expect, test } from 'vitest';
import { unreadTotal } from '../src/conversation/unread-total.ts';

test('muted conversations do not count in the total', () => {
  expect(
    unreadTotal([
      { unread: 2, muted: false },
      { unread: 40, muted: true },
      { unread: 1, muted: false },
    ]),
  ).toBe(3);
  expect(unreadTotal([])).toBe(0);
});
