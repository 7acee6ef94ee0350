/**
 * The bar `checker`: every seeded bug must be caught, and clean runs must be silent. Only then does the checker's silence in
 * the other bars count.
 */
import { parseArgs } from 'node:util';
import { check, summarize, type Violation } from '../checker.ts';
import type { Run } from '../run.ts';
import { playScenario } from '../scenario.ts';
import { type SeededBug, seededBugs } from '../seeded-bugs.ts';
import { shadowLibrary } from '../shadow.ts';
import type { CrashBug } from './buggy-server.ts';
import { runCrash } from './crash.ts';
import { runPower } from './power.ts';

export interface CheckerOptions {
  cleanRuns: number;
  /** Default: all that show without a crash. */
  bugs?: readonly SeededBug[];
  /** How a clean run is played. */
  play?: () => Promise<Run>;
  /** Also those that show only when the server is killed or the power goes: minutes, not seconds. Default false. */
  crashes?: boolean;
}

export interface CheckerResult {
  cleanRuns: number;
  /** Clean runs in which the checker found something, and what. */
  falseAlarms: string[];
  bugs: number;
  /** By name, with what was found in their place. */
  missed: string[];
}

export async function runChecker({
  cleanRuns,
  bugs = seededBugs,
  play = playScenario,
  crashes = false,
}: CheckerOptions): Promise<CheckerResult> {
  const result: CheckerResult = { cleanRuns, falseAlarms: [], bugs: 0, missed: [] };
  let clean: Run | undefined;
  for (let n = 1; n <= cleanRuns; n++) {
    clean = await play();
    const violations = check(clean);
    if (violations.length > 0) result.falseAlarms.push(`clean run ${n}: ${summarize(violations)}`);
  }
  const count = (name: string, caught: boolean, found: string) => {
    result.bugs++;
    if (!caught) result.missed.push(`${name}: ${found}`);
  };
  for (const bug of bugs) {
    const violations = await violationsWith(bug, clean);
    count(bug.name, isCaught(bug, violations), summarize(violations));
  }
  for (const bug of crashes ? crashBugs() : []) {
    const { caught, found } = await playCrash(bug);
    count(bug, caught, found);
  }
  return result;
}

/** What the checker says of the scenario with a bug in it. `clean`: for bugs that are a change of what was recorded. */
export async function violationsWith({ plant, alter }: SeededBug, clean?: Run): Promise<Violation[]> {
  return check(alter ? alter(clean ?? (await playScenario())) : await playScenario(plant));
}

export function isCaught({ caughtAs }: SeededBug, violations: readonly Violation[]): boolean {
  return violations.some(({ kind }) => kind === caughtAs);
}

/** Power cuts are played only where the disk can be. */
function crashBugs(): CrashBug[] {
  return shadowLibrary() ? ['ack-before-commit', 'flush-normal', 'flush-off'] : ['ack-before-commit'];
}

async function playCrash(bug: CrashBug): Promise<{ caught: boolean; found: string }> {
  if (bug === 'ack-before-commit') {
    const { violations } = await runCrash({ kills: 3, acked: 500, pairs: 4, bug });
    return { caught: violations.some(({ kind }) => kind === 'ack-not-on-disk'), found: summarize(violations) };
  }
  const { bad, violations } = await runPower({ cuts: 2, disks: 4, pairs: 4, bug });
  return { caught: bad + violations.length > 0, found: `bad disks ${bad}, ${summarize(violations)}` };
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { clean: { type: 'string', default: '20' }, 'no-crashes': { type: 'boolean', default: false } },
  });
  const result = await runChecker({ cleanRuns: Number(values.clean), crashes: !values['no-crashes'] });
  const { bugs, missed, falseAlarms } = result;
  console.log(
    `checker: caught=${bugs - missed.length}/${bugs} false_alarms=${falseAlarms.length} clean_runs=${result.cleanRuns}`,
  );
  for (const text of [...missed.map((miss) => `missed ${miss}`), ...falseAlarms]) console.log(`  ${text}`);
  if (missed.length + falseAlarms.length > 0) process.exitCode = 1;
}

if (import.meta.main) await main();
