import { rmSync } from 'node:fs';
import { seedGroup, seedUsers, spawnServer, temporaryFolder, until } from '@flooim/testkit';
import { type Crowd, openGroup, openRelayCrowd } from './crowd.ts';
import { type Noise, saturateCrowd } from './groups.ts';
import { type Idle, idleSessions, idleSockets, possibleSessions } from './idle.ts';
import {
  type OpenRelayLine,
  openBareLine,
  openSocketIoClient,
  openSocketIoLine,
  openSocketIoRelayLine,
  openXsyncLine,
} from './lines.ts';
import { startTalkingServer } from './messages.ts';
import type { BenchOptions } from './options.ts';
import { type OpenPair, openPair, openRelayPair, type Pair } from './pair.ts';
import { openPairV1 } from './pair-v1.ts';
import { serverPrefix, startRelay } from './processes.ts';
import type { Report, Row } from './report.ts';
import { saturate, type Traffic } from './traffic.ts';

/** What is measured side by side, by the names that the tables show. */
type Results<T> = Record<string, T[]>;
type Figure<T> = readonly [what: string, unit: string, pick: (measured: T) => number];

/** Posts under way in the group. */
const groupWindow = 8;

const relays = [
  { name: 'ws relay', over: 'ws', open: openBareLine },
  { name: 'socket.io 4 relay', over: 'socket.io', open: openSocketIoRelayLine },
  { name: 'our door as relay', over: 'door', open: openSocketIoRelayLine },
] as const satisfies { name: string; over: string; open: OpenRelayLine }[];

const openPairOverSocketIo: OpenPair = (url, talker, listener) => openPair(url, talker, listener, openSocketIoClient);

/** Which is compared with which. */
const comparisons = [
  ['/xsync V2', 'ws relay'],
  ['/socket.io/ V2', '/xsync V2'],
  ['/socket.io/ V2', 'socket.io 4 relay'],
  ['/socket.io/ V1', '/xsync V2'],
  ['/socket.io/ V1', 'socket.io 4 relay'],
  ['our door as relay', 'socket.io 4 relay'],
  ['our door as relay', 'ws relay'],
  ['socket.io 4 relay', 'ws relay'],
] as const;

/** The Socket.IO door beside `/xsync`, bare `ws` and the library that it could have been made with. */
export async function benchDoors(options: BenchOptions): Promise<Report> {
  const n = possibleSessions(options);
  const pairs = await compareDirect(options);
  const groups = await compareGroups(options);
  const idle = await compareIdle(n, options);
  return {
    name: 'doors',
    about:
      `The door for deployed clients, "A : B" with B as the baseline. 1:1: durable messages of ${options.pairs} pairs, saturated with ` +
      `${options.window} under way a pair; V1: every message is acknowledged by itself, as deployed clients do, V2: many at once. Relays hand the ` +
      'same frames on and store nothing: over bare ws, over socket.io 4 with allowEIO3, over our door and outbox. ' +
      `Group: ${options.online} devices there, ${groupWindow} messages under way; relays send as many bytes to as many sockets. Idle: ${n} sessions. ` +
      'All clients of Socket.IO speak Engine.IO 3 over ws, without a library.',
    rows: [
      ...rows('1:1', pairs, [
        ['rate', 'messages/s', (traffic) => traffic.rate],
        ['p50', 'ms', (traffic) => traffic.p50Ms],
        ['server CPU', 'us/message', (traffic) => traffic.cpuUs],
      ]),
      ...rows('group', groups, [
        ['deliveries', '1/s', (noise) => noise.deliveries],
        ['server CPU', 'us/delivery', (noise) => noise.cpuUs],
      ]),
      ...rows('idle', idle, [['memory', 'KiB/session', ({ bytesEach }) => bytesEach / 1024]]),
    ],
  };
}

function rows<T>(part: string, results: Results<T>, figures: readonly Figure<T>[]): Row[] {
  return figures.flatMap(([what, unit, pick]) =>
    comparisons.flatMap(([of, to]) => {
      const [measured, baseline] = [results[of], results[to]];
      if (!measured || !baseline) return [];
      return [
        { what: `${part}, ${what}: ${of} : ${to}`, unit, values: measured.map(pick), baseline: baseline.map(pick) },
      ];
    }),
  );
}

