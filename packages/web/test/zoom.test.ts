import { expect, test } from 'vitest';
import { fitted, kept, largestScale, swipe, wholeView, zoomed } from '../src/message/viewer/zoom.ts';

const stage = { width: 1000, height: 800 };

test('a picture is wholly seen, and a small one stays small', () => {
  expect(fitted({ width: 4000, height: 2000 }, stage)).toEqual({ width: 1000, height: 500 });
  expect(fitted({ width: 200, height: 100 }, stage)).toEqual({ width: 200, height: 100 });
});

test('what is under the pointer stays there when it grows and shrinks', () => {
  const at = { x: 120, y: -40 };
  const grown = zoomed({ scale: 1.5, x: 10, y: 20 }, 2, at);
  expect(grown.scale).toBe(3);
  // The same point of the picture, before and after.
  expect((at.x - grown.x) / 3).toBeCloseTo((at.x - 10) / 1.5);
  expect((at.y - grown.y) / 3).toBeCloseTo((at.y - 20) / 1.5);
});

test('it grows to a bound and never shrinks below the whole', () => {
  expect(zoomed(wholeView, 1000, { x: 0, y: 0 }).scale).toBe(largestScale);
  expect(zoomed({ scale: 3, x: 50, y: 50 }, 0, { x: 0, y: 0 }).scale).toBe(1);
});

test('it is moved to its edges and no further; what has room lies in the middle', () => {
  const picture = { width: 1000, height: 500 };
  expect(kept({ scale: 2, x: 9000, y: -9000 }, picture, stage)).toEqual({ scale: 2, x: 500, y: -100 });
  expect(kept({ scale: 1, x: 30, y: 30 }, picture, stage)).toEqual(wholeView);
});

test('a finger means the way it went farther', () => {
  expect([swipe(80, 10), swipe(-80, 10), swipe(10, 120), swipe(10, -120), swipe(20, 30)]).toEqual([
    'previous',
    'next',
    'close',
    null,
    null,
  ]);
});
