import { type FilledFolder, fillFolder } from './many-entries.ts';
import type { BenchOptions } from './options.ts';

let filled: Promise<FilledFolder> | undefined;

/** The largest database of a run, made once for all benchmarks that look at one; those that write to it come last. */
export function bigFolder({ entries, pairs, conversations }: BenchOptions): Promise<FilledFolder> {
  filled ??= fillFolder({ entries, talkers: pairs, conversations });
  return filled;
}
