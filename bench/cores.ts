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
  rmSync(folder, { recursive: true, force: true });
  // A disk in memory interrupts nobody.
  let [server, most] = [0, flushes - 1];
  for (const [device, counts] of interrupts()) {
    for (const [core, count] of counts) {
      const rise = count - (before.get(device)?.get(core) ?? 0);
      if (rise > most) [server, most] = [core, rise];
    }
  }
  return { server, generator: server === 0 ? 1 : 0 };
}

/** Keeps this process, with all its threads, on one core. */
export function keepOn(core: number): void {
  execFileSync('taskset', ['-a', '-cp', String(core), String(process.pid)], { stdio: 'ignore' });
}

/** How often each device has interrupted each core, by the core's number. https://docs.kernel.org/filesystems/proc.html#kernel-data */
function interrupts(): Map<string, Map<number, number>> {
  const [head = '', ...lines] = readFileSync('/proc/interrupts', 'utf8').trim().split('\n');
  // One that is switched off has no column.
  const cores = head.match(/\d+/g)?.map(Number) ?? [];
  const words = lines.map((line) => line.trim().split(/\s+/));
  // The others are the cores' own: timers, calls from one to another.
  const ofDevices = words.filter(([name = '']) => /^\d+:$/.test(name));
  return new Map(
    ofDevices.map(([name = '', ...counts]) => [name, new Map(cores.map((core, i) => [core, Number(counts[i])]))]),
  );
}
