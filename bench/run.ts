/** `npm run bench [-- NAME...] [options]`: measures, prints a table, writes results/NAME.json and NAME.md. */
import { benchArrivals } from './arrivals.ts';
import { keepOn } from './cores.ts';
import { benchDoors } from './doors.ts';
import { benchFiles } from './files.ts';
import { benchGroups } from './groups.ts';
import { benchGrowth } from './growth.ts';
import { benchHistory } from './history.ts';
import { benchIdle } from './idle.ts';
import { benchLogins } from './logins.ts';
import { benchMessages } from './messages.ts';
import { type BenchOptions, readOptions } from './options.ts';
import { benchPeers } from './peers.ts';
import { benchReady } from './ready.ts';
import { type Report, summary, table, write, writeSummary } from './report.ts';
import { benchWriter } from './writer.ts';

const benches: Record<string, (options: BenchOptions) => Promise<Report | undefined>> = {
  messages: benchMessages,
  groups: benchGroups,
  idle: benchIdle,
  logins: benchLogins,
  writer: benchWriter,
  files: benchFiles,
  doors: benchDoors,
  history: benchHistory,
  growth: benchGrowth,
  ready: benchReady,
  arrivals: benchArrivals,
  peers: benchPeers,
};

const args = process.argv.slice(2);
const { names, options } = await readOptions(args);
const unknown = names.filter((name) => !(name in benches));
if (unknown.length > 0) {
  console.error(`no such benchmark: ${unknown.join(', ')}; there are ${Object.keys(benches).join(', ')}`);
  process.exit(1);
}
if (options.pin) keepOn(options.pin.generator);
const command = ['npm run bench --', ...args].join(' ').trim();
const failed: string[] = [];
for (const name of names.length > 0 ? names : Object.keys(benches)) {
  const measured = await benches[name]?.(options).catch((error: unknown) => {
    console.error(error);
    failed.push(name);
  });
  // It has said why there is none.
  if (!measured) continue;
  const report = options.pin ? { ...measured, name: `${measured.name}-pinned` } : measured;
  write(report, command, options.pin);
  console.log(`\n${report.name}: ${report.about}\n\n${table(report.rows)}`);
}
const kept = writeSummary();
if (names.length === 0) console.log(`\nAgainst the targets:\n\n${summary(kept)}`);
if (failed.length > 0) console.error(`\nfailed: ${failed.join(', ')}`);
process.exit(failed.length > 0 ? 1 : 0);
