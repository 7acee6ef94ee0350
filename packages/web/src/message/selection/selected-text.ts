import type { Meta } from 'flooim';
import { fullTime } from '../../i18n/time.ts';
import { fullText } from '../summary.ts';

/** Several messages as a text to paste elsewhere: one alone is its words, more are told apart by who and when. */
export function selectedText(messages: readonly Meta[], nameOf: (meta: Meta) => string): string {
  const [only] = messages;
  if (only && messages.length === 1) return fullText(only);
  return messages.map((meta) => `${nameOf(meta)}, ${fullTime(+meta.timestamp)}\n${fullText(meta)}`).join('\n\n');
}