/** Measures all, one after the other, and again: what disturbs a run disturbs each of them. */
async function inTurn<T>(runs: number, candidates: Record<string, () => Promise<T>>): Promise<Results<T>> {
  const results: Results<T> = {};
  for (let i = 0; i < runs; i++) {
    for (const [name, measure] of Object.entries(candidates)) {
      results[name] ??= [];
      results[name].push(await measure());
    }
  }
  return results;
}

async function compareDirect(options: BenchOptions): Promise<Results<Traffic>> {
  const closing: (() => Promise<void>)[] = [];
  const candidates: Record<string, () => Promise<Traffic>> = {};
  const add = (name: string, pairs: readonly Pair[], pid: number) => {
    candidates[name] = () => saturate(pairs, pid, options.window, options.seconds);
  };
  for (const { name, over, open } of relays) {
    const relay = await startRelay(options.pin, over);
    const names = Array.from({ length: options.pairs }, (_, i) => i);
    const pairs = await Promise.all(names.map((i) => openRelayPair(relay.url, i, open)));
    add(name, pairs, relay.pid);
    closing.push(() => relay.close());
  }
  const doors: [string, OpenPair][] = [
    ['/xsync V2', openPair],
    ['/socket.io/ V2', openPairOverSocketIo],
    ['/socket.io/ V1', openPairV1],
  ];
  for (const [name, open] of doors) {
    const server = await startTalkingServer(options, undefined, options.writer, open);
    add(name, server.pairs, server.pid);
    closing.push(() => server.close());
  }
  const results = await inTurn(options.runs, candidates);
  await Promise.all(closing.map((close) => close()));
  return results;
}

async function compareGroups(options: BenchOptions): Promise<Results<Noise>> {
  const { members, online, runs, seconds } = options;
  const data = temporaryFolder('flooim-bench');
  const users = await seedUsers(data, members * 2);
  const halves = [users.slice(0, members), users.slice(members)];
  const gids = halves.map((half) =>
    seedGroup(
      data,
      half.map(({ uid }) => uid),
    ),
  );
  const server = await spawnServer({ data, prefix: serverPrefix(options.pin) });
  const crowds: Record<string, { crowd: Crowd; pid: number }> = {};
  let sample: Uint8Array | undefined;
  for (const [i, open] of [openXsyncLine, openSocketIoLine].entries()) {
    const [talker, ...others] = halves[i] ?? [];
    if (!talker) throw new Error('a group needs members');
    const crowd = await openGroup(server.url, gids[i] ?? 0, talker, others.slice(0, online), open);
    crowd.send();
    await until(() => crowd.sample !== undefined, 'the first message');
    sample = crowd.sample;
    crowds[i === 0 ? '/xsync V2' : '/socket.io/ V2'] = { crowd, pid: server.pid };
  }
  const targets = [];
  for (const { name, over, open } of relays) {
    const relay = await startRelay(options.pin, over);
    const crowd = await openRelayCrowd(relay.url, online, sample as Uint8Array, open);
    crowds[name] = { crowd, pid: relay.pid };
    targets.push(relay);
  }
  const measures = Object.entries(crowds).map(
    ([name, { crowd, pid }]) => [name, () => saturateCrowd(crowd, pid, groupWindow, seconds)] as const,
  );
  const results = await inTurn(runs, Object.fromEntries(measures));
  for (const { crowd } of Object.values(crowds)) crowd.close();
  await Promise.all([server.close(), ...targets.map((relay) => relay.close())]);
  rmSync(data, { recursive: true, force: true });
  return results;
}

/** Memory is of a fresh process, so each run has its own. */
function compareIdle(n: number, options: BenchOptions): Promise<Results<Idle>> {
  const bare = relays.filter(({ over }) => over !== 'door');
  const sockets = bare.map(({ name, over, open }) => {
    const measure = async () => idleSockets(n, await startRelay(options.pin, over), open);
    return [name, measure] as const;
  });
  return inTurn(Math.min(options.runs, 3), {
    ...Object.fromEntries(sockets),
    '/xsync V2': () => idleSessions(n, options),
    '/socket.io/ V2': () => idleSessions(n, options, openSocketIoClient),
  });
}
