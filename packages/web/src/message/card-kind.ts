import type { Meta } from 'flooim';
import { readAttachment } from './attachment.ts';
import { isForeign } from './own-file.ts';

export type CardKind = 'picture' | 'video' | 'voice' | 'file' | 'plain';

/** Pictures and videos of this server are shown; another's are files, because fetching them would tell who reads. */
export function cardKind({ type, attach }: Pick<Meta, 'type' | 'attach'>): CardKind {
  if (type === 'audio') return 'voice';
  if (type === 'file') return 'file';
  if (type !== 'image' && type !== 'video') return 'plain';
  const { url } = readAttachment(attach);
  if (!url || isForeign(url)) return 'file';
  return type === 'image' ? 'picture' : 'video';
}
