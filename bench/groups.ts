import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { seedGroup, seedUsers, spawnServer, temporaryFolder, until } from '@flooim/testkit';
import { type Cores, keepOn } from './cores.ts';
import { type Crowd, openGroup, openRelayCrowd } from './crowd.ts';
import { quantile } from './figures.ts';
import { flushMs } from './flush.ts';
import type { BenchOptions } from './options.ts';
import { serverPrefix, startRelay, usageOf } from './processes.ts';
import type { Report } from './report.ts';

/** Messages under way at one time. */
const windows = [1, 16] as const;
/** Deliveries, as a ratio to those of the bare server. */
const leastRatios = [0.9, 2.5] as const;
const warmUpMs = 1000;

export interface Noise {
  /** Messages a second times those who got them. */
  deliveries: number;
  /** From the send until the last device has it. */
  p50Ms: number;
  p99Ms: number;
  /** Of the server, all threads, for each delivery. */
  cpuUs: number;
  rssBytes: number;
}

/** Durable messages to a large group, as fast as its members get them. */
export async function benchGroups(options: BenchOptions): Promise<Report> {
  const { members, online } = options;
  const data = temporaryFolder('flooim-bench');
  const users = await seedUsers(data, members);
  const gid = seedGroup(
    data,
    users.map(({ uid }) => uid),
  );
  const args = options.writer ? ['--writer', options.writer] : [];
  const server = await spawnServer({ data, prefix: serverPrefix(options.pin), args });
  const [talker, ...others] = users;
  if (!talker) throw new Error('a group needs members');
  const group = await openGroup(server.url, gid, talker, others.slice(0, online));
  group.send();
  await until(() => group.sample !== undefined, 'the first message');
  const relay = await startRelay(options.pin);
  const bare = await openRelayCrowd(relay.url, group.size, group.sample as Uint8Array);
  const ours = windows.map((): Noise[] => []);
  const baseline = windows.map((): Noise[] => []);
  const flushes: number[] = [];
  for (let i = 0; i < options.runs; i++) {
    flushes.push(await serversFlushMs(data, options.pin));
    for (const [k, window] of windows.entries()) {
      baseline[k]?.push(await saturateCrowd(bare, relay.pid, window, options.seconds));
      ours[k]?.push(await saturateCrowd(group, server.pid, window, options.seconds));
    }
  }
  for (const crowd of [group, bare]) crowd.close();
  await Promise.all([server.close(), relay.close()]);
  rmSync(data, { recursive: true, force: true });
  const rows = (k: number) => {
    const row = (what: string, unit: string, pick: (noise: Noise) => number) => ({
      what: `${windows[k]} under way: ${what}`,
      unit,
      values: ours[k]?.map(pick) ?? [],
      baseline: baseline[k]?.map(pick) ?? [],
    });
    return [
      {
        ...row('deliveries', '1/s', (noise) => noise.deliveries),
        target: { least: leastRatios[k] ?? 0, of: 'ratio' as const },
      },
      row('until the last device has it: p50', 'ms', (noise) => noise.p50Ms),
      row('until the last device has it: p99', 'ms', (noise) => noise.p99Ms),
      row('server CPU', 'us/delivery', (noise) => noise.cpuUs),
      row('server RSS', 'MiB', (noise) => noise.rssBytes / 2 ** 20),
    ];
  };
  return {
    name: 'groups',
    about:
      `Durable messages to a group of ${members} with ${group.size} devices there, one post at a time and ${windows[1]} under way; every ` +
      'device got every message, all of them the same bytes in the same order. Baseline: a bare ws server that sends the same bytes to as ' +
      'many sockets, as many posts under way.',
    rows: [...rows(0), ...rows(1), { what: 'a flush of this disk, alone', unit: 'ms', values: flushes }],
  };
}

/** Of the server's disk, as long as it takes on the server's core. */
async function serversFlushMs(data: string, pin: Cores | undefined): Promise<number> {
  if (pin) keepOn(pin.server);
  const ms = await flushMs(join(data, 'flush'));
  if (pin) keepOn(pin.generator);
  return ms;
}

/** Messages on their way to everybody. */
class Meter {
  readonly #crowd: Crowd;
  readonly #seen: number[];
  /** For each message: when it was sent, and how many do not have it yet. */
  readonly #under: { sentAt: number; missing: number }[] = [];
  readonly onEverywhere: () => void;
  latencies: number[] = [];
  deliveries = 0;
  sent = 0;
  done = 0;

  constructor(crowd: Crowd, onEverywhere: () => void) {
    this.#crowd = crowd;
    this.#seen = Array.from({ length: crowd.size }, () => 0);
    this.onEverywhere = onEverywhere;
    crowd.onArrival = (listener) => this.#arrived(listener);
  }

  send(): void {
    this.#under.push({ sentAt: performance.now(), missing: this.#crowd.size });
    this.sent++;
    this.#crowd.send();
  }

  #arrived(listener: number): void {
    const message = this.#under[(this.#seen[listener] as number)++];
    if (!message) throw new Error('a device got what nobody sent');
    this.deliveries++;
    if (--message.missing > 0) return;
    this.latencies.push(performance.now() - message.sentAt);
    this.done++;
    this.onEverywhere();
  }
}

export async function saturateCrowd(crowd: Crowd, pid: number, window: number, seconds: number): Promise<Noise> {
  let going = true;
  const meter: Meter = new Meter(crowd, () => going && meter.send());
  for (let i = 0; i < window; i++) meter.send();
  await sleep(warmUpMs);
  meter.latencies = [];
  const [before, deliveries, startedAt] = [usageOf(pid), meter.deliveries, performance.now()];
  await sleep(seconds * 1000);
  const [after, delivered] = [usageOf(pid), meter.deliveries - deliveries];
  const elapsedMs = performance.now() - startedAt;
  const { latencies } = meter;
  going = false;
  // A figure counts only if everybody got everything.
  await until(() => meter.done === meter.sent, 'all messages at all devices');
  return {
    deliveries: (delivered * 1000) / elapsedMs,
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
    cpuUs: (after.cpuUs - before.cpuUs) / delivered,
    rssBytes: after.rssBytes,
  };
}
