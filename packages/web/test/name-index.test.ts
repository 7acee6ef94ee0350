import { expect, test } from 'vitest';
import { indexByName, indexLetter } from '../src/roster/name-index.ts';

test.each([
  ['anna', 'A'],
  ['Émile', 'E'],
  ['王小明', 'W'],
  ['李雷', 'L'],
  ['张三', 'Z'],
  ['欧阳', 'O'],
  ['42', '#'],
  ['😀', '#'],
  ['', '#'],
])('%s stands under %s', (name, letter) => {
  expect(indexLetter(name)).toBe(letter);
});

test('sections are in order, # last, names sorted within', () => {
  const sections = indexByName(['zoe', '7up', '王五', 'bo', 'Anna', '安'], (name) => name);
  expect(sections.map((section) => section.letter)).toEqual(['A', 'B', 'W', 'Z', '#']);
  expect(sections[0]?.items).toHaveLength(2);
});
