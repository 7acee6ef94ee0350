import { expect, test } from 'vitest';
import { pictureOf, refusalOf, refusalOfPixels } from '../src/user/picture-file.ts';

const megabyte = 1024 * 1024;
const file = (name: string, type: string): File => new File(['x'], name, { type });

test.each([
  ['a photo', { type: 'image/jpeg', size: 5 * megabyte }, null],
  ['what the system has no type for', { type: '', size: 10 }, null],
  ['words', { type: 'text/plain', size: 10 }, 'avatar.notPicture'],
  ['a drawing that can hold scripts', { type: 'image/svg+xml', size: 10 }, 'avatar.notPicture'],
  ['nothing', { type: 'image/png', size: 0 }, 'error.fileEmpty'],
  ['far too much', { type: 'image/png', size: 41 * megabyte }, 'avatar.tooLarge'],
])('%s as an avatar', (_what, given, refusal) => {
  expect(refusalOf(given)).toBe(refusal);
});

test('a picture that no screen can hold is refused, and one without pixels', () => {
  expect(refusalOfPixels({ width: 4000, height: 3000 })).toBeNull();
  expect(refusalOfPixels({ width: 30_000, height: 30_000 })).toBe('avatar.tooLarge');
  expect(refusalOfPixels({ width: 0, height: 0 })).toBe('avatar.undecodable');
});

test('of several files the picture is meant', () => {
  const [words, picture] = [file('a.txt', 'text/plain'), file('b.png', 'image/png')];
  expect(pictureOf([words, picture])).toBe(picture);
  expect(pictureOf([words])).toBe(words);
  expect(pictureOf([])).toBeUndefined();
});
