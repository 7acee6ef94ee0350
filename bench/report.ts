import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, type as osType, release, totalmem } from 'node:os';
import { median, short } from './figures.ts';

/** One figure of a benchmark, with every run's value. */
export interface Row {
  what: string;
  unit: string;
  values: number[];
  /** The same figure of the baseline, from the same run. */
  baseline?: number[];
}

export interface Report {
  name: string;
  /** What was done, in a sentence. */
  about: string;
  rows: Row[];
}

const folder = new URL('./results/', import.meta.url);

/** A table for the terminal and for Markdown alike. */
export function table(rows: readonly Row[]): string {
  const head = ['what', 'unit', 'median', 'spread', 'baseline', 'ratio'];
  const lines = rows.map(({ what, unit, values, baseline }) => [
    what,
    unit,
    short(median(values)),
    values.length > 1 ? `${short(Math.min(...values))} to ${short(Math.max(...values))}` : '',
    baseline ? short(median(baseline)) : '',
    baseline ? short(median(values) / median(baseline)) : '',
  ]);
  const widths = head.map((text, i) => Math.max(text.length, ...lines.map((line) => (line[i] ?? '').length)));
  const show = (line: readonly string[]) =>
    `| ${line.map((text, i) => pad(text, widths[i] as number, i)).join(' | ')} |`;
  const rule = `|${widths.map((width, i) => (i < 2 ? `${'-'.repeat(width + 2)}` : `${'-'.repeat(width + 1)}:`)).join('|')}|`;
  return [show(head), rule, ...lines.map(show)].join('\n');
}

function pad(text: string, width: number, column: number): string {
  return column < 2 ? text.padEnd(width) : text.padStart(width);
}

/** Writes `results/NAME.json` and `.md`, with what somebody needs to get the same figures. */
export function write(report: Report, command: string): void {
  const cpu = cpus();
  const circumstances = {
    date: new Date().toISOString(),
    command,
    machine: `${cpu.length} x ${cpu[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${osType()} ${release()}`,
    node: process.version,
  };
  const rows = report.rows.map((row) => ({
    ...row,
    median: median(row.values),
    baselineMedian: row.baseline && median(row.baseline),
  }));
  const lines = Object.entries(circumstances).map(
    ([key, value]) => `- ${key}: ${key === 'command' ? `\`${value}\`` : value}`,
  );
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    new URL(`${report.name}.json`, folder),
    `${JSON.stringify({ ...report, ...circumstances, rows }, null, 2)}\n`,
  );
  writeFileSync(
    new URL(`${report.name}.md`, folder),
    `# ${report.name}\n\n${report.about}\n\n${lines.join('\n')}\n\n${table(report.rows)}\n`,
  );
}
