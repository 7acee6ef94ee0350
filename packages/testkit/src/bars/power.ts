/**
 * The bar `power`: the power goes while users talk. Each time the server is killed, the disks that could be left are made:
 * everything that was flushed, and of the rest nothing, some sectors, or all. The real server is started on each of them,
 * and goes on with one.
 */
import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { summarize, type Violation } from '../checker.ts';
import { Random } from '../random.ts';
import { seedPairs, seedUsers } from '../seed-users.ts';
import { diskAfterPowerCut, ShadowDisk, shadowLibrary } from '../shadow.ts';
import { type SpawnedServer, spawnServer } from '../spawn-server.ts';
import { temporaryFolder } from '../start-server.ts';
import type { CrashBug } from './buggy-server.ts';
import { buggy } from './crash.ts';
import { DiskExaminers } from './disk-examiners.ts';
import { TalkingPairs } from './talking-pairs.ts';

export interface PowerOptions {
  cuts: number;
  pairs?: number;
  seed?: number;
  /** Other disks to examine after each cut, besides the one that the server goes on with. Default 4. */
  disks?: number;
  /** So many cuts from one empty disk to the next: small ones are quick to examine. Default: all. */
  cutsEach?: number;
  bug?: CrashBug;
}

export interface PowerResult {
  cuts: number;
  disks: number;
  /** How many of the examined disks were unlike all others. */
  distinct: number;
  acked: number;
  /** Disks that lack something acknowledged, are damaged, or that the server does not start on. */
  bad: number;
  violations: Violation[];
  /** What was wrong with bad disks. */
  faults: string[];
  /** What examining took, all disks together. */
  examiningMs: number;
}

/** A slow disk: most cuts come while something is written and not flushed. */
const flushMs = 8;

export async function runPower({
  cuts,
  seed = 1,
  cutsEach = cuts,
  disks = 4,
  ...options
}: PowerOptions): Promise<PowerResult> {
  const examiners = new DiskExaminers(disks);
  const parts: PowerResult[] = [];
  try {
    for (let done = 0; done < cuts; done += cutsEach) {
      const town = new PoweredTown(examiners, {
        ...options,
        disks,
        cuts: Math.min(cutsEach, cuts - done),
        seed: seed + done,
      });
      parts.push(await town.run());
    }
  } finally {
    examiners.close();
  }
  const sum = (of: (part: PowerResult) => number) => parts.reduce((total, part) => total + of(part), 0);
  return {
    cuts: sum((part) => part.cuts),
    disks: sum((part) => part.disks),
    distinct: sum((part) => part.distinct),
    acked: sum((part) => part.acked),
    bad: sum((part) => part.bad),
    violations: parts.flatMap((part) => part.violations),
    faults: parts.flatMap((part) => part.faults),
    examiningMs: sum((part) => part.examiningMs),
  };
}

type TownOptions = PowerOptions & Required<Pick<PowerOptions, 'seed' | 'disks'>>;

/** Pairs of users and their server, from an empty disk on through a number of power cuts. */
class PoweredTown {
  readonly #examiners: DiskExaminers;
  readonly #options: TownOptions;
  readonly #random: Random;
  readonly #folders = [temporaryFolder('flooim-power')];
  readonly #contents = new Set<string>();
  readonly #result = { cuts: 0, disks: 0, bad: 0, faults: [] as string[], examiningMs: 0 };

  constructor(examiners: DiskExaminers, options: TownOptions) {
    this.#examiners = examiners;
    this.#options = options;
    this.#random = new Random(options.seed);
  }

