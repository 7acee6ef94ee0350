import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { median } from './figures.ts';

/** What the writer adds to its log for one message. */
const bytes = Buffer.alloc(20 * 1024, 7);
const pauseMs = 3;

/** As many `flushMs` makes, and so at least as many times the disk interrupts a core meanwhile. */
export const flushes = 100;

/** The median time of one flush of a file that does not grow, in ms, made at this path: no message is told as sent before one. */
export async function flushMs(path: string): Promise<number> {
  const file = openSync(path, 'w');
  const tookMs: number[] = [];
  for (let i = 0; i <= flushes; i++) {
    await sleep(pauseMs);
    const startedAt = performance.now();
    writeSync(file, bytes, 0, bytes.length, 0);
    fsyncSync(file);
    // The first one made the file grow.
    if (i > 0) tookMs.push(performance.now() - startedAt);
  }
  closeSync(file);
  return median(tookMs);
}
