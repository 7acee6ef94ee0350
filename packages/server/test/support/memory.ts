import { readdirSync, readFileSync } from 'node:fs';

/** What a process has and had in memory, in bytes; and the same of those that it started. */
export interface Memory {
  now: number;
  peak: number;
  children: Memory[];
}

/** As Linux tells it. */
export function memoryOf(pid: number): Memory {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const bytes = (key: string) => Number(new RegExp(`${key}:\\s+(\\d+) kB`).exec(status)?.[1] ?? 0) * 1024;
  return { now: bytes('VmRSS'), peak: bytes('VmHWM'), children: childrenOf(pid).map(memoryOf) };
}

function childrenOf(pid: number): number[] {
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return all.map(Number).filter((each) => parentOf(each) === pid);
}

function parentOf(pid: number): number | undefined {
  try {
    return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[1]);
  } catch {
    // It has ended meanwhile.
    return undefined;
  }
}
