/** `npm run bench [-- NAME...] [options]`: measures, prints a table, writes results/NAME.json and NAME.md. */
import { benchFiles } from './files.ts';
import { benchGroups } from './groups.ts';
import { benchIdle } from './idle.ts';
import { benchLogins } from './logins.ts';
import { benchMessages } from './messages.ts';
import { type BenchOptions, readOptions } from './options.ts';
import { pinGenerator } from './processes.ts';
import { type Report, table, write } from './report.ts';
import { benchWriter } from './writer.ts';

const benches: Record<string, (options: BenchOptions) => Promise<Report>> = {
  messages: benchMessages,
  groups: benchGroups,
  idle: benchIdle,
  logins: benchLogins,
  writer: benchWriter,
  files: benchFiles,
};

const args = process.argv.slice(2);
const { names, options } = readOptions(args);
const unknown = names.filter((name) => !(name in benches));
if (unknown.length > 0) {
  console.error(`no such benchmark: ${unknown.join(', ')}; there are ${Object.keys(benches).join(', ')}`);
  process.exit(1);
}
if (options.pin) pinGenerator();
for (const name of names.length > 0 ? names : Object.keys(benches)) {
  const report = await benches[name]?.(options);
  if (!report) continue;
  write(report, ['npm run bench --', ...args].join(' ').trim());
  console.log(`\n${report.name}: ${report.about}\n\n${table(report.rows)}`);
}
process.exit(0);
