/** Users who have nothing to do with a flood, in a process of their own: what they measure is not held up by its generator. */
import { check, summarize } from '../checker.ts';
import { RawDevice } from '../raw-device.ts';
import { pairLog } from '../read-database.ts';
import { record } from '../record.ts';
import type { Run } from '../run.ts';
import type { SeededUser } from '../seed-users.ts';
import { until } from '../wait.ts';
import { quantile } from './quantile.ts';

/** What the process is started with. */
export interface BystanderPlan {
  url: string;
  data: string;
  /** Users 0 and 1 talk to each other, 2 and 3, and so on. */
  users: readonly SeededUser[];
  /** Messages of each user each second. */
  perSec: number;
}

/** How long messages took from their sender to the other user's device. */
export interface Figures {
  count: number;
  p50Ms: number;
  p99Ms: number;
}

/** What the process can be asked for, and what it answers. */
export interface BystanderAnswers {
  /** Forgets what was measured, once everybody is connected. */
  begin: true;
  figures: Figures;
  /** Talks no more; what is missing, doubled or in another order when everything has settled. */
  judge: { violations: number; text: string };
}

const settleWithinMs = 30_000;
/** Longer than any stall that a flood causes: a slow answer is to be measured, not cut off. */
const silenceMs = 60_000;

class Bystanders {
  readonly #devices: RawDevice[];
  readonly #data: string;
  readonly #said = new Map<string, number>();
  readonly #timers: NodeJS.Timeout[];
  #latencies: number[] = [];

  constructor({ url, data, users, perSec }: BystanderPlan) {
    this.#data = data;
    this.#devices = users.map((user) => new RawDevice(url, user, { silenceMs }));
    for (const device of this.#devices) {
      device.onMessage = (_peer, { content }) => this.#arrived(content);
      device.start();
    }
    // Not all at the same moment.
    const everyMs = 1000 / perSec;
    this.#timers = users.map((_user, i) => {
      let said = 0;
      const startMs = (i / users.length) * everyMs;
      return setTimeout(() => {
        this.#timers[i] = setInterval(() => this.#say(i, ++said), everyMs);
      }, startMs);
    });
  }

  async begin(): Promise<true> {
    const areUp = () => this.#devices.every((device) => device.client !== undefined);
    await until(areUp, 'bystanders to connect', { timeoutMs: settleWithinMs });
    this.#latencies = [];
    return true;
  }

  /** Messages that have not arrived count by how long they wait already. */
  figures(): Figures {
    const now = performance.now();
    const all = [...this.#latencies, ...[...this.#said.values()].map((saidAt) => now - saidAt)];
    return { count: all.length, p50Ms: quantile(all, 0.5), p99Ms: quantile(all, 0.99) };
  }

  async judge(): Promise<BystanderAnswers['judge']> {
    for (const timer of this.#timers) clearInterval(timer);
    await Promise.all(this.#devices.map((device) => device.settle(settleWithinMs)));
    await until(() => this.#said.size === 0, 'everything to arrive', { timeoutMs: settleWithinMs }).catch(() => {});
    const violations = check(this.#record());
    await Promise.all(this.#devices.map((device) => device.stop()));
    return { violations: violations.length, text: summarize(violations) };
  }

  /** What others say is not theirs to judge. */
  #record(): Run {
    const run = record({ data: this.#data, devices: this.#devices });
    const pairs = new Set(this.#devices.map(({ uid }, i) => pairLog(uid, (this.#devices[i ^ 1] as RawDevice).uid)));
    const entries = run.database.entries.filter(({ log }) => pairs.has(log));
    return { ...run, database: { ...run.database, entries } };
  }

  #say(i: number, n: number): void {
    const content = `${n} from ${i}`;
    this.#said.set(content, performance.now());
    const peer = this.#devices[i ^ 1] as RawDevice;
    this.#devices[i]?.say(peer.uid, content);
  }

  #arrived(content: string): void {
    const saidAt = this.#said.get(content);
    if (saidAt === undefined) return;
    this.#said.delete(content);
    this.#latencies.push(performance.now() - saidAt);
  }
}

if (import.meta.main) {
  const bystanders = new Bystanders(JSON.parse(process.argv[2] as string) as BystanderPlan);
  process.on('message', async (wanted: keyof BystanderAnswers) => process.send?.(await bystanders[wanted]()));
  // Nobody is there any more who could ask.
  process.on('disconnect', () => process.exit());
}
