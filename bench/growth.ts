import { cpSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { spawnServer } from '@flooim/testkit';
import { bigFolder } from './big-folder.ts';
import { type FilledFolder, fillFolder } from './many-entries.ts';
import type { BenchOptions } from './options.ts';
import { openPair, openRelayPair } from './pair.ts';
import { serverPrefix, startRelay } from './processes.ts';
import type { Report, Row } from './report.ts';
import { folderUntilTheEnd } from './temporary.ts';
import { saturate, type Traffic } from './traffic.ts';

const smallSizes = [1000, 100_000, 1_000_000];
/** Short: the smallest database does not stay small. */
const mostSeconds = 2;
const acknowledgedMs = 500;
/** Messages cost the same, however many are stored. */
const flat = 1.2;

interface Size {
  entries: number;
  folder: FilledFolder;
  traffic: Traffic[];
}

/** What a message costs with few and with many stored. */
export async function benchGrowth(options: BenchOptions): Promise<Report> {
  const sizes: Size[] = [];
  for (const entries of smallSizes.filter((each) => each < options.entries)) {
    const folder = await fillFolder({ entries, talkers: options.pairs, conversations: 0 });
    sizes.push({ entries, folder, traffic: [] });
  }
  sizes.push({ entries: options.entries, folder: await bigFolder(options), traffic: [] });
  const relayed: Traffic[] = [];
  for (let i = 0; i < options.runs; i++) {
    relayed.push(await relay(options));
    // There and back, so that neither end always comes when the machine is warm.
    for (const size of i % 2 === 0 ? sizes : sizes.toReversed()) size.traffic.push(await talk(size, options));
  }
  const [smallest] = sizes as [Size];
  return {
    name: 'growth',
    about:
      `Durable 1:1 messages of ${options.pairs} pairs, saturated with ${options.window} under way a pair, by how many messages are stored when they begin; ` +
      'each measurement has a server of its own, and but for the largest a copy of its database. Baseline: the smallest of them, ' +
      'and for that a bare ws relay of the same frames.',
    rows: sizes.flatMap((size) => rowsOf(size, size === smallest ? relayed : smallest.traffic, size !== smallest)),
  };
}

function rowsOf({ entries, traffic }: Size, baseline: readonly Traffic[], isJudged: boolean): Row[] {
  const row = (what: string, unit: string, pick: (each: Traffic) => number): Row => ({
    what: `${entries.toLocaleString('en')} stored: ${what}`,
    unit,
    values: traffic.map(pick),
    baseline: baseline.map(pick),
  });
  return [
    {
      ...row('server CPU', 'us/message', (each) => each.cpuUs),
      ...(isJudged && { target: { most: flat, of: 'ratio' } as const }),
    },
    {
      ...row('rate', 'messages/s', (each) => each.rate),
      ...(isJudged && { target: { least: 1 / flat, of: 'ratio' } as const }),
    },
  ];
}

async function talk({ entries, folder }: Size, options: BenchOptions): Promise<Traffic> {
  const isCopied = entries < options.entries;
  const data = isCopied ? folderUntilTheEnd() : folder.data;
  if (isCopied) cpSync(folder.data, data, { recursive: true });
  const args = options.writer ? ['--writer', options.writer] : [];
  const server = await spawnServer({ data, prefix: serverPrefix(options.pin), args });
  const pairs = await Promise.all(folder.talkers.map(([from, to]) => openPair(server.url, from, to)));
  const traffic = await saturate(pairs, server.pid, options.window, Math.min(options.seconds, mostSeconds));
  // What a listener has not acknowledged would come again in the next run.
  await sleep(acknowledgedMs);
  for (const pair of pairs) pair.close();
  await server.close();
  if (isCopied) rmSync(data, { recursive: true });
  return traffic;
}

async function relay(options: BenchOptions): Promise<Traffic> {
  const target = await startRelay(options.pin);
  const names = Array.from({ length: options.pairs }, (_, i) => i);
  const pairs = await Promise.all(names.map((name) => openRelayPair(target.url, name)));
  const traffic = await saturate(pairs, target.pid, options.window, Math.min(options.seconds, mostSeconds));
  for (const pair of pairs) pair.close();
  await target.close();
  return traffic;
}
