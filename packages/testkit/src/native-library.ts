import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, statSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The library of native/NAME.c, for LD_PRELOAD, compiled once for each state of its source and user; undefined where there
 * is no C compiler or no Linux.
 */
export function nativeLibrary(name: string): string | undefined {
  if (process.platform !== 'linux') return undefined;
  const source = fileURLToPath(new URL(`../native/${name}.c`, import.meta.url));
  const version = createHash('sha256').update(readFileSync(source)).digest('hex').slice(0, 16);
  const library = join(tmpdir(), `flooim-${name}-${userInfo().uid}-${version}.so`);
  if (existsSync(library) && statSync(library).uid === userInfo().uid) return library;
  const unfinished = `${library}.${process.pid}`;
  try {
    execFileSync('cc', ['-O2', '-shared', '-fPIC', '-o', unfinished, source, '-ldl', '-lpthread'], { stdio: 'pipe' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  renameSync(unfinished, library);
  return library;
}
