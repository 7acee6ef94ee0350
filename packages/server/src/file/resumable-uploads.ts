import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { limits } from '@flooim/protocol';

import { onDisk } from './incoming.ts';

/** A file that comes bit by bit. */
export interface ResumableUpload {
  object: string;
  appId: string;
  uid: number;
  /** Bytes, once it is whole. */
  size: number;
  /** As its uploader described it, by tus. */
  metadata: Record<string, string | null>;
  /** Milliseconds since the epoch. */
  expiresAt: number;
}

/** What is known of one besides. */
interface Kept extends ResumableUpload {
  /** When something last came of it. */
  touchedAt: number;
}

const bytesOf = '.tus';
const factsOf = '.json';

/** Uploads that can go on after a cut, as files of the staging folder: they outlive the server. */
export class ResumableUploads {
  readonly #folder: string;
  readonly #clock: () => number;
  readonly #uploads: Map<string, Kept>;

  constructor(folder: string, clock: () => number) {
    this.#folder = folder;
    this.#clock = clock;
    this.#uploads = readUploads(folder);
  }

  get(object: string): ResumableUpload | undefined {
    return this.#uploads.get(object);
  }

  /** Where the bytes are. */
  path(object: string): string {
    return join(this.#folder, object + bytesOf);
  }

  /** How many bytes are there; undefined where they are not here any more. */
  async offset(object: string): Promise<number | undefined> {
    try {
      return (await stat(this.path(object))).size;
    } catch (error) {
      if ((error as { code?: unknown }).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  /** Begins an upload, or begins it anew. The one of the same user from which nothing came for longest makes room for it. */
  async create(upload: ResumableUpload): Promise<void> {
    const { object } = upload;
    const others = this.#of(upload).filter((other) => other.object !== object);
    for (const { object: oldest } of others.slice(0, Math.max(0, others.length + 1 - limits.uploadsPerUser))) {
      await this.remove(oldest);
    }
    await onDisk(() => writeFile(this.path(object), '', { mode: 0o600 }));
    const unfinished = join(this.#folder, `${object}.new`);
    await onDisk(() => writeFile(unfinished, JSON.stringify(upload), { mode: 0o600 }));
    await rename(unfinished, this.#facts(object));
    this.#uploads.set(object, { ...upload, touchedAt: this.#clock() });
  }

  /** Something of it came. */
  touch(object: string): void {
    const upload = this.#uploads.get(object);
    if (upload) upload.touchedAt = this.#clock();
  }

  async remove(object: string): Promise<void> {
    this.#uploads.delete(object);
    await rm(this.#facts(object), { force: true });
    await rm(this.path(object), { force: true });
  }

  /** Bytes that the uploads of a user, or of his whole app, come to once they are whole. */
  expected({ appId, uid, except }: { appId: string; uid?: number; except: string }): number {
    let bytes = 0;
    for (const upload of this.#uploads.values()) {
      const counts = upload.appId === appId && (uid === undefined || upload.uid === uid) && upload.object !== except;
      if (counts) bytes += upload.size;
    }
    return bytes;
  }

  expired(): string[] {
    const now = this.#clock();
    return [...this.#uploads.values()].filter(({ expiresAt }) => expiresAt <= now).map(({ object }) => object);
  }

  /** The one that waits longest first. */
  #of({ appId, uid }: ResumableUpload): Kept[] {
    const his = [...this.#uploads.values()].filter((upload) => upload.appId === appId && upload.uid === uid);
    return his.toSorted((a, b) => a.touchedAt - b.touchedAt);
  }

  #facts(object: string): string {
    return join(this.#folder, object + factsOf);
  }
}

/** What a server before this one left; everything in the folder that is no resumable upload goes. */
function readUploads(folder: string): Map<string, Kept> {
  const uploads = new Map<string, Kept>();
  const names = readdirSync(folder);
  for (const name of names.filter((each) => each.endsWith(factsOf))) {
    const upload = readUpload(folder, name.slice(0, -factsOf.length));
    if (upload) uploads.set(upload.object, upload);
  }
  for (const name of names) {
    const isOfUpload = uploads.has(name.slice(0, name.lastIndexOf('.'))) && /\.(tus|json)$/.test(name);
    if (!isOfUpload) rmSync(join(folder, name), { recursive: true, force: true });
  }
  return uploads;
}

function readUpload(folder: string, object: string): Kept | undefined {
  try {
    const { mtimeMs } = statSync(join(folder, object + bytesOf));
    const facts = JSON.parse(readFileSync(join(folder, object + factsOf), 'utf8')) as ResumableUpload;
    return facts.object === object ? { ...facts, touchedAt: mtimeMs } : undefined;
  } catch {
    // Half of an upload is none: the other half was on its way when the server ended.
    return undefined;
  }
}
