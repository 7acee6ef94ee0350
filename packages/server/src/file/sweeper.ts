import { setTimeout as sleep } from 'node:timers/promises';
import type { BlobStore } from '../blob/blob-store.ts';
import type { Logger } from '../log.ts';
import type { OneAtATime } from '../one-at-a-time.ts';
import type { FileStore } from './file-store.ts';
import type { ResumableUploads } from './resumable-uploads.ts';

interface Parts {
  store: FileStore;
  blobs: BlobStore;
  resumables: ResumableUploads;
  /** By object, as those who store files take them. */
  objects: OneAtATime;
  clock: () => number;
  log: Logger;
}

const sweepEveryMs = 3000;
/** What is about to be stored is left alone for this long, and what was about to be when the server ended is not. */
const untouchedMs = 3600_000;
/** Of each kind, between two looks at the database. */
const batch = 100;
const endWithinMs = 3000;
/** After so many failures the blob store is left alone until the next time. */
const failuresAtMost = 5;

/** Removes what no file needs: objects without a row, claims that have expired, uploads that nobody went on with. */
export class Sweeper {
  readonly #parts: Parts;
  readonly #startedAt: number;
  /** Where the next sweep goes on: an object that cannot be removed must not be in the way of the others. */
  #after = '';
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #closed = false;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#startedAt = parts.clock();
  }

  start(): void {
    this.#timer = setInterval(() => void this.sweep(), sweepEveryMs).unref();
    void this.sweep();
  }

  /** Sweeps once; never rejects. */
  sweep(): Promise<void> {
    this.#running ??= this.#sweep().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /** Waits for what is being removed, if that does not take too long. */
  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#timer);
    await Promise.race([this.#running, sleep(endWithinMs, undefined, { ref: false })]);
  }

  async #sweep(): Promise<void> {
    for (const step of [() => this.#endExpired(), () => this.#removeStrays(), () => this.#removeUploads()]) {
      try {
        await step();
      } catch (error) {
        if (!this.#closed) this.#parts.log.error({ err: error }, 'files that nobody needs could not be removed');
      }
    }
  }

  async #endExpired(): Promise<void> {
    const { store, clock } = this.#parts;
    while (!this.#closed && (await store.hasExpired(clock()))) {
      await store.write['file.expire']({ time: clock(), most: batch });
    }
  }

  async #removeStrays(): Promise<void> {
    const { store, clock } = this.#parts;
    const before = Math.max(this.#startedAt, clock() - untouchedMs);
    const failures: unknown[] = [];
    while (!this.#closed && failures.length < failuresAtMost) {
      const strays = await store.strays(this.#after, before, batch);
      for (const { object } of strays) {
        if (this.#closed || failures.length >= failuresAtMost) break;
        this.#after = object;
        await this.#remove(object, before).catch((error: unknown) => failures.push(error));
      }
      if (strays.length < batch) break;
    }
    if (failures.length < failuresAtMost) this.#after = '';
    if (failures.length > 0) throw failures[0];
  }

  /** Who uploads again what was to be removed may have been faster. */
  #remove(object: string, before: number): Promise<void> {
    const { store, blobs, objects } = this.#parts;
    return objects.run(uploadOf(object), async () => {
      const stray = await store.stray(object);
      if (!stray || stray.since >= before) return;
      await blobs.remove(object);
      await store.write['file.forget'](stray);
    });
  }

  async #removeUploads(): Promise<void> {
    const { resumables, objects } = this.#parts;
    for (const object of resumables.expired()) await objects.run(object, () => resumables.remove(object));
  }
}

/** A small picture goes by the name of what it was made from. */
function uploadOf(object: string): string {
  return object.split('.', 1)[0] ?? object;
}
