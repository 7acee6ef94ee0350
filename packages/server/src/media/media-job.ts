import type { ThumbnailSide } from './media.ts';
import type { MediaFormat } from './media-format.ts';

/** What the process is asked, one at a time. Paths are absolute. */
export type MediaJob =
  | { kind: 'look'; path: string; format: MediaFormat }
  | { kind: 'shrink'; path: string; format: MediaFormat; side: ThumbnailSide; to: string };

/** What the process says first: whether it can do anything at all. */
export interface MediaGreeting {
  hasSharp: boolean;
}

/** The programs that read videos, by absolute paths. */
export interface VideoPrograms {
  ffmpeg: string;
  ffprobe: string;
}
