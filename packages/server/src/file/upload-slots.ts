import { limits } from '@flooim/protocol';
import { ServerError } from '../error.ts';

/** Uploads that the server takes in at the same time. */
const slots = 256;

/** Uploads whose bytes are coming in right now. */
export class UploadSlots {
  readonly #taken = new Map<number, number>();
  #total = 0;

  /** Makes room for the upload that the job is, or refuses it. */
  async within<T>(uid: number, job: () => Promise<T>): Promise<T> {
    const taken = this.#taken.get(uid) ?? 0;
    if (taken >= limits.uploadsPerUser) {
      throw new ServerError('tooManyUploads', `at most ${limits.uploadsPerUser} of one user`);
    }
    if (this.#total >= slots) throw new ServerError('tooManyUploads');
    this.#count(uid, 1);
    try {
      return await job();
    } finally {
      this.#count(uid, -1);
    }
  }

  #count(uid: number, change: 1 | -1): void {
    this.#total += change;
    const taken = (this.#taken.get(uid) ?? 0) + change;
    if (taken === 0) this.#taken.delete(uid);
    else this.#taken.set(uid, taken);
  }
}
