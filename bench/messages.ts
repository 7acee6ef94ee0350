import { rmSync } from 'node:fs';
import { type SpawnOptions, seedPairs, seedUsers, spawnServer, temporaryFolder } from '@flooim/testkit';
import type { BenchOptions } from './options.ts';
import { type OpenPair, openPair, openRelayPair, type Pair } from './pair.ts';
import { serverPrefix, startRelay } from './processes.ts';
import type { Report, Target } from './report.ts';
import { saturate, type Traffic, trickle } from './traffic.ts';

/** A server with users who are ready to talk. */
export interface TalkingServer {
  url: string;
  pid: number;
  pairs: Pair[];
  close(): Promise<void>;
}

export async function startTalkingServer(
  options: BenchOptions,
  env?: (data: string) => Record<string, string>,
  writer = options.writer,
  open: OpenPair = openPair,
): Promise<TalkingServer> {
  const data = temporaryFolder('flooim-bench');
  const users = await seedUsers(data, options.pairs * 2);
  const twos = Array.from({ length: options.pairs }, (_, i) => [users[2 * i], users[2 * i + 1]] as const);
  seedPairs(
    data,
    twos.map(([a, b]) => [a?.uid ?? 0, b?.uid ?? 0]),
  );
  const spawn: SpawnOptions = {
    data,
    prefix: serverPrefix(options.pin),
    env: env?.(data),
    args: writer ? ['--writer', writer] : [],
  };
  const server = await spawnServer(spawn);
  const pairs = await Promise.all(twos.flatMap(([a, b]) => (a && b ? [open(server.url, a, b)] : [])));
  return {
    url: server.url,
    pid: server.pid,
    pairs,
    async close() {
      for (const pair of pairs) pair.close();
      await server.close();
      rmSync(data, { recursive: true, force: true });
    },
  };
}

const targets: Record<string, Target> = {
  'saturated: rate': { least: 0.35, of: 'ratio' },
  'saturated: server CPU': { most: 35 },
  'quarter: p50': { most: 3 },
  'quarter: p99': { most: 15 },
};

/** Durable 1:1 messages: how many, how fast, at what cost. */
export async function benchMessages(options: BenchOptions): Promise<Report> {
  const server = await startTalkingServer(options);
  const relay = await startRelay(options.pin);
  const relayPairs = await Promise.all(Array.from({ length: options.pairs }, (_, i) => openRelayPair(relay.url, i)));
  const full: Traffic[] = [];
  const quarter: Traffic[] = [];
  const relayFull: Traffic[] = [];
  const relayQuarter: Traffic[] = [];
  for (let i = 0; i < options.runs; i++) {
    relayFull.push(await saturate(relayPairs, relay.pid, options.window, options.seconds));
    full.push(await saturate(server.pairs, server.pid, options.window, options.seconds));
    const rate = (full[i]?.rate ?? 0) / 4;
    relayQuarter.push(await trickle(relayPairs, relay.pid, rate, options.seconds));
    quarter.push(await trickle(server.pairs, server.pid, rate, options.seconds));
  }
  for (const pair of relayPairs) pair.close();
  await Promise.all([server.close(), relay.close()]);
  return {
    name: 'messages',
    about:
      `Durable 1:1 messages of ${options.pairs} pairs over real sockets, saturated with ${options.window} under way a pair and at a quarter ` +
      'of that rate; latency is from the send to the event at the recipient. Baseline: a bare ws relay of the same frames, without storage.',
    rows: [...trafficRows('saturated', full, relayFull), ...trafficRows('quarter', quarter, relayQuarter)].map(
      (row) => ({
        ...row,
        target: targets[row.what],
      }),
    ),
  };
}

export function trafficRows(name: string, of: readonly Traffic[], baseline?: readonly Traffic[]) {
  const row = (what: string, unit: string, pick: (traffic: Traffic) => number) => ({
    what: `${name}: ${what}`,
    unit,
    values: of.map(pick),
    ...(baseline && { baseline: baseline.map(pick) }),
  });
  return [
    row('rate', 'messages/s', (traffic) => traffic.rate),
    row('p50', 'ms', (traffic) => traffic.p50Ms),
    row('p99', 'ms', (traffic) => traffic.p99Ms),
    row('server CPU', 'us/message', (traffic) => traffic.cpuUs),
    row('pulls', '1/1000 messages', (traffic) => traffic.pulls),
    row('server RSS', 'MiB', (traffic) => traffic.rssBytes / 2 ** 20),
  ];
}
