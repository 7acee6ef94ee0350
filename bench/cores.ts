import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@flooim/testkit';
import { flushes, flushMs } from './flush.ts';

/** Where the server is kept and where the generator, when that was asked for. */
export interface Cores {
  server: number;
  generator: number;
}

/**
 * The server goes to the core that is interrupted when the disk has flushed: on another one each flush wakes both, and what
 * the disk does for the server is done at the generator's expense.
 */
export async function chooseCores(): Promise<Cores> {
  const folder = temporaryFolder('flooim-bench');
  const before = interrupts();
  await flushMs(join(folder, 'flush'));
  const rises = [...interrupts()].map(([device, counts]) =>
    counts.map((count, core) => count - (before.get(device)?.[core] ?? 0)),
  );
  rmSync(folder, { recursive: true, force: true });
  const most = Math.max(...rises.flat());
  // A disk in memory interrupts nobody.
  const server = most < flushes ? 0 : (rises.find((cores) => cores.includes(most))?.indexOf(most) ?? 0);
  return { server, generator: server === 0 ? 1 : 0 };
}

/** Keeps this process, with all its threads, on one core. */
export function keepOn(core: number): void {
  execFileSync('taskset', ['-a', '-cp', String(core), String(process.pid)], { stdio: 'ignore' });
}

/** How often each device has interrupted each core. https://docs.kernel.org/filesystems/proc.html#kernel-data */
function interrupts(): Map<string, number[]> {
  const [head = '', ...lines] = readFileSync('/proc/interrupts', 'utf8').trim().split('\n');
  const cores = head.trim().split(/\s+/).length;
  const words = lines.map((line) => line.trim().split(/\s+/));
  // The others are the cores' own: timers, calls from one to another.
  const ofDevices = words.filter(([name = '']) => /^\d+:$/.test(name));
  return new Map(ofDevices.map(([name = '', ...counts]) => [name, counts.slice(0, cores).map(Number)]));
}
