export type Key = number | string | readonly number[];

/** An `IDBKeyRange`. */
export class Range {
  readonly #lower: Key;
  readonly #upper: Key;
  readonly #lowerOpen: boolean;

  constructor(lower: Key, upper: Key, lowerOpen: boolean) {
    this.#lower = lower;
    this.#upper = upper;
    this.#lowerOpen = lowerOpen;
  }

  includes(key: Key): boolean {
    const fromLower = compare(key, this.#lower);
    return (this.#lowerOpen ? fromLower > 0 : fromLower >= 0) && compare(key, this.#upper) <= 0;
  }
}

/** `IDBKeyRange`. */
export const simKeyRange = {
  bound: (lower: Key, upper: Key, lowerOpen = false) => new Range(lower, upper, lowerOpen),
} as unknown as typeof IDBKeyRange;

/** Of keys of the same kind. */
export function compare(a: Key, b: Key): number {
  if (typeof a === 'object' && typeof b === 'object') {
    const at = a.findIndex((part, i) => part !== b[i]);
    return at < 0 ? 0 : (a[at] as number) - (b[at] as number);
  }
  return a < b ? -1 : a > b ? 1 : 0;
}
