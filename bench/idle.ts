import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command, Vsn } from '@flooim/protocol';
import { type SeededUser, seedUsers, spawnServer, temporaryFolder } from '@flooim/testkit';
import type { WebSocket } from 'ws';
import { inParallel } from './in-parallel.ts';
import { type OpenClient, type OpenRelayLine, openBareLine, openXsyncClient } from './lines.ts';
import type { BenchOptions } from './options.ts';
import { openFilesLimit, serverPrefix, startRelay, type Target, usageOf } from './processes.ts';
import type { Report } from './report.ts';

export interface Idle {
  bytesEach: number;
  /** Of one core, while nothing happens. */
  cpuShare: number;
}

const settleMs = 5000;
const atOnce = 50;

/** Logged-in sessions that do nothing: the memory of each, and whether they keep the server busy. */
export async function benchIdle(options: BenchOptions): Promise<Report> {
  const n = possibleSessions(options);
  const ours: Idle[] = [];
  const bare: Idle[] = [];
  // Memory is of a fresh process, so each run has its own.
  for (let i = 0; i < options.runs; i++) {
    bare.push(await idleSockets(n, await startRelay(options.pin)));
    ours.push(await idleSessions(n, options));
  }
  const row = (what: string, unit: string, pick: (idle: Idle) => number) => ({
    what,
    unit,
    values: ours.map(pick),
    baseline: bare.map(pick),
  });
  return {
    name: 'idle',
    about: `${n} logged-in sessions that do nothing. Baseline: as many sockets on a bare ws server.`,
    rows: [
      { ...row('memory a session', 'KiB', (idle) => idle.bytesEach / 1024), target: { most: 15 } },
      row('CPU while idle', '% of a core', (idle) => idle.cpuShare * 100),
    ],
  };
}

/** As many as were asked for, within the limit of open files. */
export function possibleSessions({ n }: BenchOptions): number {
  const possible = Math.min(n, openFilesLimit() - 500);
  if (possible < n) console.log(`${possible} sessions instead of ${n}, because of the limit of open files (ulimit -n)`);
  return possible;
}

export async function idleSessions(
  n: number,
  options: BenchOptions,
  openClient: OpenClient = openXsyncClient,
  vsn: Vsn = Vsn.V2,
): Promise<Idle> {
  const data = temporaryFolder('flooim-bench');
  const users = await seedUsers(data, n + 200);
  const server = await spawnServer({ data, prefix: serverPrefix(options.pin) });
  const open = async (user: SeededUser) => {
    const client = await openClient(server.url, user, vsn);
    client.send(Command.UNREAD);
    return client.socket;
  };
  const result = await idleUnder(users, open, server.pid);
  await server.close();
  rmSync(data, { recursive: true, force: true });
  return result;
}

/** On a relay, which is closed afterwards. */
export async function idleSockets(n: number, relay: Target, openLine: OpenRelayLine = openBareLine): Promise<Idle> {
  const open = async (name: number) => (await openLine(relay.url, 'nobody', String(name))).socket;
  const result = await idleUnder(
    Array.from({ length: n + 200 }, (_, i) => i),
    open,
    relay.pid,
  );
  await relay.close();
  return result;
}

/** The first 200 warm the server up and go again. */
async function idleUnder<T>(those: readonly T[], open: (one: T) => Promise<WebSocket>, pid: number): Promise<Idle> {
  const first = await inParallel(those.slice(0, 200), atOnce, open);
  for (const socket of first) socket.terminate();
  await sleep(1000);
  const before = usageOf(pid);
  const sockets = await inParallel(those.slice(200), atOnce, open);
  await sleep(settleMs);
  const after = usageOf(pid);
  await sleep(settleMs);
  const later = usageOf(pid);
  for (const socket of sockets) socket.terminate();
  return {
    bytesEach: (later.rssBytes - before.rssBytes) / sockets.length,
    cpuShare: (later.cpuUs - after.cpuUs) / (settleMs * 1000),
  };
}
