import { setTimeout as sleep } from 'node:timers/promises';
import type { BlobStore } from '../blob/blob-store.ts';
import type { Logger } from '../log.ts';
import type { OneAtATime } from '../one-at-a-time.ts';
import type { FileStore } from './file-store.ts';
import type { StrayObject } from './file-writes.ts';
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

const sweepEveryMs = 1000;
/** Less and less often, down to this, while something fails. */
const sweepAtLeastEveryMs = 5 * 60_000;
/** What is about to be stored is left alone for this long, and what was about to be when the server ended is not. */
const untouchedMs = 3600_000;
/** Objects that are removed at the same time. */
const batch = 16;
/** Claims that end in one transaction. */
const claims = 100;
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
  #running: Promise<boolean> | undefined;
  #closed = false;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#startedAt = parts.clock();
  }

  start(): void {
    void this.#goOn(sweepEveryMs);
  }

  /** Sweeps once; whether all went well. Never rejects. */
  sweep(): Promise<boolean> {
    this.#running ??= this.#sweep().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /** Waits for what is being removed, if that does not take too long. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await Promise.race([this.#running, sleep(endWithinMs, undefined, { ref: false })]);
  }

  async #goOn(everyMs: number): Promise<void> {
    const isWell = await this.sweep();
    if (this.#closed) return;
    const nextMs = isWell ? sweepEveryMs : Math.min(everyMs * 2, sweepAtLeastEveryMs);
    this.#timer = setTimeout(() => void this.#goOn(nextMs), nextMs).unref();
  }

  async #sweep(): Promise<boolean> {
    let isWell = true;
    for (const step of [() => this.#endExpired(), () => this.#removeStrays(), () => this.#removeUploads()]) {
      try {
        await step();
      } catch (error) {
        isWell = false;
        if (!this.#closed) this.#parts.log.error({ err: error }, 'files that nobody needs could not be removed');
      }
    }
    return isWell;
  }

  async #endExpired(): Promise<void> {
    const { store, clock } = this.#parts;
    while (!this.#closed && (await store.hasExpired(clock()))) {
      await store.write['file.expire']({ time: clock(), most: claims });
    }
  }

  async #removeStrays(): Promise<void> {
    const { store, clock } = this.#parts;
    const before = Math.max(this.#startedAt, clock() - untouchedMs);
    const failures: unknown[] = [];
    let strays: StrayObject[];
    do {
      strays = await store.strays(this.#after, before, batch);
      const uploads = Map.groupBy(strays, ({ object }) => uploadOf(object));
      const removing = [...uploads].map(([upload, objects]) => this.#remove(upload, objects, before));
      for (const outcome of await Promise.allSettled(removing)) {
        if (outcome.status === 'rejected') failures.push(outcome.reason);
      }
      this.#after = strays.at(-1)?.object ?? '';
    } while (strays.length === batch && failures.length < failuresAtMost && !this.#closed);
    if (strays.length < batch) this.#after = '';
    if (failures.length > 0) throw failures[0];
  }

  /** What is not being stored right now. Who uploads again what was to be removed may have been faster. */
  async #remove(upload: string, strays: readonly StrayObject[], before: number): Promise<void> {
    const { store, blobs, objects } = this.#parts;
    if (objects.isRunning(upload)) return;
    await objects.run(upload, async () => {
      for (const { object } of strays) {
        const stray = await store.stray(object);
        if (!stray || stray.since >= before) continue;
        await blobs.remove(object);
        await store.write['file.forget'](stray);
      }
    });
  }

  async #removeUploads(): Promise<void> {
    const { resumables, objects } = this.#parts;
    for (const object of resumables.expired()) {
      if (!objects.isRunning(object)) await objects.run(object, () => resumables.remove(object));
    }
  }
}

/** A small picture goes by the name of what it was made from. */
function uploadOf(object: string): string {
  return object.split('.', 1)[0] ?? object;
}
