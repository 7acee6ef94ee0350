/**
 * The bar `net`: users chat, two by two and in a group of all, over links that fail in every way, and the server is killed
 * in between. It is played on each version of the protocol: with the SDK, and with deployed clients beside it.
 */
import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { check, summarize, type Violation } from '../checker.ts';
import { percentile } from '../percentile.ts';
import { FaultProxy } from '../proxy.ts';
import { Random } from '../random.ts';
import { record } from '../record.ts';
import { type SpawnedServer, spawnServer } from '../spawn-server.ts';
import { temporaryFolder } from '../start-server.ts';
import { type FaultKind, faultKinds, storm } from '../storm.ts';
import { type NetDevice, type NetDoor, netDoors, openDevices, seedTown } from './net-devices.ts';

export interface NetOptions {
  /** What the users' devices are. Default: xsync, the SDK's. */
  door?: NetDoor;
  /** Fixes the faults, their order and their lengths. */
  seed: number;
  faults: number;
  /** How often the server is killed; behind each kill and some more faults the stores must become equal. Default 0. */
  kills?: number;
  /** Default 3. */
  users?: number;
  /** Of each user. Default 2. */
  devicesEach?: number;
  /** Of the links that are half-open, the share that nobody heals; finding out takes most of a minute. Default 0. */
  abandoned?: number;
}

export interface NetResult {
  devices: readonly NetDevice[];
  said: number;
  violations: Violation[];
  /** How many faults of each kind struck somebody. */
  struck: Record<FaultKind, number>;
  /** Each time that the talk ended: how long until nothing was missing anywhere. */
  equalMs: number[];
}

/** More than the SDK's longest wait before it tries again, behind the longest that it takes a dead link for a live one. */
const equalWithinMs = 90_000;

export async function runNet(options: NetOptions): Promise<NetResult> {
  const { door = 'xsync', kills = 0, users = 3, devicesEach = 2 } = options;
  const data = temporaryFolder('flooim-net');
  const town = await seedTown(data, users, devicesEach);
  const server = await spawnServer({ data });
  const proxy = await FaultProxy.start(server.url, { seed: options.seed });
  const devices = await openDevices(proxy.url, town, door);
  const chat = new Chat(devices, town.gid, options.seed);
  const rounds = Math.max(1, kills);
  const result: NetResult = { devices, said: 0, violations: [], struck: noFaults(), equalMs: [] };
  try {
    for (let i = 0; i < rounds && result.violations.length === 0; i++) {
      const faults = Math.floor(((i + 1) * options.faults) / rounds) - Math.floor((i * options.faults) / rounds);
      const more = { ...options, faults, kills: kills > 0 ? 1 : 0, seed: options.seed + i };
      await chat.during(() => badTime(proxy, server, more, result));
      const startedAt = performance.now();
      result.violations = await lastingViolations(data, devices);
      result.equalMs.push(performance.now() - startedAt);
    }
    return { ...result, said: chat.said };
  } finally {
    await Promise.all(devices.map((device) => device.dispose()));
    await proxy.close();
    await server.close();
    rmSync(data, { recursive: true, force: true });
  }
}

/** Faults, a kill if there is to be one, and faults. */
async function badTime(
  proxy: FaultProxy,
  server: SpawnedServer,
  { seed, faults, kills, abandoned }: NetOptions,
  { struck }: NetResult,
): Promise<void> {
  const blow = async (count: number, more: number) => {
    const wind = { faultMs: 400, calmMs: 800, abandoned, patienceMs: 10_000 };
    const brought = await storm(proxy, { seed: seed + more, count, ...wind });
    for (const kind of faultKinds) struck[kind] += brought[kind];
  };
  await blow(Math.ceil(faults / 2), 0);
  if (kills) await server.kill9().then(() => server.restart());
  await blow(Math.floor(faults / 2), 1000);
}

function noFaults(): Record<FaultKind, number> {
  return { cut: 0, 'half-open': 0, stall: 0, slice: 0, slow: 0 };
}

/** Somebody says something to somebody or to all, all the time, and now and then somebody reads. */
class Chat {
  said = 0;
  #isGoing = false;
  readonly #devices: readonly NetDevice[];
  readonly #gid: number;
  readonly #random: Random;

