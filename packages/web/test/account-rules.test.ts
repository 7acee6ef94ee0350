import { describe, expect, test } from 'vitest';
import { checkPassword, usernameFlaw } from '../src/session/account-rules.ts';

describe('a username', () => {
  test.each(['anna', 'anna_2', '小明', 'a1', '王小明_88'])('%s is accepted', (name) => {
    expect(usernameFlaw(name)).toBeNull();
  });

  test.each([
    ['', 'empty'],
    ['12345', 'digitsOnly'],
    ['anna lee', 'characters'],
    ['anna-lee', 'characters'],
    ['anna😀', 'characters'],
    ['mta_bot', 'reserved'],
    ['MaximTop', 'reserved'],
    ['a'.repeat(65), 'tooLong'],
  ])('%s is refused: %s', (name, flaw) => {
    expect(usernameFlaw(name)).toBe(flaw);
  });
});

test('a password needs eight characters of two kinds', () => {
  expect(checkPassword('short1')).toEqual({ longEnough: false, mixed: true });
  expect(checkPassword('onlyletters')).toEqual({ longEnough: true, mixed: false });
  expect(checkPassword('letters-and')).toEqual({ longEnough: true, mixed: true });
  expect(checkPassword('密码密码密码12')).toEqual({ longEnough: true, mixed: true });
});
