import { createReadStream } from 'node:fs';
import { copyFile, mkdir, open, rename, unlink } from 'node:fs/promises';
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
    await move(staged, path);
    await flush(folder);
    if (made) await flush(this.#folder);
  }

  async read(object: string, range?: { start: number; end: number }): Promise<Readable | undefined> {
    try {
      const handle = await open(this.path(object), 'r');
      return createReadStream('', { fd: handle, ...range });
    } catch (error) {
      if (isFault(error, 'ENOENT')) return undefined;
      throw error;
    }
  }

  async remove(object: string): Promise<void> {
    const path = this.path(object);
    try {
      await unlink(path);
    } catch (error) {
      if (isFault(error, 'ENOENT')) return;
      throw error;
    }
    // Nobody will know of it any more: it must not come back after a power cut.
    await flush(dirname(path));
  }

  path(object: string): string {
    checkObjectName(object);
    return join(this.#folder, object.slice(0, 2), object);
  }
}

/** The two folders may be on two disks: half of a copy is as good as none, until somebody says that there is an object. */
async function move(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (!isFault(error, 'EXDEV')) throw error;
    await copyFile(from, to);
    await flush(to);
    await unlink(from);
  }
}

function isFault(error: unknown, code: string): boolean {
  return (error as { code?: unknown }).code === code;
}

async function flush(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
