import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, realpathSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { nativeLibrary } from '../native-library.ts';
import { temporaryFolder } from '../start-server.ts';

/** The preloaded library of native/faults.c; undefined where it cannot be compiled. */
export function faultsLibrary(): string | undefined {
  return nativeLibrary('faults');
}

/** Places in the control file, in 32-bit numbers. */
const places = { full: 0, flushes: 1, writes: 2, failedFlushes: 3, failedWrites: 4 } as const;
type Place = keyof typeof places;

const smallDiskMb = 256;

/**
 * A disk for a data folder that fails when it is told to. Where this user may mount one it is small, and really full; else
 * files on it cannot grow.
 */
export class FaultyDisk {
  /** The data folder. */
  readonly data: string;
  /** Whether it is a disk of its own. */
  readonly isMounted: boolean;
  readonly #folder: string;
  readonly #control: string;

  constructor({ mount = true } = {}) {
    this.#folder = realpathSync(temporaryFolder('flooim-disk'));
    this.data = join(this.#folder, 'disk', 'data');
    this.#control = join(this.#folder, 'control');
    writeFileSync(this.#control, Buffer.alloc(Object.keys(places).length * 4));
    const disk = join(this.#folder, 'disk');
    mkdirSync(disk);
    this.isMounted = mount && mountSmallDisk(disk);
  }

  /** The environment to start the server in. */
  get env(): Record<string, string> {
    const library = faultsLibrary();
    if (!library) throw new Error('no C compiler (cc)');
    return { LD_PRELOAD: library, FAULTS_DATA: this.data, FAULTS_CONTROL: this.#control };
  }

  fill(): void {
    if (this.isMounted) this.#takeRoom();
    else this.#set('full', 1);
  }

  /** Makes room again. */
  free(): void {
    if (this.isMounted) rmSync(this.#ballast, { force: true });
    else this.#set('full', 0);
  }

  /** The next flush of the database fails. */
  failFlush(): void {
    this.#set('flushes', 1);
  }

  /** The next write of the database fails. */
  failWrite(): void {
    this.#set('writes', 1);
  }

  /** How many did. */
  get failed(): { flushes: number; writes: number } {
    return { flushes: this.#get('failedFlushes'), writes: this.#get('failedWrites') };
  }

  remove(): void {
    if (this.isMounted) execFileSync('umount', [join(this.#folder, 'disk')]);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  get #ballast(): string {
    return join(this.#folder, 'disk', 'ballast');
  }

  #takeRoom(): void {
    const file = openSync(this.#ballast, 'w');
    const piece = Buffer.alloc(1024 * 1024);
    try {
      for (;;) writeSync(file, piece);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    } finally {
      closeSync(file);
    }
  }

  #set(place: Place, value: number): void {
    const bytes = Buffer.alloc(4);
    bytes.writeInt32LE(value);
    const file = openSync(this.#control, 'r+');
    writeSync(file, bytes, 0, 4, places[place] * 4);
    closeSync(file);
  }

  #get(place: Place): number {
    return readFileSync(this.#control).readInt32LE(places[place] * 4);
  }
}

/** Only who runs the machine may. */
function mountSmallDisk(folder: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${smallDiskMb}m`, 'tmpfs', folder], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
