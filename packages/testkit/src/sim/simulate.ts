import { Random } from '../random.ts';
import { Browser } from './browser.ts';
import { act, pickWeighted } from './commands.ts';
import { calm, faults } from './faults.ts';
import { Judge, type SimKind, type SimViolation } from './judge.ts';
import { ModelServer } from './model-server.ts';
import { Tab, type World } from './tab.ts';
import { Trace } from './trace.ts';
import { VirtualTime } from './virtual-time.ts';

export interface Simulated {
  violations: SimViolation[];
  /** The same for the same seed. */
  hash: string;
  /** What was done by people, and what went wrong around them. */
  commands: number;
  lines: string[];
}

/** A little over all that the SDK waits for, one after the other. */
const settleMs = 240_000;
const reloadMs = 90_000;

/** One life of a few users, out of one number. `keep`: with all lines of its trace. */
export async function simulate(seed: number, { keep = false } = {}): Promise<Simulated> {
  const random = new Random(seed);
  const time = new VirtualTime();
  const trace = new Trace(() => time.now, keep);
  const users = Array.from({ length: random.between(2, 3) }, (_, i) => 11 + i);
  const server = new ModelServer(time, fork(random), users);
  const violations: SimViolation[] = [];
  const report = (kind: SimKind, text: string) => {
    trace.note('FAULT', `${kind} ${text}`);
    if (violations.length < 20) violations.push({ kind, text });
  };
  const world: World = { time, trace, server, random: fork(random), said: 0, report };
  const tabs = users.flatMap((uid) => tabsOf(world, uid, random));
  const onRejection = (error: unknown) => report('error', `nobody looked at a promise that failed: ${String(error)}`);
  process.on('unhandledRejection', onRejection);
  try {
    const commands = await live(world, tabs, users, fork(random));
    const judge = (when: string) => {
      for (const { kind, text } of new Judge(server, tabs).violations()) report(kind as SimKind, `${when}: ${text}`);
    };
    calm(world, tabs);
    await time.pass(settleMs);
    judge('at the end');
    for (const tab of tabs) {
      if (random.chance(0.5)) tab.crash();
      else tab.close();
    }
    await time.pass(1000);
    for (const tab of tabs) tab.load();
    await time.pass(reloadMs);
    judge('after a reload');
    return { violations, hash: trace.hash, commands, lines: trace.lines ?? [] };
  } finally {
    process.off('unhandledRejection', onRejection);
    for (const tab of tabs) tab.crash();
  }
}

/** One or two tabs, in one browser or two. */
function tabsOf(world: World, uid: number, random: Random): Tab[] {
  const { time } = world;
  const first = new Browser(uid, `${uid}a`, time, fork(random));
  const one = new Tab(world, first, `${uid}a1`);
  if (random.chance(0.4)) return [one];
  if (random.chance(0.4)) return [one, new Tab(world, first, `${uid}a2`)];
  return [one, new Tab(world, new Browser(uid, `${uid}b`, time, fork(random)), `${uid}b1`)];
}

/** People do things, and things go wrong; each run knows only some of the faults, so that each is met alone too. */
async function live(world: World, tabs: readonly Tab[], users: readonly number[], random: Random): Promise<number> {
  const share = random.next();
  const known = faults.filter(() => random.chance(share));
  const faultShare = known.length > 0 ? random.next() * 0.5 : 0;
  const steps = random.between(20, 100);
  for (const tab of tabs) if (random.chance(0.8)) tab.load();
  for (let step = 0; step < steps; step++) {
    await world.time.pass(gapMs(random));
    const tab = random.pick(tabs);
    if (random.chance(faultShare)) {
      const [name, fault] = pickWeighted(known, random);
      world.trace.note(tab.name, `meets ${name}`);
      fault(world, tab, random);
    } else {
      tab.load();
      act(
        world,
        tab,
        users.filter((uid) => uid !== tab.uid),
        random,
      );
    }
  }
  return steps;
}

function gapMs(random: Random): number {
  if (random.chance(0.02)) return random.between(60_000, 600_000);
  if (random.chance(0.15)) return random.between(3000, 40_000);
  return random.chance(0.4) ? random.between(0, 20) : random.between(20, 2000);
}

function fork(random: Random): Random {
  return new Random(random.between(0, 2 ** 31));
}
