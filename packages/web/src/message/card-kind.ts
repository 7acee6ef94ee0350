import type { Meta } from 'flooim';
import { readAttachment } from './attachment.ts';
import { readExt } from './message-ext.ts';
import { isForeign } from './own-file.ts';

export type CardKind = 'picture' | 'video' | 'voice' | 'file' | 'place' | 'record' | 'plain';

/**
 * Null for what is shown by its words. Pictures and videos of this server are shown; another's are files, because fetching
 * them would tell who reads.
 */
export function cardKind(meta: Pick<Meta, 'type' | 'content' | 'attach' | 'ext'>): CardKind | null {
  const { type, attach } = meta;
  if (type === 'text') return null;
  if (type === 'audio') return 'voice';
  if (type === 'file') return 'file';
  if (type === 'location') return readAttachment(attach).latitude === undefined ? 'plain' : 'place';
  if (type === 'forward') return forwardKind(meta);
  if (type !== 'image' && type !== 'video') return 'plain';
  const { url } = readAttachment(attach);
  if (!url || isForeign(url)) return 'file';
  return type === 'image' ? 'picture' : 'video';
}

/** Other clients forward without a record: then there are the words. */
function forwardKind(meta: Pick<Meta, 'content' | 'ext'>): CardKind | null {
  if (readExt(meta).forwarded) return 'record';
  return meta.content ? null : 'plain';
}
