import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileTypeFromBuffer } from 'file-type';
import { ServerError } from '../error.ts';

/** A file that has arrived in the staging folder. */
export interface Arrived {
  path: string;
  /** Bytes. */
  size: number;
  sha256: Uint8Array;
  /** The media type, by content. */
  type: string;
}

/** As much as tells most types apart. */
const headBytes = 16 * 1024;

/** Writes what comes into the staging folder, and looks at it on its way: never more than a piece of it is in memory. */
export async function receive(folder: string, name: string, source: Readable, maxBytes: number): Promise<Arrived> {
  const path = join(folder, name);
  const looking = new Looking(maxBytes);
  try {
    await pipeline(source, looking, createWriteStream(path, { mode: 0o600 }));
    if (looking.size === 0) throw new ServerError('fileEmpty');
    return { path, ...(await looking.seen()) };
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}

class Looking extends Transform {
  readonly #hash = createHash('sha256');
  readonly #head: Buffer[] = [];
  readonly #maxBytes: number;
  size = 0;

  constructor(maxBytes: number) {
    super();
    this.#maxBytes = maxBytes;
  }

  override _transform(chunk: Buffer, _encoding: string, done: (error: Error | null, chunk?: Buffer) => void): void {
    if (this.size < headBytes) this.#head.push(chunk);
    this.size += chunk.length;
    if (this.size > this.#maxBytes) return done(new ServerError('fileTooLarge', `at most ${this.#maxBytes} bytes`));
    this.#hash.update(chunk);
    done(null, chunk);
  }

  async seen(): Promise<Omit<Arrived, 'path'>> {
    const type = await typeOf(Buffer.concat(this.#head));
    return { size: this.size, sha256: this.#hash.digest(), type };
  }
}

async function typeOf(head: Buffer): Promise<string> {
  return (await fileTypeFromBuffer(head))?.mime ?? 'application/octet-stream';
}
