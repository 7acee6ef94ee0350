import { expect, test } from 'vitest';
import { loginCodePath } from '../src/session/login-code-path.ts';

test('the address of a login code leads to the page that confirms it', () => {
  expect(loginCodePath('#/login-code/aB3_-x')).toBe('/login-code/aB3_-x');
});

test.each([
  '',
  '#/login-code/',
  '#/login-code/a/b',
  '#/login-code/..%2f..',
  '#/login-code/a?to=//elsewhere.example',
  '#/settings',
  `#/login-code/${'a'.repeat(129)}`,
])('“%s” is no such address', (hash) => {
  expect(loginCodePath(hash)).toBeNull();
});
