import type { Meta } from 'flooim';
import { type TextKey, t } from '../i18n/i18n.ts';
import { readAttachment } from './attachment.ts';
import { plainWords } from './markdown/plain-words.ts';
import { withNames } from './mentioned-in.ts';
import { readExt } from './message-ext.ts';

/** What cameras and clipboards call a picture tells nobody anything. */
function detailOf({
  type,
  content,
  attach,
  ext,
}: Pick<Meta, 'type' | 'content' | 'attach' | 'ext'>): string | undefined {
  if (type === 'image' || type === 'video' || type === 'audio') return content;
  if (type === 'forward') return readExt({ ext }).forwarded?.title || content;
  const { name, place } = readAttachment(attach);
  return type === 'location' ? place : name || content;
}

function wordsOf(meta: Meta): string {
  const { content } = meta;
  const { markdown, streaming } = readExt(meta);
  if (!content && streaming) return t('message.writing');
  return withNames(markdown ? plainWords(content) : content, meta);
}

/** A message in one line: for the conversation list and the screen reader. */
export function summary(meta: Meta): string {
  if (meta.type === 'text') return wordsOf(meta);
  const kind = t(`kind.${meta.type}` as TextKey);
  const detail = detailOf(meta);
  return detail && meta.type !== 'command' ? t('kind.withName', { kind, name: detail }) : t('kind.alone', { kind });
}

/** All that a message says, to be pasted elsewhere. */
export function fullText(meta: Meta): string {
  const hasWords = meta.type === 'text' || meta.type === 'forward';
  return hasWords && meta.content ? withNames(meta.content, meta) : summary(meta);
}
