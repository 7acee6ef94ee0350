import { setTimeout as sleep } from 'node:timers/promises';
import { quantile } from './figures.ts';
import type { Pair } from './pair.ts';
import { type Usage, usageOf } from './processes.ts';

export interface Traffic {
  /** Messages a second that arrived. */
  rate: number;
  p50Ms: number;
  p99Ms: number;
  /** Of the server, all threads, for each message. */
  cpuUs: number;
  rssBytes: number;
  /** How often listeners had to pull, for a thousand messages. */
  pulls: number;
}

const warmUpMs = 1000;
const drainMs = 10_000;

/** Sends and arrivals of all pairs, with their latencies. */
class Meter {
  readonly #sentAt: number[][];
  readonly #pairs: readonly Pair[];
  #latencies: number[] = [];
  sent = 0;
  arrived = 0;

  constructor(pairs: readonly Pair[], onArrival: (pair: number) => void) {
    this.#pairs = pairs;
    this.#sentAt = pairs.map(() => []);
    for (const [i, pair] of pairs.entries()) {
      let next = 0;
      pair.onArrival = () => {
        const queue = this.#sentAt[i] as number[];
        this.#latencies.push(performance.now() - (queue[next++] as number));
        if (next === 1024) {
          queue.splice(0, next);
          next = 0;
        }
        this.arrived++;
        onArrival(i);
      };
    }
  }

  send(pairs: readonly Pair[], i: number): void {
    this.#sentAt[i]?.push(performance.now());
    this.sent++;
    pairs[i]?.send();
  }

  get pulls(): number {
    return this.#pairs.reduce((sum, pair) => sum + pair.pulls, 0);
  }

  takeLatencies(): number[] {
    const latencies = this.#latencies;
    this.#latencies = [];
    return latencies;
  }
}

/** As much as goes: each pair has `window` messages under way. */
export async function saturate(pairs: readonly Pair[], pid: number, window: number, seconds: number): Promise<Traffic> {
  let going = true;
  const meter = new Meter(pairs, (i) => going && meter.send(pairs, i));
  for (let n = 0; n < window; n++) for (const i of pairs.keys()) meter.send(pairs, i);
  const traffic = await measure(meter, pid, seconds);
  going = false;
  await drain(meter);
  return traffic;
}

/** So many messages a second, evenly, over all pairs in turn. */
export async function trickle(pairs: readonly Pair[], pid: number, rate: number, seconds: number): Promise<Traffic> {
  const meter = new Meter(pairs, () => {});
  const startedAt = performance.now();
  let sent = 0;
  const timer = setInterval(() => {
    const due = ((performance.now() - startedAt) * rate) / 1000;
    for (; sent < due; sent++) meter.send(pairs, sent % pairs.length);
  }, 1);
  const traffic = await measure(meter, pid, seconds);
  clearInterval(timer);
  await drain(meter);
  return traffic;
}

async function measure(meter: Meter, pid: number, seconds: number): Promise<Traffic> {
  await sleep(warmUpMs);
  meter.takeLatencies();
  const before: Usage = usageOf(pid);
  const startedAt = performance.now();
  const { arrived: arrivedBefore, pulls } = meter;
  await sleep(seconds * 1000);
  const after = usageOf(pid);
  const arrived = meter.arrived - arrivedBefore;
  const latencies = meter.takeLatencies();
  return {
    rate: (arrived * 1000) / (performance.now() - startedAt),
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
    cpuUs: (after.cpuUs - before.cpuUs) / arrived,
    rssBytes: after.rssBytes,
    pulls: ((meter.pulls - pulls) * 1000) / arrived,
  };
}

/** A figure counts only if everything that was sent arrived. */
async function drain(meter: Meter): Promise<void> {
  const end = performance.now() + drainMs;
  while (meter.arrived < meter.sent && performance.now() < end) await sleep(10);
  if (meter.arrived !== meter.sent) throw new Error(`${meter.sent} messages were sent and ${meter.arrived} arrived`);
}
