import type { Meta } from 'flooim';
import { type TextKey, t } from '../i18n/i18n.ts';
import { readAttachment } from './attachment.ts';

/** A message in one line: for the conversation list and the screen reader. */
export function summary(meta: Pick<Meta, 'type' | 'content' | 'attach'>): string {
  if (meta.type === 'text') return meta.content;
  const { name, place } = readAttachment(meta.attach);
  const detail = meta.type === 'location' ? place : name || meta.content;
  const kind = t(`kind.${meta.type}` as TextKey);
  return detail && meta.type !== 'command' ? t('kind.withName', { kind, name: detail }) : t('kind.alone', { kind });
}
