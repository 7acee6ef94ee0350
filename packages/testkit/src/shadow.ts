import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { nativeLibrary } from './native-library.ts';
import type { Random } from './random.ts';
import { temporaryFolder } from './start-server.ts';

/** The preloaded library of native/shadow.c; undefined where it cannot be compiled. */
export function shadowLibrary(): string | undefined {
  return nativeLibrary('shadow');
}

/** The environment under which each flush of a server's files takes so much longer. */
export function slowFlushes(data: string, delayMs: number): Record<string, string> {
  const library = shadowLibrary();
  if (!library) throw new Error('no C compiler (cc)');
  return { LD_PRELOAD: library, SHADOW_DATA: realpathSync(data), SHADOW_FLUSH_DELAY_US: String(delayMs * 1000) };
}

/** A disk under a server's data folder of which one can see what a power cut would leave. */
export class ShadowDisk {
  readonly data: string;
  readonly #copy = temporaryFolder('flooim-shadow');

  /** `data` must not be in use yet. */
  constructor(data: string) {
    this.data = realpathSync(data);
    cpSync(this.data, this.#copy, { recursive: true });
  }

  /** The environment to start the server in. */
  get env(): Record<string, string> {
    const library = shadowLibrary();
    if (!library) throw new Error('no C compiler (cc)');
    return { LD_PRELOAD: library, SHADOW_DATA: this.data, SHADOW_COPY: this.#copy };
  }

  /** The folders that `diskAfterPowerCut` makes disks of. */
  get folders(): CutDisk {
    return { written: this.data, flushed: this.#copy };
  }

  remove(): void {
    rmSync(this.#copy, { recursive: true, force: true });
  }
}

/** Two folders: what the server wrote, and what of it was flushed. */
export interface CutDisk {
  written: string;
  flushed: string;
}

/**
 * What the disk holds after the power went: everything flushed, and of the rest each 512-byte sector with this
 * probability. The server must be dead (kill -9). Fills `left`, an empty folder.
 */
export function diskAfterPowerCut(
  { written, flushed }: CutDisk,
  left: string,
  random: Random,
  keepUnflushed = 0,
): void {
  cpSync(flushed, left, { recursive: true });
  if (keepUnflushed === 0) return;
  for (const file of filesIn(written)) keepSectors(join(written, file), join(left, file), random, keepUnflushed);
}

const sectorBytes = 512;

function filesIn(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && !entry.name.endsWith('-shm'));
  return files.map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}

/** Lets some sectors of a file that were written and never flushed reach the disk all the same. */
function keepSectors(written: string, left: string, random: Random, probability: number): void {
  const now = readFileSync(written);
  const flushed = existsSync(left) ? readFileSync(left) : Buffer.alloc(0);
  const isLonger = now.length > flushed.length && random.chance(probability);
  const result = Buffer.alloc(isLonger ? now.length : flushed.length);
  flushed.copy(result);
  for (let at = 0; at < result.length && at < now.length; at += sectorBytes) {
    const end = Math.min(at + sectorBytes, now.length, result.length);
    if (random.chance(probability)) now.copy(result, at, at, end);
  }
  if (!existsSync(left) && result.length === 0) return;
  mkdirSync(dirname(left), { recursive: true });
  writeFileSync(left, result, { mode: statSync(written).mode & 0o777 });
}
