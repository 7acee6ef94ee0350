import type { Meta } from 'flooim';
import { type TextKey, t } from '../i18n/i18n.ts';
import { readAttachment } from './attachment.ts';

/** What cameras and clipboards call a picture tells nobody anything. */
function detailOf({ type, content, attach }: Pick<Meta, 'type' | 'content' | 'attach'>): string | undefined {
  if (type === 'image' || type === 'video' || type === 'audio') return content;
  const { name, place } = readAttachment(attach);
  return type === 'location' ? place : name || content;
}

/** A message in one line: for the conversation list and the screen reader. */
export function summary(meta: Pick<Meta, 'type' | 'content' | 'attach'>): string {
  if (meta.type === 'text') return meta.content;
  const kind = t(`kind.${meta.type}` as TextKey);
  const detail = detailOf(meta);
  return detail && meta.type !== 'command' ? t('kind.withName', { kind, name: detail }) : t('kind.alone', { kind });
}
