import { limits } from '@flooim/protocol';
import { bytesOf } from '../text-bytes.ts';

/** From here on it is told. */
const worthTelling = limits.contentBytes * 0.8;

/** Not another number for every key, which a screen reader would read. */
const roundly = (chars: number): number => (chars < 100 ? Math.floor(chars) : Math.floor(chars / 20) * 20);

/** How much more fits into a message. */
export interface Room {
  tooLong: boolean;
  /** Characters that still fit or are too many, about: as large as those that are there. */
  chars: number;
}

/** Null while there is plenty. */
export function roomAfter(text: string): Room | null {
  // A character takes at most three bytes per UTF-16 unit: short texts need no counting.
  if (text.length * 3 < worthTelling) return null;
  const bytes = bytesOf(text);
  if (bytes < worthTelling) return null;
  const left = limits.contentBytes - bytes;
  const chars = Math.abs(left) * (text.length / bytes);
  return { tooLong: left < 0, chars: left < 0 ? Math.ceil(chars) : roundly(chars) };
}
