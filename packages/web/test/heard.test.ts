import { describe, expect, test } from 'vitest';
import { isHeard, markHeard, withHeard } from '../src/message/voice/heard.ts';

const self = 10001;
const later = performance.timeOrigin + 60_000;

describe('a voice message', () => {
  test('that was there before the first visit counts as heard', () => {
    expect(isHeard(self, '5', performance.timeOrigin - 1)).toBe(true);
  });

  test('that came since is heard once it was played, by this user', () => {
    expect(isHeard(self, '9', later)).toBe(false);
    markHeard(self, '9', later);
    markHeard(self, '9', later);
    expect(isHeard(self, '9', later)).toBe(true);
    expect(isHeard(10002, '9', later)).toBe(false);
  });

  test('that is too old to be listed stays heard', () => {
    let heard = withHeard({ since: 0, played: [] }, 'a', 100, 2);
    heard = withHeard(heard, 'c', 300, 2);
    heard = withHeard(heard, 'b', 200, 2);
    expect(heard.played).toEqual([
      ['b', 200],
      ['c', 300],
    ]);
    expect(heard.since).toBe(101);
  });
});
