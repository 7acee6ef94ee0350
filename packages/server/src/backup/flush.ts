import { closeSync, fsyncSync, openSync } from 'node:fs';

/** Returns when the file, or the names in the folder, survive a power cut. */
export function flush(path: string): void {
  const handle = openSync(path, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
