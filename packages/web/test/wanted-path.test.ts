import { expect, test } from 'vitest';
import { wantedPath } from '../src/session/wanted-path.ts';

test.each(['/', '/c/7', '/g/8/info?message=9#there', '/join/4711'])('%s is where it goes on', (to) => {
  expect(wantedPath({ to })).toBe(to);
});

test.each([
  undefined,
  null,
  '',
  'c/7',
  '//elsewhere.example',
  '/\\elsewhere.example',
  'https://elsewhere.example',
  'javascript:alert(1)',
  ['/c/7', '/c/8'],
])('%j leads to the beginning', (to) => {
  expect(wantedPath(to === undefined ? {} : { to })).toBe('/');
});
