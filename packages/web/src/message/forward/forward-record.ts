import { limits } from '@flooim/protocol';
import type { Meta } from 'flooim';
import { t } from '../../i18n/i18n.ts';
import { fullTime } from '../../i18n/time.ts';
import { beginning } from '../beginning.ts';
import { type Forwarded, forwardedItems } from '../message-ext.ts';
import { bytesOf } from '../text-bytes.ts';

/** As many of each item's text as readers take. */
const itemChars = 2000;
const nameChars = 100;

export interface ForwardRecord {
  /** For clients that know no records. */
  content: string;
  ext: { forwarded: Forwarded };
}

export interface RecordWords {
  /** Whose conversation it is from. */
  title: string;
  nameOf: (meta: Meta) => string;
  /** What a message says, in one text. */
  textOf: (meta: Meta) => string;
}

/** One message that tells what several said; null where it does not fit into one. */
export function forwardRecord(messages: readonly Meta[], { title, nameOf, textOf }: RecordWords): ForwardRecord | null {
  if (messages.length === 0 || messages.length > forwardedItems) return null;
  const items = messages.map((meta) => ({
    name: beginning(nameOf(meta), nameChars),
    at: Number(meta.timestamp),
    type: meta.type,
    text: textOf(meta),
  }));
  if (items.some(({ text }) => text.length > itemChars)) return null;
  const forwarded = { title: beginning(title, nameChars), items };
  const lines = items.map(({ name, at, text }) => t('forward.recordLine', { name, time: fullTime(at), text }));
  const content = [t('forward.recordTitle', { name: forwarded.title }), ...lines].join('\n');
  const fits = bytesOf(content) <= limits.contentBytes && bytesOf(JSON.stringify({ forwarded })) <= limits.extBytes;
  return fits ? { content, ext: { forwarded } } : null;
}
