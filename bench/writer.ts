import { Agent, get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { shadowLibrary, slowFlushes } from '@flooim/testkit';
import { quantile } from './figures.ts';
import { startTalkingServer, trafficRows } from './messages.ts';
import type { BenchOptions } from './options.ts';
import type { Report, Row } from './report.ts';
import { saturate, type Traffic, trickle } from './traffic.ts';

/** One writer on one disk: saturated and at a quarter of that, with what the probe waited. */
interface Measured {
  full: Traffic;
  fullProbeMs: number;
  quarter: Traffic;
  quarterProbeMs: number;
}

/**
 * Where the writer should live: in the event loop or in a thread of its own, each on this disk and on one whose flush
 * takes 10 ms. Beside the messages, what an unrelated request waits meanwhile.
 */
export async function benchWriter(options: BenchOptions): Promise<Report> {
  const rows: Row[] = [];
  for (const delayMs of [0, 10]) {
    if (delayMs > 0 && !shadowLibrary()) {
      console.log('writer: the slow disk is left out, there is no C compiler (cc)');
      continue;
    }
    const results = { inline: [] as Measured[], thread: [] as Measured[] };
    for (let i = 0; i < options.runs; i++) {
      for (const writer of ['inline', 'thread'] as const)
        results[writer].push(await measureWriter(options, writer, delayMs));
    }
    rows.push(...rowsOf(`flush +${delayMs} ms`, results.thread, results.inline));
  }
  return {
    name: 'writer',
    about:
      `The writer in a thread, and as baseline in the event loop, with ${options.pairs} pairs; "+10 ms" adds 10 ms to each flush (testkit/native/shadow.c). ` +
      'The probe is GET /healthz, one after the other, every 5 ms.',
    rows,
  };
}

async function measureWriter(options: BenchOptions, writer: 'inline' | 'thread', delayMs: number): Promise<Measured> {
  const env = delayMs > 0 ? (data: string) => slowFlushes(data, delayMs) : undefined;
  const server = await startTalkingServer(options, env, writer);
  try {
    const [full, fullProbeMs] = await probed(
      server.url,
      saturate(server.pairs, server.pid, options.window, options.seconds),
    );
    const [quarter, quarterProbeMs] = await probed(
      server.url,
      trickle(server.pairs, server.pid, full.rate / 4, options.seconds),
    );
    return { full, fullProbeMs, quarter, quarterProbeMs };
  } finally {
    await server.close();
  }
}

function rowsOf(name: string, thread: readonly Measured[], inline: readonly Measured[]): Row[] {
  const traffic = (what: 'full' | 'quarter') => {
    const label = `${name}, ${what === 'full' ? 'saturated' : 'quarter'}`;
    const pick = (each: Measured) => each[what];
    return trafficRows(label, thread.map(pick), inline.map(pick)).filter(({ unit }) => unit !== 'MiB');
  };
  const probe = (label: string, pick: (each: Measured) => number) => ({
    what: `${name}, ${label}: /healthz p99`,
    unit: 'ms',
    values: thread.map(pick),
    baseline: inline.map(pick),
  });
  return [
    ...traffic('full'),
    probe('saturated', (each) => each.fullProbeMs),
    ...traffic('quarter'),
    probe('quarter', (each) => each.quarterProbeMs),
  ];
}

/** What happens, and the p99 of an unrelated request meanwhile. */
async function probed(url: string, traffic: Promise<Traffic>): Promise<[Traffic, number]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const latencies: number[] = [];
  let going = true;
  const probing = (async () => {
    while (going) {
      const startedAt = performance.now();
      await request(`${url}/healthz`, agent);
      latencies.push(performance.now() - startedAt);
      await sleep(5);
    }
  })();
  const result = await traffic;
  going = false;
  await probing;
  agent.destroy();
  return [result, quantile(latencies, 0.99)];
}

function request(url: string, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    get(url, { agent }, (answer) => {
      answer.resume();
      answer.on('end', resolve);
    }).on('error', reject);
  });
}
