import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { limits } from '@flooim/protocol';
import type { BlobStore } from '../blob/blob-store.ts';
import type { FileStore } from './file-store.ts';
import { type Arrived, receive } from './incoming.ts';
import type { UploadPass } from './passes.ts';

interface Parts {
  store: FileStore;
  blobs: BlobStore;
  /** For what is fetched to be looked at. */
  folder: string;
  clock: () => number;
}

interface Offer {
  appId: string;
  uid: number;
  size: number;
  /** Milliseconds since the epoch. */
  until: number;
}

/** How long a client may put its file straight into the store. */
const ttlSec = 3600;

/**
 * Files that clients put straight into the blob store. Not under the names that they will have: who may put once may put again
 * until his link ends, and a file never changes. What lies there is expected no longer than the link works, and then swept.
 */
export class DirectUploads {
  readonly #parts: Parts;
  readonly #offers = new Map<string, Offer>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Where the file may be put; undefined where the store takes none, or the client did not say how large it is. */
  async offer({ object, appId, uid, size }: UploadPass): Promise<string | undefined> {
    const { store, blobs, clock } = this.#parts;
    if (!blobs.uploadLink || size === 0 || this.#ofUser(uid) >= limits.uploadsPerUser) return undefined;
    const until = clock() + ttlSec * 1000;
    this.#offers.set(object, { appId, uid, size, until });
    await store.write['file.expect']({ object: nameOf(object), time: until });
    return blobs.uploadLink(nameOf(object), { size, ttlSec });
  }

  /** What was put there, fetched to be looked at; undefined if nothing was. */
  async fetch({ object }: UploadPass, maxBytes: number): Promise<Arrived | undefined> {
    const { blobs, folder } = this.#parts;
    if (!blobs.uploadLink) return undefined;
    const bytes = await blobs.read(nameOf(object));
    return bytes && receive(join(folder, `${object}.${randomBytes(6).toString('hex')}`), bytes, maxBytes);
  }

  /** What was put there is not needed any more, or never was. */
  async remove({ object }: UploadPass): Promise<void> {
    this.settle(object);
    await this.#parts.blobs.remove(nameOf(object));
  }

  /** The file is there, by whichever way. */
  settle(object: string): void {
    this.#offers.delete(object);
  }

  /** Bytes that the files of a user, or of his whole app, come to once they are put. */
  expected({ appId, uid, except }: { appId: string; uid?: number; except: string }): number {
    this.#forgetOld();
    let bytes = 0;
    for (const [object, offer] of this.#offers) {
      const counts = offer.appId === appId && (uid === undefined || offer.uid === uid) && object !== except;
      if (counts) bytes += offer.size;
    }
    return bytes;
  }

  #ofUser(uid: number): number {
    this.#forgetOld();
    return [...this.#offers.values()].filter((offer) => offer.uid === uid).length;
  }

  /** They stand in the order in which they were made. */
  #forgetOld(): void {
    const now = this.#parts.clock();
    for (const [object, { until }] of this.#offers) {
      if (until > now) return;
      this.#offers.delete(object);
    }
  }
}

function nameOf(object: string): string {
  return `${object}.direct`;
}
