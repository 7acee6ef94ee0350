import type { Span } from './formatting.ts';

/**
 * Puts words in the place of a part of the field's text, and the caret behind them. By the browser's own command, if the field
 * has the focus: what it inserts, Ctrl+Z takes back.
 */
export function insertWords(field: HTMLTextAreaElement, words: string, { start, end }: Span): void {
  const caret = start + words.length;
  field.setSelectionRange(start, end);
  const isDone = document.activeElement === field && document.execCommand('insertText', false, words);
  if (!isDone) {
    field.setRangeText(words, start, end, 'end');
    field.dispatchEvent(new InputEvent('input', { bubbles: true }));
  }
  field.setSelectionRange(caret, caret);
}
