import type { Row } from '../store/database.ts';

/** Where a page of a list began to be looked for, and how much it may hold; everything where nothing is said. */
export interface PageRequest {
  /** The numbers in the cursor that the page before gave. */
  after?: readonly number[];
  limit?: number;
}

/** One page of a list. */
export interface Page<T> {
  items: T[];
  /** Where the next one starts; undefined on the last. */
  next?: string;
  /** On all pages. */
  total: number;
}

/** From the rows, one more than the page holds if there are as many; `position`: the columns that make the cursor. */
export function pageOf<T>(
  rows: readonly Row[],
  { limit, total, position }: { limit: number; total: number; position: readonly string[] },
  toItem: (row: Row) => T,
): Page<T> {
  const items = rows.slice(0, limit).map(toItem);
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  return { items, next: last && position.map((column) => last[column]).join('.'), total };
}
