import { constants, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { copyFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { checkObjectName } from '../blob/blob-store.ts';
import { DiskBlobStore } from '../blob/disk-blob-store.ts';
import { flush } from './flush.ts';
import { type FileRow, measure } from './manifest.ts';

/** Objects of files that are taken from one folder to another, each looked at after it came. */
export class CopiedFiles {
  readonly #from: DiskBlobStore;
  readonly #to: DiskBlobStore;
  readonly #folder: string;
  readonly #copied = new Set<string>();

  constructor(from: string, to: string) {
    mkdirSync(to, { recursive: true, mode: 0o700 });
    this.#from = new DiskBlobStore(from);
    this.#to = new DiskBlobStore(to);
    this.#folder = to;
  }

  /** Copies those that are not there yet, and gives the objects that are not to be had as their rows say. */
  async add(rows: readonly FileRow[]): Promise<string[]> {
    const lacking: string[] = [];
    for (const row of rows) {
      if (this.#copied.has(row.object)) continue;
      if (await this.#copy(row)) this.#copied.add(row.object);
      else lacking.push(row.object);
    }
    return lacking;
  }

  /** Removes what is of none of these rows. */
  keepOnly(rows: readonly FileRow[]): void {
    const wanted = new Set(rows.map(({ object }) => object));
    for (const object of this.#copied) if (!wanted.has(object)) rmSync(this.#to.path(object));
  }

  /** Makes their names last. */
  flush(): void {
    for (const entry of readdirSync(this.#folder)) flush(join(this.#folder, entry));
    flush(this.#folder);
  }

  async #copy({ object, size, sha256 }: FileRow): Promise<boolean> {
    checkObjectName(object);
    const path = this.#to.path(object);
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    try {
      await copyFile(this.#from.path(object), path, constants.COPYFILE_FICLONE);
    } catch (error) {
      await rm(path, { force: true });
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
      throw error;
    }
    const found = await measure(path);
    const isWhole = found.bytes === size && found.sha256 === sha256;
    if (isWhole) flush(path);
    else await rm(path);
    return isWhole;
  }
}
