import { type TextKey, t } from '../../i18n/i18n.ts';
import { plainWords } from '../markdown/plain-words.ts';
import type { ForwardedItem } from '../message-ext.ts';

/** One message of a record in one line. Some clients write its kind into its text, some do not. */
export function itemText({ type, text }: ForwardedItem): string {
  if (type === 'text') return plainWords(text);
  const kind = t(`kind.${type}` as TextKey);
  if (text.startsWith('[')) return text;
  return text ? t('kind.withName', { kind, name: text }) : t('kind.alone', { kind });
}
