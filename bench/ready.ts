import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type SpawnedServer, spawnServer } from '@flooim/testkit';
import { bytesEach, type FilledFolder, fillFolder } from './many-entries.ts';
import type { BenchOptions } from './options.ts';
import { openPair } from './pair.ts';
import { serverPrefix } from './processes.ts';
import type { Report, Row } from './report.ts';

/** How long a server is under load before it is killed: the shortest, and so much more at random. */
const leastMs = 500;
const moreMs = 2000;
const readyMs = 2000;

/** How soon a server with a large database is there again after it was killed under load. */
export async function benchReady(options: BenchOptions): Promise<Report> {
  const entries = Math.ceil((options.gb * 1e9) / bytesEach);
  const folder = await fillFolder({ entries, talkers: options.pairs, conversations: 0 });
  const database = join(folder.data, 'flooim.db');
  const walBytes: number[] = [];
  const server = await spawnServer({ data: folder.data, prefix: serverPrefix(options.pin) });
  for (let i = 0; i < options.kills; i++) {
    await killUnderLoad(server, folder, options);
    walBytes.push(statSync(`${database}-wal`).size);
    await server.restart();
  }
  await server.close();
  // The first start was none after a kill.
  const times = server.readyMs.slice(1);
  const row = (what: string, unit: string, values: number[]): Row => ({ what, unit, values });
  return {
    name: 'ready',
    about:
      `From the start of the process to its first answer at /readyz that it is ready, ${options.kills} times after kill -9 while ${options.pairs} pairs ` +
      `saturated it with ${options.window} messages under way each. The write-ahead log is as the kill left it.`,
    rows: [
      { ...row('ready', 'ms', times), target: { most: readyMs } },
      { ...row('ready, the slowest', 'ms', [Math.max(...times)]), target: { most: readyMs } },
      row(
        'write-ahead log that was found',
        'MiB',
        walBytes.map((bytes) => bytes / 2 ** 20),
      ),
      row('database in the end', 'MB', [statSync(database).size / 1e6]),
    ],
  };
}

async function killUnderLoad(
  server: SpawnedServer,
  { talkers }: FilledFolder,
  { window }: BenchOptions,
): Promise<void> {
  const pairs = await Promise.all(talkers.map(([from, to]) => openPair(server.url, from, to)));
  let arrived = 0;
  for (const pair of pairs) {
    pair.onArrival = () => {
      arrived++;
      pair.send();
    };
    for (let n = 0; n < window; n++) pair.send();
  }
  await sleep(leastMs + Math.random() * moreMs);
  await server.kill9();
  for (const pair of pairs) pair.close();
  if (arrived === 0) throw new Error('the server was killed before it did anything');
}
