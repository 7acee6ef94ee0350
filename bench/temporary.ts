import { rmSync } from 'node:fs';
import { temporaryFolder } from '@flooim/testkit';

/** A folder that is gone when the benchmarks end, however they do; some are large. */
export function folderUntilTheEnd(): string {
  const folder = temporaryFolder('flooim-bench');
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

// Else they would end without a word to those who wait for it.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
