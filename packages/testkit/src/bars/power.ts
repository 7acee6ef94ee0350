/**
 * The bar `power`: the power goes while users talk. Each time the server is killed and goes on with the disk that would
 * be left: everything that was flushed, and of the rest nothing, some sectors, or all.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { summarize, type Violation } from '../checker.ts';
import { Random } from '../random.ts';
import type { RawDevice } from '../raw-device.ts';
import { seedPairs, seedUsers } from '../seed-users.ts';
import { ShadowDisk, shadowLibrary } from '../shadow.ts';
import { spawnServer } from '../spawn-server.ts';
import { temporaryFolder } from '../start-server.ts';
import type { CrashBug } from './buggy-server.ts';
import { buggy } from './crash.ts';
import { TalkingPairs } from './talking-pairs.ts';

export interface PowerOptions {
  cuts: number;
  pairs?: number;
  seed?: number;
  /** Other disks to look at after each cut, besides the one that the server goes on with. Default 4. */
  disks?: number;
  bug?: CrashBug;
}

export interface PowerResult {
  cuts: number;
  disks: number;
  acked: number;
  /** Disks that lack something acknowledged or are damaged. */
  bad: number;
  violations: Violation[];
  /** Why the server did not start on one of them; the run ends there. */
  damage?: string;
}

/** Of what was written and not flushed, how much reached the disk. */
const keptShares = [0, 0.5, 1, 0.05, 0.95];

export async function runPower({ cuts, pairs = 8, seed = 1, disks = 4, bug }: PowerOptions): Promise<PowerResult> {
  const random = new Random(seed);
  const folders = [temporaryFolder('flooim-power')];
  const users = await seedUsers(folders[0] as string, pairs * 2);
  seedPairs(
    folders[0] as string,
    users.filter((_, i) => i % 2 === 0).map((user, i) => [user.uid, users[i * 2 + 1]?.uid ?? 0]),
  );
  let disk = new ShadowDisk(folders[0] as string);
  const plan = bug ? buggy(bug) : undefined;
  const server = await spawnServer({ data: disk.data, ...plan, env: { ...plan?.env, ...disk.env } });
  const load = new TalkingPairs(server.url, users);
  const result: PowerResult = { cuts, disks: 0, acked: 0, bad: 0, violations: [] };
  try {
    load.start();
    load.talk();
    for (let i = 0; i < cuts; i++) {
      await sleep(random.between(100, 600));
      await server.kill9();
      for (let n = 1; n <= disks; n++)
        examine(disk.afterPowerCut(random, keptShares[n % keptShares.length]), load.devices, result);
      const left = disk.afterPowerCut(random, keptShares[i % keptShares.length]);
      result.disks++;
      folders.push(left);
      disk.remove();
      disk = new ShadowDisk(left);
      server.data = disk.data;
      server.env = { ...plan?.env, ...disk.env };
      result.damage = await server.restart().then(
        () => undefined,
        (error: Error) => error.message,
      );
      if (result.damage) return { ...result, bad: result.bad + 1, acked: load.acked };
    }
    await load.settle();
    result.violations = await load.judge(server.data);
    result.acked = load.acked;
    return result;
  } finally {
    await load.stop();
    await server.close();
    disk.remove();
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  }
}

/** Whether a disk is whole and has everything that was acknowledged before the cut. Removes it. */
function examine(folder: string, devices: readonly RawDevice[], result: PowerResult): void {
  result.disks++;
  try {
    const db = new DatabaseSync(join(folder, 'flooim.db'));
    const whole = db.prepare('PRAGMA integrity_check').get()?.['integrity_check'] === 'ok';
    const mids = new Set(
      db
        .prepare('SELECT mid FROM entry')
        .all()
        .map((row) => row['mid']),
    );
    db.close();
    const acknowledged = devices.flatMap((device) => device.sends.flatMap((send) => send.mids));
    if (!whole || acknowledged.some((mid) => !mids.has(mid))) result.bad++;
  } catch {
    result.bad++;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      cuts: { type: 'string', default: '20' },
      disks: { type: 'string', default: '10' },
      seed: { type: 'string', default: '1' },
      bug: { type: 'string' },
    },
  });
  if (!shadowLibrary()) return console.log('power: skipped, there is no C compiler (cc) or this is not Linux');
  const bug = values.bug as CrashBug | undefined;
  const result = await runPower({
    cuts: Number(values.cuts),
    disks: Number(values.disks),
    seed: Number(values.seed),
    bug,
  });
  const { violations, bad } = result;
  console.log(
    `power: cuts=${result.cuts} disks=${result.disks} bad=${bad} acked=${result.acked} violations=${violations.length}` +
      (violations.length > 0 ? ` (${summarize(violations)})` : '') +
      (result.damage ? `\n${result.damage}` : ''),
  );
  if (violations.length + bad > 0) process.exitCode = 1;
}

if (import.meta.main) await main();
