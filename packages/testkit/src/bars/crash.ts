/** The bar `crash`: kill -9 in a loop while users talk; what was acknowledged must be there, once and in order. */

import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { summarize, type Violation } from '../checker.ts';
import { percentile } from '../percentile.ts';
import { Random } from '../random.ts';
import { seedPairs, seedUsers } from '../seed-users.ts';
import { spawnServer } from '../spawn-server.ts';
import { temporaryFolder } from '../start-server.ts';
import type { CrashBug } from './buggy-server.ts';
import { TalkingPairs } from './talking-pairs.ts';

export interface CrashOptions {
  kills: number;
  /** Goes on, without kills, until so many messages were acknowledged. */
  acked: number;
  pairs?: number;
  seed?: number;
  bug?: CrashBug;
  /** Flags for the server. */
  args?: readonly string[];
}

export interface CrashResult {
  kills: number;
  acked: number;
  violations: Violation[];
  /** From the start of the process to `/readyz`, after a kill; sorted. */
  readyMs: number[];
}

export async function runCrash({ kills, acked, pairs = 8, seed = 1, bug, args }: CrashOptions): Promise<CrashResult> {
  const random = new Random(seed);
  const data = temporaryFolder('flooim-crash');
  const users = await seedUsers(data, pairs * 2);
  seedPairs(
    data,
    users.filter((_, i) => i % 2 === 0).map((user, i) => [user.uid, users[i * 2 + 1]?.uid ?? 0]),
  );
  const server = await spawnServer({ data, args, ...(bug && buggy(bug)) });
  const load = new TalkingPairs(server.url, users);
  try {
    load.start();
    load.talk();
    for (let i = 0; i < kills; i++) {
      await sleep(random.between(50, 500));
      await server.kill9();
      await sleep(random.between(0, 50));
      await server.restart();
    }
    while (load.acked < acked) await sleep(50);
    await load.settle();
    const violations = await load.judge(data);
    const readyMs = server.readyMs.slice(1).toSorted((a, b) => a - b);
    return { kills, acked: load.acked, violations, readyMs };
  } finally {
    await load.stop();
    await server.close();
    rmSync(data, { recursive: true, force: true });
  }
}

/** How to start the server with a seeded bug instead. */
export function buggy(bug: CrashBug): { program: string; env: Record<string, string> } {
  return { program: fileURLToPath(new URL('./buggy-server.ts', import.meta.url)), env: { FLOOIM_SEEDED_BUG: bug } };
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      kills: { type: 'string', default: '200' },
      acked: { type: 'string', default: '200000' },
      pairs: { type: 'string', default: '8' },
      seed: { type: 'string', default: '1' },
      bug: { type: 'string' },
      writer: { type: 'string', default: 'thread' },
    },
  });
  const result = await runCrash({
    kills: Number(values.kills),
    acked: Number(values.acked),
    pairs: Number(values.pairs),
    seed: Number(values.seed),
    bug: values.bug as CrashBug | undefined,
    args: ['--writer', values.writer],
  });
  const { violations, readyMs } = result;
  const ready = percentile(readyMs, 0.99).toFixed(0);
  console.log(
    `crash: kills=${result.kills} acked=${result.acked} violations=${violations.length} ready_p99=${ready} ms`,
  );
  if (violations.length > 0)
    console.log(
      `${summarize(violations)}\n${violations
        .slice(0, 10)
        .map(({ kind, text }) => `  ${kind}: ${text}`)
        .join('\n')}`,
    );
  if (violations.length > 0 || result.acked < Number(values.acked)) process.exitCode = 1;
}

if (import.meta.main) await main();
