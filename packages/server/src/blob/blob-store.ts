import type { Readable } from 'node:stream';

/** What a store is told of an object that it takes. */
export interface ObjectFacts {
  /** Bytes. */
  size: number;
  /** The media type, by content. */
  type: string;
  sha256: Uint8Array;
}

/** How a client that fetches an object by itself is to be answered. */
export interface ObjectLink {
  type: string;
  /** The value of `content-disposition`. */
  disposition: string;
  /** How long the link works. */
  ttlSec: number;
}

/**
 * Where the bytes of files are. Objects are named by us: letters, digits, `-`, `_`, and one `.` before the name of what was
 * made from it, such as a thumbnail; never anything that a user wrote. An object never changes.
 */
export interface BlobStore {
  /** Takes a finished file from the staging folder, which has the path no more then. Resolves when it survives a power cut. */
  put(object: string, staged: string, facts: ObjectFacts): Promise<void>;
  /** The bytes from `start` to `end`, both included, or all; undefined where there is no such object. */
  read(object: string, range?: { start: number; end: number }): Promise<Readable | undefined>;
  /** What is not there is removed already. */
  remove(object: string): Promise<void>;
  /** Where on this machine it can be read; absent where it is elsewhere. */
  path?(object: string): string;
  /** Where a client may fetch it without the server; absent where all bytes go through the server. */
  link?(object: string, how: ObjectLink): Promise<string>;
  /** Where a client may put it, exactly `size` bytes; the object is not to be trusted until it was looked at. */
  uploadLink?(object: string, how: { size: number; ttlSec: number }): Promise<string>;
}

/** Stops what is no name of an object before it becomes a path. */
export function checkObjectName(object: string): void {
  if (!/^[\w-]{2,64}(\.\w{1,16})?$/.test(object)) throw new Error(`not the name of an object: ${object}`);
}
