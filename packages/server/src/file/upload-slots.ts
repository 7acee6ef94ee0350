import { limits } from '@flooim/protocol';
import { ServerError } from '../error.ts';

/** Uploads that the server takes in at the same time. */
const slots = 256;

/** Uploads whose bytes are coming in right now. */
export class UploadSlots {
  readonly #taken = new Map<number, number>();
  readonly #running = new Set<Promise<unknown>>();

  /** Makes room for the upload that the job is, or refuses it. */
  async within<T>(uid: number, job: () => Promise<T>): Promise<T> {
    const taken = this.#taken.get(uid) ?? 0;
    if (taken >= limits.uploadsPerUser) {
      throw new ServerError('tooManyUploads', `at most ${limits.uploadsPerUser} of one user`);
    }
    if (this.#running.size >= slots) throw new ServerError('tooManyUploads');
    this.#taken.set(uid, taken + 1);
    const running = job();
    this.#running.add(running);
    try {
      return await running;
    } finally {
      this.#running.delete(running);
      this.#leave(uid);
    }
  }

  /** Resolves once nothing comes in any more. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.#running);
  }

  #leave(uid: number): void {
    const taken = (this.#taken.get(uid) ?? 0) - 1;
    if (taken > 0) this.#taken.set(uid, taken);
    else this.#taken.delete(uid);
  }
}
