import type { Meta } from 'flooim';

/** What a message says, its `ext` and `config`, changes with `edited` and never without. */
const changing = ['status', 'sending', 'edited', 'timestamp', 'clientMid', 'reason'] as const;

const isSame = (a: Meta, b: Meta): boolean => changing.every((field) => a[field] === b[field]);

/**
 * The messages of `after`, those that did not change as the very objects of `before`: what is made of them, rows and bubbles,
 * then need not be made again. In a long conversation that is all but a few.
 */
export function steady(before: readonly Meta[], after: readonly Meta[]): readonly Meta[] {
  if (before.length === 0) return after;
  const known = new Map(before.map((meta) => [meta.id, meta]));
  return after.map((meta) => {
    const old = known.get(meta.id);
    return old && isSame(old, meta) ? old : meta;
  });
}
