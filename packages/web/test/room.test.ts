import { expect, test } from 'vitest';
import { roomAfter } from '../src/message/composer/room.ts';

test('nothing is said of room while there is plenty', () => {
  expect(roomAfter('a'.repeat(13_000))).toBeNull();
  expect(roomAfter('好'.repeat(4300))).toBeNull();
});

test('room is told in characters, not in bytes', () => {
  expect(roomAfter('a'.repeat(16_000))).toEqual({ tooLong: false, chars: 380 });
  expect(roomAfter('好'.repeat(5400))).toEqual({ tooLong: false, chars: 61 });
});

test('what is over is told too, and one byte is at least a character', () => {
  expect(roomAfter('a'.repeat(16 * 1024))).toEqual({ tooLong: false, chars: 0 });
  expect(roomAfter(`${'好'.repeat(5461)}ab`)).toEqual({ tooLong: true, chars: 1 });
});
