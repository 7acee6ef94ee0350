import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { seedGroup, seedUsers, spawnServer, temporaryFolder } from '@flooim/testkit';
import { type Crowd, openGroup } from './crowd.ts';
import { hasEjabberd, startEjabberd } from './ejabberd.ts';
import { type Noise, saturateCrowd } from './groups.ts';
import { idleSessions, possibleSessions } from './idle.ts';
import { inParallel } from './in-parallel.ts';
import { startTalkingServer, trafficRows } from './messages.ts';
import type { BenchOptions } from './options.ts';
import { serverPrefix, usageOf } from './processes.ts';
import type { Report, Row } from './report.ts';
import { saturate, type Traffic, trickle } from './traffic.ts';
import { openXmppPair, openXmppRoom, XmppClient } from './xmpp.ts';

/** Messages to the room under way at one time. */
const roomWindow = 8;
const mostSessions = 2000;
const warmUp = 200;
const settleMs = 3000;

/** Ours and theirs, from the same run. */
interface Both<T> {
  ours: T[];
  theirs: T[];
}

/** The same beside a server that many run: an ejabberd, where Debian's package is installed. */
export async function benchPeers(options: BenchOptions): Promise<Report | undefined> {
  if (!hasEjabberd()) return void console.log('peers: left out, there is no ejabberd (apt-get install ejabberd)');
  const { full, quarter } = await messages(options);
  const room = await rooms(options);
  const memory = await sessions(options);
  const row = <T>(what: string, unit: string, { ours, theirs }: Both<T>, pick: (each: T) => number): Row => ({
    what,
    unit,
    values: ours.map(pick),
    baseline: theirs.map(pick),
  });
  const isShared = ({ unit }: Row) => unit !== '1/1000 messages';
  return {
    name: 'peers',
    about:
      `Archived 1:1 messages of ${options.pairs} pairs, saturated with ${options.window} under way a pair and at a quarter of what the slower does; ` +
      `messages to a room with ${options.online} devices there, ${roomWindow} under way; idle sessions. Ours are acknowledged after the flush, over ` +
      "WebSocket. Baseline: Debian's ejabberd over plain TCP with mod_mam in mnesia, which does not wait for the disk; the client only counts.",
    rows: [
      ...trafficRows('1:1 saturated', full.ours, full.theirs).filter(isShared),
      ...trafficRows('1:1 at a quarter', quarter.ours, quarter.theirs).filter(isShared),
      row('room: deliveries', '1/s', room, (noise) => noise.deliveries),
      row('room: until the last device has it, p99', 'ms', room, (noise) => noise.p99Ms),
      row('room: server CPU', 'us/delivery', room, (noise) => noise.cpuUs),
      row('memory a session', 'KiB', memory, (bytes) => bytes / 1024),
    ],
  };
}

async function messages(options: BenchOptions): Promise<{ full: Both<Traffic>; quarter: Both<Traffic> }> {
  const full: Both<Traffic> = { ours: [], theirs: [] };
  const quarter: Both<Traffic> = { ours: [], theirs: [] };
  const server = await startTalkingServer(options);
  const ejabberd = await startEjabberd(options.pin);
  const names = Array.from({ length: options.pairs }, (_, i) => i);
  const pairs = await Promise.all(names.map((n) => openXmppPair(ejabberd.url, n)));
  for (let i = 0; i < options.runs; i++) {
    const theirs = await saturate(pairs, ejabberd.pid, options.window, options.seconds);
    const ours = await saturate(server.pairs, server.pid, options.window, options.seconds);
    const rate = Math.min(ours.rate, theirs.rate) / 4;
    full.ours.push(ours);
    full.theirs.push(theirs);
    quarter.theirs.push(await trickle(pairs, ejabberd.pid, rate, options.seconds));
    quarter.ours.push(await trickle(server.pairs, server.pid, rate, options.seconds));
  }
  for (const pair of pairs) pair.close();
  await Promise.all([server.close(), ejabberd.close()]);
  return { full, quarter };
}

async function rooms(options: BenchOptions): Promise<Both<Noise>> {
  const noise: Both<Noise> = { ours: [], theirs: [] };
  const group = await ourRoom(options);
  const ejabberd = await startEjabberd(options.pin);
  const room = await openXmppRoom(ejabberd.url, options.online);
  for (let i = 0; i < options.runs; i++) {
    noise.theirs.push(await saturateCrowd(room, ejabberd.pid, roomWindow, options.seconds));
    noise.ours.push(await saturateCrowd(group.crowd, group.pid, roomWindow, options.seconds));
  }
  room.close();
  await Promise.all([group.close(), ejabberd.close()]);
  return noise;
}

async function ourRoom({ online, pin }: BenchOptions): Promise<{ crowd: Crowd; pid: number; close(): Promise<void> }> {
  const data = temporaryFolder('flooim-bench');
  const users = await seedUsers(data, online + 1);
  const gid = seedGroup(
    data,
    users.map(({ uid }) => uid),
  );
  const server = await spawnServer({ data, prefix: serverPrefix(pin) });
  const [talker, ...listeners] = users;
  if (!talker) throw new Error('a group needs members');
  const crowd = await openGroup(server.url, gid, talker, listeners);
  return {
    crowd,
    pid: server.pid,
    async close() {
      crowd.close();
      await server.close();
      rmSync(data, { recursive: true, force: true });
    },
  };
}

async function sessions(options: BenchOptions): Promise<Both<number>> {
  const n = Math.min(possibleSessions(options), mostSessions);
  const memory: Both<number> = { ours: [], theirs: [] };
  // Memory is of a fresh process, so each run has its own.
  for (let i = 0; i < Math.min(options.runs, 3); i++) {
    memory.theirs.push(await idleEjabberd(n, options));
    memory.ours.push((await idleSessions(n, options)).bytesEach);
  }
  return memory;
}

/** Bytes for each session; the first ones warm it up. */
async function idleEjabberd(n: number, options: BenchOptions): Promise<number> {
  const ejabberd = await startEjabberd(options.pin);
  const names = Array.from({ length: warmUp + n }, (_, i) => `idle${i}`);
  const open = (name: string) => XmppClient.login(ejabberd.url, name);
  const first = await inParallel(names.slice(0, warmUp), 50, open);
  for (const { socket } of first) socket.destroy();
  await sleep(settleMs);
  const before = usageOf(ejabberd.pid).rssBytes;
  const clients = await inParallel(names.slice(warmUp), 50, open);
  await sleep(settleMs);
  const after = usageOf(ejabberd.pid).rssBytes;
  for (const { socket } of clients) socket.destroy();
  await ejabberd.close();
  return (after - before) / n;
}
