import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import { promisify } from 'node:util';
import type { VideoPrograms } from './media-job.ts';
import { mediaLimits } from './media-limits.ts';

/** What the machine has for the work. */
export interface Programs {
  video: VideoPrograms | undefined;
  /** `prlimit` of util-linux, where it works: it holds a process to an amount of memory. */
  prlimit: string | undefined;
}

/** As little as holds a process, and what it starts, to its memory; what to run follows. */
export const memoryLimits = [`--data=${mediaLimits.dataMib * 1024 * 1024}`, '--core=0', '--'];

/** Where programs usually are. */
export const usualFolders = ['/usr/local/bin', '/usr/bin', '/bin', '/opt/homebrew/bin'].join(delimiter);

/** `searchPath`: folders, as in the environment's PATH; those that are not absolute are left out. */
export async function findPrograms(searchPath: string): Promise<Programs> {
  const folders = searchPath.split(delimiter).filter((folder) => isAbsolute(folder));
  const [ffmpeg, ffprobe, prlimit] = await Promise.all(
    ['ffmpeg', 'ffprobe', 'prlimit'].map((name) => find(name, folders)),
  );
  return {
    video: ffmpeg && ffprobe ? { ffmpeg, ffprobe } : undefined,
    prlimit: prlimit && (await holds(prlimit)) ? prlimit : undefined,
  };
}

async function find(name: string, folders: readonly string[]): Promise<string | undefined> {
  const file = process.platform === 'win32' ? `${name}.exe` : name;
  for (const folder of folders) {
    const path = join(folder, file);
    if (await isProgram(path)) return path;
  }
  return undefined;
}

function isProgram(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** A container may forbid it, or have no memory to promise. */
function holds(prlimit: string): Promise<boolean> {
  const args = [...memoryLimits, process.execPath, '--eval', '0'];
  return promisify(execFile)(prlimit, args, { timeout: mediaLimits.startMs, env: {} }).then(
    () => true,
    () => false,
  );
}
