import { readFileSync, writeFileSync } from 'node:fs';

const mib = 1024 * 1024;

/** What a process has in memory now, in MiB. */
export function rssOf(pid: number): number {
  return kibOf(pid, 'VmRSS') / 1024;
}

/** The most that it had since `forgetPeak`, in MiB. */
export function peakOf(pid: number): number {
  return kibOf(pid, 'VmHWM') / 1024;
}

export function forgetPeak(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
}

export function inMib(bytes: number): number {
  return bytes / mib;
}

function kibOf(pid: number, name: string): number {
  return Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
}
