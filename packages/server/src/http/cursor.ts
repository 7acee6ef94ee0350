import { ServerError } from '../error.ts';

/** The numbers in a cursor that a page of a list gave; undefined for an empty one, which starts at the beginning. */
export function readCursor<const N extends 1 | 2 | 3>(cursor: string | undefined, count: N): number[] | undefined {
  if (!cursor) return undefined;
  const parts = cursor.split('.');
  if (parts.length !== count || !parts.every((part) => /^\d{1,16}$/.test(part))) {
    throw new ServerError('invalidParameter', 'cursor is not one of this list');
  }
  return parts.map(Number);
}
