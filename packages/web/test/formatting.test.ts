import { describe, expect, test } from 'vitest';
import { type MarkName, wrap } from '../src/message/composer/formatting.ts';

/** The selection is what stands between the bars. */
function wrapped(marked: string, name: MarkName): string {
  const start = marked.indexOf('|');
  const end = marked.lastIndexOf('|') - 1;
  const text = marked.replaceAll('|', '');
  const { replaced, words, selected } = wrap(text, { start, end }, name);
  const now = text.slice(0, replaced.start) + words + text.slice(replaced.end);
  return `${now.slice(0, selected.start)}|${now.slice(selected.start, selected.end)}|${now.slice(selected.end)}`;
}

describe('a format', () => {
  test('is put around what is selected, which stays selected', () => {
    expect(wrapped('say |it| now', 'bold')).toBe('say **|it|** now');
    expect(wrapped('|it|', 'italic')).toBe('*|it|*');
    expect(wrapped('|it|', 'code')).toBe('`|it|`');
  });

  test('leaves spaces outside, where marks would do nothing', () => {
    expect(wrapped('say| it |now', 'bold')).toBe('say **|it|** now');
  });

  test('is begun where nothing is selected', () => {
    expect(wrapped('say ||', 'bold')).toBe('say **||**');
  });

  test('is taken away where it is already', () => {
    expect(wrapped('say **|it|** now', 'bold')).toBe('say |it| now');
    expect(wrapped('*|it|*', 'italic')).toBe('|it|');
  });

  test('joins another one', () => {
    expect(wrapped('**|it|**', 'italic')).toBe('***|it|***');
    expect(wrapped('***|it|***', 'italic')).toBe('**|it|**');
  });
});