  constructor(devices: readonly NetDevice[], gid: number, seed: number) {
    this.#devices = devices;
    this.#gid = gid;
    this.#random = new Random(seed);
  }

  /** Until that is over. */
  async during(work: () => Promise<void>): Promise<void> {
    this.#isGoing = true;
    const talking = this.#talk();
    try {
      await work();
    } finally {
      this.#isGoing = false;
      await talking;
    }
  }

  async #talk(): Promise<void> {
    for (; this.#isGoing; await sleep(15)) {
      const device = this.#random.pick(this.#devices);
      const other = this.#random.pick(this.#devices.filter((each) => each.uid !== device.uid));
      const isToAll = device.sayInGroup !== undefined && this.#random.chance(0.2);
      for (let n = this.#random.between(1, 4); n > 0; n--) {
        const content = `${++this.said} from ${device.name}`;
        if (isToAll) device.sayInGroup?.(this.#gid, content);
        else device.say(other.uid, content);
      }
      if (!this.#random.chance(0.1)) continue;
      if (isToAll) device.readGroup?.(this.#gid);
      else device.read(other.uid);
    }
  }
}

/** What is still wrong when nothing changes for the better any more. */
async function lastingViolations(data: string, devices: readonly NetDevice[]): Promise<Violation[]> {
  const end = performance.now() + equalWithinMs;
  for (;;) {
    const away = devices.filter((device) => !device.settled).map((device) => device.name);
    const violations = away.length === 0 ? check(record({ data, devices })) : [];
    if (away.length + violations.length === 0) return [];
    if (performance.now() > end)
      return away.length === 0 ? violations : [{ kind: 'lost', text: `not settled: ${away.join('; ')}` }];
    await sleep(100);
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      faults: { type: 'string', default: '300' },
      kills: { type: 'string', default: '10' },
      users: { type: 'string', default: '10' },
      devices: { type: 'string', default: '60' },
      abandoned: { type: 'string', default: '0.05' },
      seed: { type: 'string', default: '1' },
      /** Doors, with commas between them, that share the faults and the kills. */
      doors: { type: 'string', default: Object.keys(netDoors).join(',') },
    },
  });
  const doors = values.doors.split(',') as NetDoor[];
  if (doors.some((door) => !(door in netDoors))) throw new Error(`--doors are of ${Object.keys(netDoors).join(', ')}`);
  const [users, abandoned, seed] = [values.users, values.abandoned, values.seed].map(Number) as [
    number,
    number,
    number,
  ];
  const devicesEach = Math.ceil(Number(values.devices) / users);
  const results: NetResult[] = [];
  for (const [i, door] of doors.entries()) {
    const share = (of: string) => Math.ceil(Number(of) / doors.length);
    const [faults, kills] = [share(values.faults), share(values.kills)];
    results.push(await runNet({ door, seed: seed + i * 100, faults, kills, users, devicesEach, abandoned }));
  }
  report(results, doors);
}

function report(results: readonly NetResult[], doors: readonly NetDoor[]): void {
  const violations = results.flatMap((result) => result.violations);
  const struck = faultKinds.map((kind) => results.reduce((sum, result) => sum + result.struck[kind], 0));
  const faults = struck.reduce((sum, count) => sum + count, 0);
  const kinds = faultKinds.map((kind, i) => `${kind} ${struck[i]}`).join(', ');
  const said = results.reduce((sum, result) => sum + result.said, 0);
  const equalMs = results.flatMap((result) => result.equalMs);
  const [p50, p99] = [0.5, 0.99].map((share) => percentile(equalMs, share).toFixed(0));
  console.log(
    `net: devices=${results[0]?.devices.length} doors=${doors.join(',')} faults=${faults} (${kinds}) ` +
      `kills=${equalMs.length} said=${said} violations=${violations.length} equal_p50=${p50} equal_p99=${p99} ms`,
  );
  if (violations.length > 0) console.log(summarize(violations), violations.slice(0, 10));
  process.exit(violations.length > 0 || struck.includes(0) ? 1 : 0);
}

if (import.meta.main) await main();