  async run(): Promise<PowerResult> {
    const { bug, cuts, pairs = 8 } = this.#options;
    const data = this.#folders[0] as string;
    const users = await seedUsers(data, pairs * 2);
    seedPairs(
      data,
      users.filter((_, i) => i % 2 === 0).map((user, i) => [user.uid, users[i * 2 + 1]?.uid ?? 0]),
    );
    let disk = new ShadowDisk(data);
    const plan = bug && buggy(bug);
    const slow = { SHADOW_FLUSH_DELAY_US: String(flushMs * 1000) };
    const server = await spawnServer({ data: disk.data, ...plan, env: { ...plan?.env, ...disk.env, ...slow } });
    const load = new TalkingPairs(server.url, users);
    try {
      load.start();
      load.talk();
      for (let i = 0; i < cuts; i++) {
        await sleep(this.#random.between(100, 600));
        await server.kill9();
        await this.#examine(disk, load.acknowledged);
        disk = this.#goOnWith(disk, this.#keep(i));
        server.data = disk.data;
        server.env = { ...plan?.env, ...disk.env, ...slow };
        if (!(await this.#restart(server))) return this.#resultAt(load, []);
      }
      await load.settle();
      return this.#resultAt(load, await load.judge(server.data));
    } finally {
      await load.stop();
      await server.close();
      disk.remove();
      for (const folder of this.#folders) rmSync(folder, { recursive: true, force: true });
    }
  }

  async #examine(disk: ShadowDisk, acknowledged: readonly number[]): Promise<void> {
    const result = this.#result;
    const startedAt = performance.now();
    const disks = Array.from({ length: this.#options.disks }, (_, n) => ({
      seed: this.#random.between(0, 2 ** 31),
      keep: this.#keep(n),
    }));
    const { contents, faults } = await this.#examiners.examine({ disk: disk.folders, disks, acknowledged });
    for (const content of contents) this.#contents.add(content);
    result.cuts += 1;
    result.disks += contents.length;
    result.bad += faults.length;
    result.faults.push(...faults);
    result.examiningMs += performance.now() - startedAt;
  }

  /** Of what was written and not flushed, how much reached the `n`th disk: nothing, all, and anything between. */
  #keep(n: number): number {
    return n < 2 ? n : this.#random.next();
  }

  #goOnWith(disk: ShadowDisk, keep: number): ShadowDisk {
    const left = temporaryFolder('flooim-after-cut');
    this.#folders.push(left);
    diskAfterPowerCut(disk.folders, left, this.#random, keep);
    disk.remove();
    return new ShadowDisk(left);
  }

  /** Whether the server started on the disk that it goes on with. */
  async #restart(server: SpawnedServer): Promise<boolean> {
    this.#result.disks += 1;
    try {
      await server.restart();
      return true;
    } catch (error) {
      this.#result.bad += 1;
      this.#result.faults.push((error as Error).message);
      return false;
    }
  }

  #resultAt(load: TalkingPairs, violations: Violation[]): PowerResult {
    return { ...this.#result, distinct: this.#contents.size, acked: load.acked, violations };
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      cuts: { type: 'string', default: '100' },
      disks: { type: 'string', default: '99' },
      /** Cuts from one empty disk to the next. */
      each: { type: 'string', default: '10' },
      seed: { type: 'string', default: '1' },
      bug: { type: 'string' },
    },
  });
  if (!shadowLibrary()) return console.log('power: skipped, there is no C compiler (cc) or this is not Linux');
  const [cuts, disks, cutsEach, seed] = [values.cuts, values.disks, values.each, values.seed].map(Number) as [
    number,
    number,
    number,
    number,
  ];
  const bug = values.bug as CrashBug | undefined;
  const result = await runPower({ cuts, disks, cutsEach, seed, bug });
  // Whoever skips the flush at each commit must be found out, or finding nothing says nothing.
  const control = await runPower({ cuts: 5, disks: 9, seed, bug: 'flush-normal' });
  const { violations, bad } = result;
  const isCaught = control.bad + control.violations.length > 0;
  const perDisk = (result.examiningMs / Math.max(1, result.disks - result.cuts)).toFixed(0);
  console.log(
    `power: cuts=${result.cuts} disks=${result.disks} distinct=${result.distinct} bad=${bad} acked=${result.acked} ` +
      `violations=${violations.length} control=${isCaught ? 'caught' : 'missed'} (${perDisk} ms a disk)`,
  );
  if (violations.length > 0) console.log(summarize(violations));
  if (bad > 0) console.log(result.faults.slice(0, 10).join('\n'));
  if (violations.length + bad > 0 || !isCaught) process.exitCode = 1;
}

if (import.meta.main) await main();
