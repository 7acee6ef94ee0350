import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { limits } from '@flooim/protocol';
import type { BlobStore } from '../blob/blob-store.ts';
import { ServerError } from '../error.ts';
import type { Media, MediaFacts } from '../media/media.ts';
import type { OneAtATime } from '../one-at-a-time.ts';
import type { DirectUploads } from './direct-uploads.ts';
import { cleanFileName } from './file-name.ts';
import type { FileStore, StoredFile } from './file-store.ts';
import type { StrayObject } from './file-writes.ts';
import { type Arrived, inspect, onDisk } from './incoming.ts';
import { isAvatar, type UploadPass } from './passes.ts';
import type { ResumableUpload, ResumableUploads } from './resumable-uploads.ts';
import type { UploadRights } from './upload-rights.ts';
import type { UploadSlots } from './upload-slots.ts';

interface Parts {
  store: FileStore;
  blobs: BlobStore;
  media: Media;
  resumables: ResumableUploads;
  directs: DirectUploads;
  rights: UploadRights;
  slots: UploadSlots;
  /** By object: what happens to one does not happen twice at the same time. */
  objects: OneAtATime;
  /** The largest file, in bytes. */
  largest: number;
  /** What one user may store, in bytes. */
  quota: number;
  clock: () => number;
}

/** Of an upload that comes bit by bit, in bytes. */
export interface Progress {
  offset: number;
  size: number;
  metadata?: ResumableUpload['metadata'];
}

/** By content; animated PNG has a type of its own. */
const avatarTypes = ['image/jpeg', 'image/png', 'image/apng', 'image/webp', 'image/gif', 'image/avif'];
const pictureKinds = { picture: 1, video: 2 } as const;
/** How long a server that ends waits for files that have arrived. */
const endWithinMs = 3000;

/** Files on their way from their uploader into the store. */
export class UploadService {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** The largest file that the pass allows, in bytes. */
  largest(pass: Pick<UploadPass, 'kind'>): number {
    return isAvatar(pass) ? limits.avatarBytes : this.#parts.largest;
  }

  /** Refuses a file of this size, or of any, before a byte of it has come. What is on its way already counts. */
  async admit(pass: UploadPass, size: number): Promise<void> {
    const { store, rights, quota } = this.#parts;
    const { appId, uid, object } = pass;
    await rights.check(pass);
    const most = this.largest(pass);
    if (size > most) throw new ServerError('fileTooLarge', `size must be at most ${most}`);
    // Who sends again what is there, since he heard nothing of it, has its room already.
    if (await store.find(appId, object)) return;
    const ofUser = size + this.#expected({ appId, uid, except: object });
    const ofApp = size + this.#expected({ appId, except: object });
    const full = await store.whyFull({ appId, owner: uid, quota }, { ofUser, ofApp });
    if (full) throw new ServerError('fileQuotaExceeded', full);
  }

  /** Makes what has arrived a file: from now on its uploader may send it. The same again changes nothing. */
  keep(pass: UploadPass, arrived: Arrived, name: string): Promise<StoredFile> {
    return this.#parts.objects.run(pass.object, () => this.#keep(pass, arrived, name));
  }

