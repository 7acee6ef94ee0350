import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, type as osType, release, totalmem } from 'node:os';
import type { Cores } from './cores.ts';
import { median, short } from './figures.ts';

/** One figure of a benchmark, with every run's value. */
export interface Row {
  what: string;
  unit: string;
  values: number[];
  /** The same figure of the baseline, from the same run. */
  baseline?: number[];
  target?: Target;
}

/** What a figure has to be; absent: it is told, not judged. */
export interface Target {
  least?: number;
  most?: number;
  /** The ratio to the baseline is judged instead of the median. */
  of?: 'ratio';
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
  const isJudged = rows.some(({ target }) => target);
  const head = ['what', 'unit', 'median', 'spread', 'baseline', 'ratio', ...(isJudged ? ['target', ''] : [])];
  const lines = rows.map(({ what, unit, values, baseline, target }) => [
    what,
    unit,
    short(median(values)),
    values.length > 1 ? `${short(Math.min(...values))} to ${short(Math.max(...values))}` : '',
    baseline ? short(median(baseline)) : '',
    baseline ? short(median(values) / median(baseline)) : '',
    ...(isJudged ? [target ? worded(target) : '', target ? verdict({ values, baseline, target }) : ''] : []),
  ]);
  return draw(head, lines);
}

/** Every figure that has a target, of all reports. */
export function summary(reports: readonly Report[]): string {
  const lines = reports.flatMap(({ name, rows }) =>
    rows.flatMap(({ what, unit, values, baseline, target }) => {
      if (!target) return [];
      const isRatio = target.of === 'ratio';
      const figure = short(judged({ values, baseline, target }));
      return [
        [name, what, isRatio ? 'of the baseline' : unit, figure, worded(target), verdict({ values, baseline, target })],
      ];
    }),
  );
  return draw(['benchmark', 'what', 'unit', 'measured', 'target', ''], lines, 3);
}

type Judged = Required<Pick<Row, 'values' | 'target'>> & Pick<Row, 'baseline'>;

/** The figure that the target is for; not a number where the baseline is missing that it needs. */
function judged({ values, baseline = [], target }: Judged): number {
  return target.of === 'ratio' ? median(values) / median(baseline) : median(values);
}

function verdict(row: Judged): 'pass' | 'missed' {
  const { least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY } = row.target;
  const figure = judged(row);
  return figure >= least && figure <= most ? 'pass' : 'missed';
}

function worded({ least, most, of }: Target): string {
  const bounds = [
    ...(least === undefined ? [] : [`>= ${short(least)}`]),
    ...(most === undefined ? [] : [`<= ${short(most)}`]),
  ];
  return `${of === 'ratio' ? 'ratio ' : ''}${bounds.join(', ')}`;
}

function draw(head: readonly string[], lines: readonly (readonly string[])[], texts = 2): string {
  const widths = head.map((text, i) => Math.max(text.length, ...lines.map((line) => (line[i] ?? '').length)));
  const pad = (text: string, i: number) => (i < texts ? text.padEnd(widths[i] ?? 0) : text.padStart(widths[i] ?? 0));
  const show = (line: readonly string[]) => `| ${line.map(pad).join(' | ')} |`;
  const rule = `|${widths.map((width, i) => (i < texts ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`;
  return [show(head), rule, ...lines.map(show)].join('\n');
}

/** Writes `results/NAME.json` and `.md`, with what somebody needs to get the same figures. */
export function write(report: Report, command: string, pin?: Cores): void {
  const cores = pin && { cores: `server on ${pin.server}, generator on ${pin.generator}` };
  const known = { ...circumstances(), ...cores, command };
  const rows = report.rows.map((row) => ({
    ...row,
    median: median(row.values),
    baselineMedian: row.baseline && median(row.baseline),
    ...(row.target && { verdict: verdict({ ...row, target: row.target }) }),
  }));
  mkdirSync(folder, { recursive: true });
  writeFileSync(new URL(`${report.name}.json`, folder), `${JSON.stringify({ ...report, ...known, rows }, null, 2)}\n`);
  const text = `# ${report.name}\n\n${report.about}\n\n${listed(known)}\n\n${table(report.rows)}\n`;
  writeFileSync(new URL(`${report.name}.md`, folder), text);
}

/** Writes `results/summary.md`: what was measured last of each benchmark, against its targets; the reports in it. */
export function writeSummary(): Report[] {
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
  const kept = files.sort().map((name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Kept);
  const runs = kept.map(({ name, date, command }) => `- ${name}: ${date}, \`${command}\``).join('\n');
  writeFileSync(new URL('summary.md', folder), `# Summary\n\n${summary(kept)}\n\n${runs}\n`);
  return kept;
}

/** As `write` leaves it. */
interface Kept extends Report {
  date: string;
  command: string;
}

function circumstances(): Record<string, string> {
  const cpu = cpus();
  return {
    date: new Date().toISOString(),
    machine: `${cpu.length} x ${cpu[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${osType()} ${release()}`,
    node: process.version,
    load: `${short(loadavg()[2] ?? 0)} processes at a time in the last 15 minutes, these among them`,
  };
}

function listed(known: Record<string, string>): string {
  return Object.entries(known)
    .map(([key, value]) => `- ${key}: ${key === 'command' ? `\`${value}\`` : value}`)
    .join('\n');
}
