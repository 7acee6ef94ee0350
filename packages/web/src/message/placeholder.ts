import { thumbHashToDataURL } from 'thumbhash';
import { fromBase64 } from './base64.ts';

/** A real one has at most 25 bytes; the longest that is looked at. */
const mostChars = 64;
/** The shortest that says something: header and averages. */
const leastBytes = 5;

const drawn = new Map<string, string | undefined>();
const kept = 500;

function draw(hash: string): string | undefined {
  if (hash.length > mostChars) return undefined;
  const bytes = fromBase64(hash);
  if (!bytes || bytes.length < leastBytes) return undefined;
  try {
    return thumbHashToDataURL(bytes);
  } catch {
    return undefined;
  }
}

/** A blurred picture, as a data URL, of a ThumbHash in base64 that anybody may have written. */
export function placeholderUrl(hash: string | undefined): string | undefined {
  if (!hash) return undefined;
  if (!drawn.has(hash)) {
    if (drawn.size >= kept) drawn.clear();
    drawn.set(hash, draw(hash));
  }
  return drawn.get(hash);
}
