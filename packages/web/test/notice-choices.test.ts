import { expect, test } from 'vitest';
import { choicesOf, isQuietAt, keptOf } from '../src/user/notice-choices.ts';

const at = (hour: number, minute = 0) => new Date(2026, 4, 6, hour, minute);
const fresh = {
  no_push: false,
  no_push_detail: false,
  no_sounds: false,
  vibratory: false,
  no_push_start_hour: 0,
  no_push_end_hour: 0,
};

test('a new account is told of everything, with sound, at every hour', () => {
  const choices = choicesOf(fresh);
  expect(choices).toMatchObject({ enabled: true, details: true, sound: true, vibrate: false });
  expect([0, 3, 12, 23].some((hour) => isQuietAt(choices, at(hour)))).toBe(false);
});

test('what is chosen comes back as it was', () => {
  const choices = { enabled: false, details: false, sound: true, vibrate: true, quietFrom: 22, quietTo: 7 };
  expect(choicesOf(keptOf(choices))).toEqual(choices);
  expect(keptOf(choicesOf(fresh))).toEqual(fresh);
});

test.each([
  ['before it begins', 12, 59, false],
  ['as it begins', 13, 0, true],
  ['in its last minute', 14, 59, true],
  ['as it ends', 15, 0, false],
])('a quiet time by day, %s', (_, hour, minute, quiet) => {
  expect(isQuietAt({ quietFrom: 13, quietTo: 15 }, at(hour, minute))).toBe(quiet);
});

test.each([
  ['before it begins', 21, 59, false],
  ['as it begins', 22, 0, true],
  ['at midnight', 0, 0, true],
  ['in its last minute', 6, 59, true],
  ['as it ends', 7, 0, false],
])('a quiet time over midnight, %s', (_, hour, minute, quiet) => {
  expect(isQuietAt({ quietFrom: 22, quietTo: 7 }, at(hour, minute))).toBe(quiet);
});

test('a quiet time that ends at midnight ends there', () => {
  expect(isQuietAt({ quietFrom: 20, quietTo: 0 }, at(23, 59))).toBe(true);
  expect(isQuietAt({ quietFrom: 20, quietTo: 0 }, at(0))).toBe(false);
});

test('the same hour twice is no quiet time', () => {
  expect([5, 22].map((hour) => isQuietAt({ quietFrom: 22, quietTo: 22 }, at(hour)))).toEqual([false, false]);
});
