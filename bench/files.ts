import { createHash, randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { seedPairs, seedUsers, spawnServer, temporaryFolder } from '@flooim/testkit';
import { startLoad } from './file-load.ts';
import { bareFiles, type FilePlace, type FileUser, ourFiles } from './file-places.ts';
import type { BenchOptions } from './options.ts';
import { openPair } from './pair.ts';
import { type Pictures, picturesOf } from './picture.ts';
import { forgetPeak, peakOf, serverPrefix, startBare, type Target, usageOf } from './processes.ts';
import type { Report, Row } from './report.ts';
import { type Traffic, trickle } from './traffic.ts';

const megabyte = 1024 * 1024;
const readers = 4;
const parallel = { uploads: 10, bytes: 20 * megabyte };
/** Messages a second, while files move and while none do. */
const messageRate = 500;
const settleMs = 1000;

/** What moving files costs. */
interface Move {
  mbPerSec: number;
  /** Of the server, all threads, for each MB. */
  cpuMsPerMb: number;
  peakBytes: number;
}

interface Moves {
  beforeBytes: number;
  form: Move;
  tus: Move;
  down: Move;
  crowd: Move;
  ten: Move;
  afterBytes: number;
}

interface Run {
  ours: Moves;
  bare: Moves;
  quiet: Traffic;
  busy: Traffic;
  busyElsewhere: Traffic;
  moved: { ours: number; bare: number };
  pictures: Pictures | undefined;
}

/** Large files up and down, many at once, what messages feel of it, and pictures. */
export async function benchFiles(options: BenchOptions): Promise<Report> {
  const bytes = randomBytes(options.mb * megabyte);
  const runs: Run[] = [];
  // Memory is of a fresh process, so each run has its own.
  for (let i = 0; i < Math.min(options.runs, 3); i++) runs.push(await runOnce(bytes, options));
  return {
    name: 'files',
    about:
      `Files of ${options.mb} MB up by multipart and by tus and down again, ten of 20 MB up at the same time, and messages of one pair ` +
      `(${messageRate}/s) meanwhile; a picture of 12 megapixels until the server knows its size and placeholder. Baseline: a bare ` +
      'node:http server that writes to a file, hashes and flushes it, and streams it back; of messages, the same while no files ' +
      'move; of the picture, sharp alone.',
    rows: [...moveRows(runs), ...messageRows(runs), ...pictureRows(runs)],
  };
}

async function runOnce(bytes: Buffer, options: BenchOptions): Promise<Run> {
  const [data, folder] = [temporaryFolder('flooim-bench'), temporaryFolder('flooim-bench')];
  const [talker, listener] = await seedUsers(data, 2);
  if (!talker || !listener) throw new Error('two users make a pair');
  seedPairs(data, [[talker.uid, listener.uid]]);
  const args = ['--user-file-mb', '1000000', '--file-mb', String(Math.max(100, options.mb))];
  const server = await spawnServer({ data, prefix: serverPrefix(options.pin), args });
  const bareServer = await startBare(new URL('./bare-files.ts', import.meta.url), options.pin, [folder]);
  const user: FileUser = { url: server.url, token: talker.token, to: listener.uid };
  const bare = await move(bareFiles(bareServer.url), bareServer, bytes);
  const ours = await move(ourFiles(user), server, bytes);
  const messages = await talk(
    server,
    bareServer,
    { user, pair: await openPair(server.url, talker, listener) },
    options,
  );
  const pictures = await picturesOf(user, server.pid);
  await Promise.all([server.close(), bareServer.close()]);
  for (const each of [data, folder]) rmSync(each, { recursive: true, force: true });
  return { ours, bare, ...messages, pictures };
}

async function move(place: FilePlace, { pid }: Pick<Target, 'pid'>, bytes: Buffer): Promise<Moves> {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const small = bytes.subarray(0, megabyte);
  for (const { way } of [await place.byForm(small), await place.byTus(small)]) await place.fetch(way);
  await sleep(settleMs);
  const beforeBytes = usageOf(pid).rssBytes;
  const each = bytes.length / megabyte;
  let way = '';
  const form = await measure(pid, each, async () => {
    ({ way } = await place.byForm(bytes));
  });
  const tus = await measure(pid, each, () => place.byTus(bytes));
  const down = await measure(pid, each, () => place.fetch(way));
  const crowd = await measure(pid, each * readers, () =>
    Promise.all(Array.from({ length: readers }, () => place.fetch(way))),
  );
  const twenty = bytes.subarray(0, parallel.bytes);
  const ten = await measure(pid, (parallel.uploads * twenty.length) / megabyte, () =>
    Promise.all(Array.from({ length: parallel.uploads }, () => place.byForm(twenty))),
  );
  await sleep(settleMs);
  const afterBytes = usageOf(pid).rssBytes;
  if ((await place.fetch(way, true)) !== sha256) throw new Error('what came back is not what was sent');
  return { beforeBytes, form, tus, down, crowd, ten, afterBytes };
}

async function measure(pid: number, mb: number, act: () => Promise<unknown>): Promise<Move> {
  forgetPeak(pid);
  const [before, startedAt] = [usageOf(pid), performance.now()];
  await act();
  const elapsedMs = performance.now() - startedAt;
  return {
    mbPerSec: (mb * 1000) / elapsedMs,
    cpuMsPerMb: (usageOf(pid).cpuUs - before.cpuUs) / 1000 / mb,
    peakBytes: peakOf(pid),
  };
}

/** Messages while nothing else happens, while files move through the same server, and while they move through the bare one. */
async function talk(
  server: Target,
  bareServer: Target,
  { user, pair }: { user: FileUser; pair: Awaited<ReturnType<typeof openPair>> },
  { mb, seconds }: BenchOptions,
): Promise<Pick<Run, 'quiet' | 'busy' | 'busyElsewhere' | 'moved'>> {
  const messages = () => trickle([pair], server.pid, messageRate, seconds / 4);
  const under = async (at: FileUser | string) => {
    const startedAt = performance.now();
    const stop = await startLoad({ at, bytes: mb * megabyte });
    const traffic = await messages();
    const moved = (await stop()) / megabyte;
    return { traffic, mbPerSec: (moved * 1000) / (performance.now() - startedAt) };
  };
  const quiet = await messages();
  const elsewhere = await under(bareServer.url);
  const here = await under(user);
  pair.close();
  return {
    quiet,
    busy: here.traffic,
    busyElsewhere: elsewhere.traffic,
    moved: { ours: here.mbPerSec, bare: elsewhere.mbPerSec },
  };
}

function moveRows(runs: readonly Run[]): Row[] {
  const row = (what: string, unit: string, pick: (moves: Moves) => number) => ({
    what,
    unit,
    values: runs.map(({ ours }) => pick(ours)),
    baseline: runs.map(({ bare }) => pick(bare)),
  });
  const ways = {
    'up by form': 'form',
    'up by tus': 'tus',
    down: 'down',
    [`down, ${readers} readers`]: 'crowd',
  } as const;
  const all = [...Object.entries(ways), ['ten up at once', 'ten']] as [
    string,
    'form' | 'tus' | 'down' | 'crowd' | 'ten',
  ][];
  return [
    ...all.map(([what, key]) => row(what, 'MB/s', (moves) => moves[key].mbPerSec)),
    ...all.map(([what, key]) => row(`server CPU: ${what}`, 'ms/MB', (moves) => moves[key].cpuMsPerMb)),
    row('server RSS before', 'MiB', ({ beforeBytes }) => beforeBytes / megabyte),
    ...all.map(([what, key]) => row(`server RSS at most: ${what}`, 'MiB', (moves) => moves[key].peakBytes / megabyte)),
    row('server RSS after', 'MiB', ({ afterBytes }) => afterBytes / megabyte),
  ];
}

function messageRows(runs: readonly Run[]): Row[] {
  const quiet = (pick: (traffic: Traffic) => number) => runs.map((run) => pick(run.quiet));
  const row = (what: string, of: (run: Run) => Traffic, pick: (traffic: Traffic) => number) => ({
    what,
    unit: 'ms',
    values: runs.map((run) => pick(of(run))),
    baseline: quiet(pick),
  });
  const rows = (name: string, of: (run: Run) => Traffic) => [
    row(`messages p50: ${name}`, of, ({ p50Ms }) => p50Ms),
    row(`messages p99: ${name}`, of, ({ p99Ms }) => p99Ms),
  ];
  return [
    ...rows('files here', ({ busy }) => busy),
    ...rows('files at the bare server', ({ busyElsewhere }) => busyElsewhere),
    {
      what: 'files meanwhile',
      unit: 'MB/s',
      values: runs.map(({ moved }) => moved.ours),
      baseline: runs.map(({ moved }) => moved.bare),
    },
  ];
}

function pictureRows(runs: readonly Run[]): Row[] {
  const made = runs.flatMap(({ pictures }) => pictures ?? []);
  if (made.length === 0) return [];
  const row = (what: string, unit: string, pick: (pictures: Pictures) => number) => ({
    what,
    unit,
    values: made.map(pick),
  });
  const baseline = made.map(({ aloneMs }) => aloneMs);
  return [
    row('picture: upload to finish, the first', 'ms', ({ firstMs }) => firstMs),
    { ...row('picture: upload to finish', 'ms', ({ finishMs }) => finishMs), baseline },
    row('picture: its thumbnail, made', 'ms', ({ thumbnailMs }) => thumbnailMs),
    row('picture: its thumbnail, again', 'ms', ({ againMs }) => againMs),
    row('picture: RSS of the media process at most', 'MiB', ({ peakBytes }) => peakBytes / megabyte),
  ];
}
