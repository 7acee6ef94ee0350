import { cpus, loadavg } from 'node:os';

export interface TableRow {
  what: string;
  measured: number;
  unit: string;
  /** The most that it may be; absent: it is told, not judged. */
  most?: number;
  /** What it is made of, or how it varied. */
  note?: string;
}

export const median = (numbers: readonly number[]): number => quantile(numbers, 0.5);

export function quantile(numbers: readonly number[], part: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
}

/** How its parts spread. */
export const range = (numbers: readonly number[]): string =>
  `${numbers.length} times, ${Math.min(...numbers).toFixed(0)} to ${Math.max(...numbers).toFixed(0)}`;

const number = (value: number): string => value.toFixed(Number.isInteger(value) || value >= 1000 ? 0 : 1);

/** The machine counts: a busy one makes every wall clock worse, and hardly the time that a thread worked. */
export function printTable(title: string, rows: readonly TableRow[]): void {
  const load = loadavg()
    .map((one) => one.toFixed(1))
    .join(' ');
  console.log(`\n${title}\n${cpus()[0]?.model.trim()}, ${cpus().length} CPUs; load ${load}\n`);
  const cells = rows.map(({ what, measured, unit, most, note = '' }) => [
    what,
    `${number(measured)} ${unit}`,
    most === undefined ? '' : `${most} ${unit}`,
    most === undefined ? '' : measured <= most ? 'pass' : 'FAIL',
    note,
  ]);
  const all = [['', 'median', 'target', '', ''], ...cells];
  const widths = all[0]?.map((_, i) => Math.max(...all.map((row) => row[i]?.length ?? 0))) ?? [];
  for (const row of all) console.log(`  ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  ')}`.trimEnd());
  console.log();
}
