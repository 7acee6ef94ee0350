import { createHash, randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { AnsweredOnce } from '../answered-once.ts';
import type { BlobStore } from '../blob/blob-store.ts';
import { ServerError } from '../error.ts';
import type { Logger } from '../log.ts';
import { type Media, type ThumbnailSide, thumbnailSides, usualThumbnail } from '../media/media.ts';
import type { OneAtATime } from '../one-at-a-time.ts';
import { Turns } from '../token/turns.ts';
import type { FileStore, StoredFile } from './file-store.ts';
import { smallPictureOf } from './object-names.ts';

/** What small pictures are, whatever they were made from. */
export const smallPictureType = 'image/webp';

/** How long it is remembered that there is one, or that none could be made, and of how many. */
const remembered = { forMs: 5 * 60_000, atMost: 10_000 };
/** How many are made at the same time, mostly waiting for one process; and how many of one user's files wait for that. */
const making = { atOnce: 4, waitingAtMost: 32 };
/** Of what is larger, and would have to be fetched first, none is made. */
const fetchedBytes = 256 * 1024 * 1024;

interface Parts {
  store: FileStore;
  blobs: BlobStore;
  media: Media;
  /** By object, as those who store and remove files take them. */
  objects: OneAtATime;
  /** For what is not whole yet. */
  folder: string;
  clock: () => number;
  log: Logger;
}

/** Pictures and frames of videos made small: when somebody first wants one, and once. */
export class SmallPictures {
  readonly #parts: Parts;
  readonly #made: AnsweredOnce<boolean>;
  readonly #turns = new Turns(making);

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#made = new AnsweredOnce(remembered, parts.clock);
  }

  /** The object of the small picture that fills such a box; undefined where there is none. */
  async find(file: StoredFile, side: ThumbnailSide): Promise<string | undefined> {
    if (file.picture === 0) return undefined;
    const name = smallPictureOf(file.object, side);
    try {
      return (await this.#made.once(name, () => this.#ensure(file, side, name))) ? name : undefined;
    } catch (error) {
      // Too many at once: later there may be one.
      if (error instanceof ServerError && error.reason === 'busy') return undefined;
      throw error;
    }
  }

  async #ensure(file: StoredFile, side: ThumbnailSide, name: string): Promise<boolean> {
    const { blobs, log } = this.#parts;
    try {
      const there = await blobs.read(name);
      there?.destroy();
      return there !== undefined || (await this.#turns.take(String(file.owner), () => this.#make(file, side, name)));
    } catch (error) {
      if (error instanceof ServerError && error.reason === 'busy') throw error;
      log.error({ err: error, object: file.object }, 'a small picture could not be made');
      return false;
    }
  }

  async #make(file: StoredFile, side: ThumbnailSide, name: string): Promise<boolean> {
    const { media, objects, folder } = this.#parts;
    const made = join(folder, `${name}.${randomBytes(6).toString('hex')}`);
    const fetched = `${made}.source`;
    try {
      const path = await this.#local(file, fetched);
      if (path === undefined || !(await media.shrink(path, file.type, side, made))) return false;
      await objects.run(file.object, () => this.#keep(file.object, name, made));
      return true;
    } finally {
      await Promise.all([rm(made, { force: true }), rm(fetched, { force: true })]);
    }
  }

  /** Where the file can be read on this machine: where it is, or where it was fetched to. */
  async #local({ object, size }: StoredFile, fetched: string): Promise<string | undefined> {
    const { blobs } = this.#parts;
    if (blobs.path) return blobs.path(object);
    const bytes = size <= fetchedBytes ? await blobs.read(object) : undefined;
    if (!bytes) return undefined;
    await pipeline(bytes, createWriteStream(fetched, { mode: 0o600 }));
    return fetched;
  }

  /** Its file may have gone meanwhile: then this goes too. */
  async #keep(object: string, picture: string, path: string): Promise<void> {
    const { store, blobs, clock } = this.#parts;
    const bytes = await readFile(path);
    await store.write['file.expect']({ object: picture, time: clock() });
    const sha256 = createHash('sha256').update(bytes).digest();
    await blobs.put(picture, path, { size: bytes.length, type: smallPictureType, sha256 });
    await store.write['file.addPicture']({ object, picture });
  }
}

/** The box to fill, of those that pictures are made for. */
export function sideFor(width = 0, height = 0): ThumbnailSide {
  const wanted = Math.max(width, height);
  if (wanted === 0) return usualThumbnail;
  return thumbnailSides.find((side) => side >= wanted) ?? thumbnailSides[thumbnailSides.length - 1] ?? usualThumbnail;
}
