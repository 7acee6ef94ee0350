/**
 * The bar `sim`: the SDK, with a clock, a network and a disk that exist only in the run, against a small model of the server.
 * Everything follows from a seed, so whatever goes wrong goes wrong again: `--seed N --trace`.
 */
import { parseArgs } from 'node:util';
import type { SimViolation } from '../sim/judge.ts';
import { simulate } from '../sim/simulate.ts';

export interface SimOptions {
  /** The first seed. */
  from: number;
  seeds: number;
  /** Every so many seeds one runs twice, to see that it does the same. Default 20. */
  twiceEvery?: number;
  /** Called with each seed that failed. */
  onFailure?: (seed: number, violations: readonly SimViolation[]) => void;
}

export interface SimResult {
  /** Seeds with violations. */
  failures: number[];
  commands: number;
  /** Seeds that did not do the same again. */
  mismatches: number[];
}

export async function runSim({ from, seeds, twiceEvery = 20, onFailure }: SimOptions): Promise<SimResult> {
  const result: SimResult = { failures: [], commands: 0, mismatches: [] };
  for (let seed = from; seed < from + seeds; seed++) {
    const { violations, hash, commands } = await simulate(seed);
    result.commands += commands;
    if (violations.length > 0) {
      result.failures.push(seed);
      onFailure?.(seed, violations);
    }
    if (seed % twiceEvery === 0 && (await simulate(seed)).hash !== hash) result.mismatches.push(seed);
  }
  return result;
}

async function printOne(seed: number, trace: boolean): Promise<void> {
  const { violations, hash, lines } = await simulate(seed, { keep: trace });
  for (const line of lines) console.log(line);
  console.log(`sim: seed=${seed} hash=${hash} violations=${violations.length}`);
  for (const { kind, text } of violations) console.log(`  ${kind}: ${text}`);
  process.exit(violations.length > 0 ? 1 : 0);
}

function printFailure(seed: number, violations: readonly SimViolation[]): void {
  console.log(`seed ${seed}:`);
  for (const { kind, text } of violations.slice(0, 3)) console.log(`  ${kind}: ${text}`);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '10000' },
      from: { type: 'string', default: '1' },
      seed: { type: 'string' },
      trace: { type: 'boolean', default: false },
    },
  });
  if (values.seed) await printOne(Number(values.seed), values.trace);
  const seeds = Number(values.seeds);
  const result = await runSim({ from: Number(values.from), seeds, onFailure: printFailure });
  const { failures, commands, mismatches } = result;
  console.log(
    `sim: seeds=${seeds} failures=${failures.length} commands=${commands} trace_mismatches=${mismatches.length}`,
  );
  if (mismatches.length > 0) console.log(`not the same again: ${mismatches.slice(0, 10).join(', ')}`);
  process.exit(failures.length + mismatches.length > 0 ? 1 : 0);
}

if (import.meta.main) await main();
