/** The bar `net`: users chat with the SDK over a link that fails in every way, and the server is killed in between. */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { check, summarize, type Violation } from '../checker.ts';
import { FaultProxy, storm } from '../proxy.ts';
import { Random } from '../random.ts';
import { record } from '../record.ts';
import type { SdkDevice } from '../sdk-device.ts';
import { spawnServer } from '../spawn-server.ts';
import { startUsers, type TestUser } from '../users.ts';

export interface NetOptions {
  /** Fixes the faults, their order and their lengths. */
  seed: number;
  faults: number;
  /** Kills the server once, half-way. Default false. */
  kill?: boolean;
}

export interface NetResult {
  said: number;
  violations: Violation[];
  /** From the last fault until nothing was missing anywhere. */
  settleMs: number;
}

/** A little over the SDK's longest wait before it tries again. */
const settleWithinMs = 45_000;

export async function runNet({ seed, faults, kill = false }: NetOptions): Promise<NetResult> {
  const server = await spawnServer();
  const proxy = await FaultProxy.start(server.url, { seed });
  const all = await startUsers(proxy.url, { friends: true });
  const users = [all.alice, all.bob, all.carol];
  const devices = users.flatMap((user) => user.devices);
  const chat = new Chat(users, seed);
  try {
    const chatting = chat.run();
    await storm(proxy, { seed, count: Math.ceil(faults / 2), faultMs: 400, calmMs: 800 });
    if (kill) await server.kill9().then(() => server.restart());
    await storm(proxy, { seed: seed + 1000, count: Math.floor(faults / 2), faultMs: 400, calmMs: 800 });
    chat.going = false;
    await chatting;
    const startedAt = performance.now();
    const violations = await settledViolations(server.data, devices);
    return { said: chat.said, violations, settleMs: performance.now() - startedAt };
  } finally {
    await all.dispose();
    await proxy.close();
    await server.close();
  }
}

/** Somebody says something to somebody, all the time, and now and then somebody reads. */
class Chat {
  going = true;
  said = 0;
  readonly #users: readonly TestUser[];
  readonly #random: Random;

  constructor(users: readonly TestUser[], seed: number) {
    this.#users = users;
    this.#random = new Random(seed);
  }

  async run(): Promise<void> {
    for (; this.going; await sleep(15)) {
      const user = this.#random.pick(this.#users);
      const other = this.#random.pick(this.#users.filter((each) => each !== user));
      const device = this.#random.pick(user.devices);
      for (let n = this.#random.between(1, 4); n > 0; n--) device.say(other.uid, `${++this.said} from ${device.name}`);
      if (this.#random.chance(0.1)) device.im.rosterManage.readRosterMessage(other.uid);
    }
  }
}

/** What is still wrong when nothing changes for the better any more. */
async function settledViolations(data: string, devices: readonly SdkDevice[]): Promise<Violation[]> {
  const end = performance.now() + settleWithinMs;
  for (;;) {
    const settled = devices.every((device) => device.settled);
    const violations = settled ? check(record({ data, devices })) : [];
    if (settled && violations.length === 0) return [];
    if (performance.now() > end)
      return settled ? violations : [{ kind: 'lost', text: 'not everybody came back online' }];
    await sleep(100);
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      faults: { type: 'string', default: '60' },
      runs: { type: 'string', default: '5' },
      seed: { type: 'string', default: '1' },
    },
  });
  const runs = Number(values.runs);
  const results: NetResult[] = [];
  for (let i = 0; i < runs; i++) {
    results.push(
      await runNet({ seed: Number(values.seed) + i, faults: Math.ceil(Number(values.faults) / runs), kill: true }),
    );
  }
  const violations = results.flatMap((result) => result.violations);
  const said = results.reduce((sum, result) => sum + result.said, 0);
  const slowest = Math.max(...results.map((result) => result.settleMs)).toFixed(0);
  console.log(
    `net: faults=${values.faults} kills=${runs} said=${said} violations=${violations.length} settle_max=${slowest} ms`,
  );
  if (violations.length > 0) console.log(summarize(violations), violations.slice(0, 10));
  process.exit(violations.length > 0 ? 1 : 0);
}

if (import.meta.main) await main();
