import { expect, test } from 'vitest';
import { meansFiles } from '../src/transfer/given-files.ts';

test('pasting means the file, unless words are beside a picture of them', () => {
  expect(meansFiles(['Files'])).toBe(true);
  // A picture of a web page, and a file of a file manager.
  expect(meansFiles(['text/html', 'Files'])).toBe(true);
  expect(meansFiles(['text/plain', 'Files'])).toBe(true);
  // Cells of a table.
  expect(meansFiles(['text/plain', 'text/html', 'text/rtf', 'Files'])).toBe(false);
  expect(meansFiles(['text/plain'])).toBe(false);
});
