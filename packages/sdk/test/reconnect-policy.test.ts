import fc from 'fast-check';
import { expect, test } from 'vitest';
import { reconnectDelayMs } from '../src/connection/reconnect-policy.ts';

test('the waiting time is spread over half a second to a ceiling that doubles up to 30 seconds', () => {
  const ceilings = [0, 1, 2, 3, 4, 5, 50].map((attempt) => reconnectDelayMs(attempt, () => 1));
  expect(ceilings).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
  expect([0, 9].map((attempt) => reconnectDelayMs(attempt, () => 0))).toEqual([500, 500]);
});

test('it is never outside of 0.5 to 30 seconds', () => {
  fc.assert(
    fc.property(fc.nat(1000), fc.double({ min: 0, max: 1, noNaN: true }), (attempt, random) => {
      const delay = reconnectDelayMs(attempt, () => random);
      return delay >= 500 && delay <= 30_000;
    }),
  );
});