  /** Makes room for a file that comes bit by bit, or begins it anew. */
  begin(pass: UploadPass, size: number, metadata: ResumableUpload['metadata']): Promise<void> {
    return this.#parts.objects.run(pass.object, async () => {
      if (size === 0) throw new ServerError('fileEmpty');
      await this.admit(pass, size);
      const { object, appId, uid, expiresAt } = pass;
      await this.#parts.resumables.create({ object, appId, uid, size, metadata, expiresAt });
    });
  }

  /** Of a file that comes bit by bit, what has come. */
  abandon({ object }: UploadPass): Promise<void> {
    return this.#parts.objects.run(object, () => this.#parts.resumables.remove(object));
  }

  /** How far an upload has come; undefined where there is none. What has arrived whole is a file then. */
  progress(pass: UploadPass): Promise<Progress | undefined> {
    return this.#parts.objects.run(pass.object, async () => {
      const { store } = this.#parts;
      const begun = await this.#begun(pass);
      if (begun && begun.offset < begun.size) return begun;
      const file = begun ? await this.#keepResumable(pass) : await store.find(pass.appId, pass.object);
      return file && { offset: file.size, size: file.size };
    });
  }

  /** The file that became of an upload, once it has arrived whole; waits for one that is just being kept. */
  finish(pass: UploadPass): Promise<StoredFile> {
    return this.#parts.objects.run(pass.object, async () => {
      const { store } = this.#parts;
      const begun = await this.#begun(pass);
      if (begun && begun.offset === begun.size) return this.#keepResumable(pass);
      return (await store.find(pass.appId, pass.object)) ?? this.#keepDirect(pass);
    });
  }

  /** Where the client may put the file by itself; undefined where it may not. */
  direct(pass: UploadPass): Promise<string | undefined> {
    return this.#parts.directs.offer(pass);
  }

  /** What has come is kept, and what was cut is gone, if that does not take too long. */
  async close(): Promise<void> {
    const { slots, objects } = this.#parts;
    const idle = slots.idle().then(() => objects.idle());
    await Promise.race([idle, sleep(endWithinMs, undefined, { ref: false })]);
  }

  #expected(of: Parameters<ResumableUploads['expected']>[0]): number {
    return this.#parts.resumables.expected(of) + this.#parts.directs.expected(of);
  }

  async #begun({ object }: UploadPass): Promise<Progress | undefined> {
    const { resumables } = this.#parts;
    const upload = resumables.get(object);
    const offset = upload && (await resumables.offset(object));
    if (upload && offset !== undefined) return { offset, size: upload.size, metadata: upload.metadata };
    // The store took its bytes, and it could not become a file: they have to come again.
    if (upload) await resumables.remove(object);
    return undefined;
  }

  async #keepDirect(pass: UploadPass): Promise<StoredFile> {
    const { slots, directs } = this.#parts;
    // What stays there is swept.
    const remove = () => directs.remove(pass).catch(() => {});
    try {
      const arrived = await slots.within(pass.uid, () => directs.fetch(pass, this.largest(pass)));
      if (!arrived) throw new ServerError('uploadIncomplete');
      const file = await this.#keepFetched(pass, arrived);
      await remove();
      return file;
    } catch (error) {
      if (isFinal(error)) await remove();
      throw error;
    }
  }

  async #keepFetched(pass: UploadPass, arrived: Arrived): Promise<StoredFile> {
    try {
      if (arrived.size !== pass.size) throw new ServerError('uploadConflict', `it is to have ${pass.size} bytes`);
      return await this.#keep(pass, arrived, '');
    } finally {
      await rm(arrived.path, { force: true });
    }
  }

  async #keepResumable(pass: UploadPass): Promise<StoredFile> {
    const { resumables } = this.#parts;
    const { object } = pass;
    try {
      const { filename } = resumables.get(object)?.metadata ?? {};
      const file = await this.#keep(pass, await inspect(resumables.path(object)), filename ?? '');
      await resumables.remove(object);
      return file;
    } catch (error) {
      if (isFinal(error)) await resumables.remove(object);
      throw error;
    }
  }

  /** The staged file may be there still after it: whoever staged it removes it. */
  async #keep(pass: UploadPass, arrived: Arrived, name: string): Promise<StoredFile> {
    const { store, blobs, media, directs, rights, clock } = this.#parts;
    const { object, appId } = pass;
    const { path, size, sha256, type } = arrived;
    const before = await store.find(appId, object);
    if (before) return theSame(before, arrived);
    await rights.check(pass);
    if (isAvatar(pass) && !avatarTypes.includes(type)) {
      throw new ServerError('fileTypeRefused', `an avatar is a picture, not ${type}`);
    }
    const facts = await media.look(path, type);
    const since = clock();
    await store.write['file.expect']({ object, time: since });
    await onDisk(() => blobs.put(object, path, { size, type, sha256 }));
    await this.#store(pass, arrived, { name, facts, since });
    directs.settle(object);
    const file = await store.find(appId, object);
    if (!file) throw new ServerError('uploadIncomplete');
    return file;
  }

  async #store(
    pass: UploadPass,
    arrived: Arrived,
    { name, facts, since }: { name: string; facts?: MediaFacts; since: number },
  ) {
    const { store, quota, clock } = this.#parts;
    const { object, appId, uid: owner, target } = pass;
    const { size, sha256, type } = arrived;
    const stored = await store.write['file.store']({
      object,
      appId,
      owner,
      isAvatar: isAvatar(pass),
      name: cleanFileName(pass.name || name),
      type,
      size,
      sha256,
      picture: facts ? pictureKinds[facts.kind] : 0,
      width: facts?.width ?? 0,
      height: facts?.height ?? 0,
      duration: facts?.duration ?? 0,
      placeholder: facts?.placeholder ?? '',
      target,
      quota,
      time: clock(),
    });
    if (!('refused' in stored)) return;
    if (stored.refused === 'uploadConflict') throw new ServerError('uploadConflict');
    await this.#discard({ object, since });
    throw new ServerError(stored.refused, stored.detail);
  }

  /** An object that is no file after all. Were this to fail, it would be found where it was expected. */
  async #discard(stray: StrayObject): Promise<void> {
    const { store, blobs } = this.#parts;
    const forget = () => store.write['file.forget'](stray);
    await blobs.remove(stray.object).then(forget, () => {});
  }
}

/** What would be refused again makes room. */
function isFinal(error: unknown): boolean {
  return error instanceof ServerError && !error.entry.retryable;
}

function theSame(file: StoredFile, { sha256 }: Arrived): StoredFile {
  if (!file.sha256.equals(sha256)) throw new ServerError('uploadConflict');
  return file;
}
