import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { type BlobStore, checkObjectName } from './blob-store.ts';

/** Objects as files of one folder, in subfolders by their first two characters. */
export class DiskBlobStore implements BlobStore {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async put(object: string, staged: string): Promise<void> {
    const path = this.path(object);
    const folder = dirname(path);
    const made = await mkdir(folder, { recursive: true, mode: 0o700 });
    await flush(staged);
    await rename(staged, path);
    await flush(folder);
    if (made) await flush(this.#folder);
  }

  async read(object: string, range?: { start: number; end: number }): Promise<Readable | undefined> {
    try {
      const handle = await open(this.path(object), 'r');
      return createReadStream('', { fd: handle, ...range });
    } catch (error) {
      if ((error as { code?: string }).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  async remove(object: string): Promise<void> {
    await rm(this.path(object), { force: true });
  }

  path(object: string): string {
    checkObjectName(object);
    return join(this.#folder, object.slice(0, 2), object);
  }
}

async function flush(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
