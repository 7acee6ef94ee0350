import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { ServerError } from '../error.ts';
import { headBytes, TextCheck, typeOf } from './content-type.ts';

/** A file that has arrived in the staging folder. */
export interface Arrived {
  path: string;
  /** Bytes. */
  size: number;
  sha256: Uint8Array;
  /** The media type, by content. */
  type: string;
}

/** Writes what comes into a new file, and looks at it on its way: never more than a piece of it is in memory. */
export async function receive(path: string, source: AsyncIterable<Buffer>, maxBytes: number): Promise<Arrived> {
  const look = new Look();
  const file = await onDisk(() => open(path, 'wx', 0o600));
  try {
    for await (const chunk of arriving(source)) {
      if (look.size + chunk.length > maxBytes) throw new ServerError('fileTooLarge', `at most ${maxBytes} bytes`);
      const written = onDisk(() => writeAll(file, chunk, look.size));
      look.at(chunk);
      await written;
    }
    if (look.size === 0) throw new ServerError('fileEmpty');
    return { path, ...(await look.seen()) };
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}

/** As `receive`, of a file that has arrived bit by bit. */
export async function inspect(path: string): Promise<Arrived> {
  const look = new Look();
  for await (const chunk of createReadStream(path, { highWaterMark: 256 * 1024 })) look.at(chunk as Buffer);
  return { path, ...(await look.seen()) };
}

/** Adds what comes to a file that has `offset` bytes; resolves when it survives a power cut, also where it breaks off. */
export async function append(
  path: string,
  source: AsyncIterable<Buffer>,
  { offset, maxBytes }: { offset: number; maxBytes: number },
): Promise<number> {
  const file = await onDisk(() => open(path, 'r+'));
  let size = offset;
  try {
    for await (const chunk of arriving(source)) {
      if (size + chunk.length > maxBytes) throw new ServerError('fileTooLarge', `at most ${maxBytes} bytes`);
      await onDisk(() => writeAll(file, chunk, size));
      size += chunk.length;
    }
    return size;
  } finally {
    await onDisk(() => file.datasync()).finally(() => file.close());
  }
}

class Look {
  readonly #hash = createHash('sha256');
  readonly #head: Buffer[] = [];
  readonly #text = new TextCheck();
  size = 0;

  at(chunk: Buffer): void {
    if (this.size < headBytes) this.#head.push(chunk);
    this.size += chunk.length;
    this.#text.write(chunk);
    this.#hash.update(chunk);
  }

  async seen(): Promise<Omit<Arrived, 'path'>> {
    const type = await typeOf(Buffer.concat(this.#head), this.#text.isText);
    return { size: this.size, sha256: this.#hash.digest(), type };
  }
}

/** What breaks off is the client's affair: it may try again. */
async function* arriving(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* source;
  } catch (error) {
    throw error instanceof ServerError ? error : new ServerError('uploadIncomplete');
  }
}

/** A full disk is told as such. */
export async function onDisk<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (cause) {
    const isFull = ['ENOSPC', 'EDQUOT'].includes(String((cause as { code?: unknown }).code));
    throw isFull ? Object.assign(new ServerError('storageFull'), { cause }) : cause;
  }
}

async function writeAll(file: FileHandle, chunk: Buffer, position: number): Promise<void> {
  for (let done = 0; done < chunk.length; ) {
    const { bytesWritten } = await file.write(chunk, done, chunk.length - done, position + done);
    done += bytesWritten;
  }
}
