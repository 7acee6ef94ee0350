import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from '@flooim/protocol';
import { RawClient, type SeededUser, seedUsers, spawnServer, temporaryFolder } from '@flooim/testkit';
import { WebSocket } from 'ws';
import { inParallel } from './in-parallel.ts';
import type { BenchOptions } from './options.ts';
import { openFilesLimit, serverPrefix, startRelay, usageOf } from './processes.ts';
import type { Report } from './report.ts';

interface Idle {
  bytesEach: number;
  /** Of one core, while nothing happens. */
  cpuShare: number;
}

const settleMs = 5000;
const atOnce = 50;

/** Logged-in sessions that do nothing: the memory of each, and whether they keep the server busy. */
export async function benchIdle(options: BenchOptions): Promise<Report> {
  const n = Math.min(options.n, openFilesLimit() - 500);
  if (n < options.n)
    console.log(`idle: ${n} sessions instead of ${options.n}, because of the limit of open files (ulimit -n)`);
  const ours: Idle[] = [];
  const bare: Idle[] = [];
  // Memory is of a fresh process, so each run has its own.
  for (let i = 0; i < Math.min(options.runs, 3); i++) {
    bare.push(await idleSockets(n, options));
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
      row('memory a session', 'KiB', (idle) => idle.bytesEach / 1024),
      row('CPU while idle', '% of a core', (idle) => idle.cpuShare * 100),
    ],
  };
}

async function idleSessions(n: number, options: BenchOptions): Promise<Idle> {
  const data = temporaryFolder('flooim-bench');
  const users = await seedUsers(data, n + 200);
  const server = await spawnServer({ data, prefix: serverPrefix(options.pin) });
  const open = async (user: SeededUser) => {
    const client = await RawClient.login(server.url, user);
    client.send(Command.UNREAD);
    return client.socket;
  };
  const result = await idleUnder(users, open, server.pid);
  await server.close();
  rmSync(data, { recursive: true, force: true });
  return result;
}

async function idleSockets(n: number, options: BenchOptions): Promise<Idle> {
  const relay = await startRelay(options.pin);
  const open = async (name: number) => {
    const socket = new WebSocket(`${relay.url.replace(/^http/, 'ws')}/to/nobody/as/${name}`, {
      perMessageDeflate: false,
    });
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    return socket;
  };
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
