import type { Logger } from '../log.ts';
import type { Media } from './media.ts';
import { mediaLimits } from './media-limits.ts';
import { MediaQueue, type MediaQueueOptions } from './media-queue.ts';
import { usualFolders } from './programs.ts';

/** `log`, and what should differ from the usual. Nothing is started before the first picture. */
export function createMedia(options: { log: Logger } & Partial<MediaQueueOptions>): Media {
  const { jobMs, waitMs, waiting, idleMs } = mediaLimits;
  const entry = new URL('./media-child.ts', import.meta.url);
  return new MediaQueue({ searchPath: usualFolders, entry, jobMs, waitMs, waiting, idleMs, ...options });
}
