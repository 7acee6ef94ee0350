/** A part of a file, both ends included. */
export interface ByteRange {
  start: number;
  end: number;
}

const oneRange = /^bytes=[ \t]*(\d*)-(\d*)[ \t]*$/i;

/**
 * The part that a `Range` header asks for; undefined for all of it, which is also the answer to what cannot be read and to
 * several parts at once; `beyond` for what lies behind the end. https://www.rfc-editor.org/rfc/rfc9110#name-range
 */
export function readRange(header: string | undefined, size: number): ByteRange | 'beyond' | undefined {
  const [, first, last] = oneRange.exec(header ?? '') ?? [];
  if (first === undefined || last === undefined || (first === '' && last === '')) return undefined;
  // The last bytes, as many as are named.
  if (first === '') return Number(last) === 0 ? 'beyond' : { start: Math.max(0, size - Number(last)), end: size - 1 };
  const [start, end] = [Number(first), last === '' ? size - 1 : Number(last)];
  if (last !== '' && end < start) return undefined;
  return start >= size ? 'beyond' : { start, end: Math.min(end, size - 1) };
}

/** Whether the client has what it asks for: `If-None-Match` names it, or anything. Weakness does not count here. */
export function hasAlready(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  const opaque = (tag: string) => tag.trim().replace(/^W\//, '');
  return ifNoneMatch.trim() === '*' || ifNoneMatch.split(',').some((tag) => opaque(tag) === opaque(etag));
}

/** Whether a part is of the file that the client began with: only a strong tag, the same one, says so. */
export function isSameFile(ifRange: string, etag: string): boolean {
  return ifRange === '' || (ifRange.trim() === etag && !etag.startsWith('W/'));
}
