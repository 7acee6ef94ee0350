import { type Arrivals, type Burst, keptMb, longTaskMs, measureArrivals } from '../e2e/measure/arrivals.ts';
import { launchBrowser } from '../e2e/test/browser.ts';
import type { BenchOptions } from './options.ts';
import type { Report, Row, Target } from './report.ts';

const mostRuns = 3;

/** Many messages arrive in a browser, at a page that has the SDK and nothing else. */
export async function benchArrivals({ runs, arrivals }: BenchOptions): Promise<Report | undefined> {
  const browser = await launchBrowser().catch((error: Error) => console.log(`arrivals: left out. ${error.message}`));
  if (!browser) return undefined;
  const measured: Arrivals[] = [];
  for (let i = 0; i < Math.min(runs, mostRuns); i++) measured.push(await measureArrivals(browser, arrivals));
  const version = browser.version();
  await browser.close();
  return {
    name: 'arrivals',
    about:
      `${arrivals} messages from 20 people arrive at a page with the SDK alone, its store in IndexedDB, in Chromium ${version}: those ` +
      'that waited while it was away, then as many live. Tasks and CPU are what the main thread worked, tracing included.',
    rows: [
      ...rowsOf(
        'waiting',
        arrivals,
        measured.map(({ backlog }) => backlog),
      ),
      ...rowsOf(
        'live',
        arrivals,
        measured.map(({ live }) => live),
      ),
    ],
  };
}

function rowsOf(name: string, arrivals: number, bursts: readonly Burst[]): Row[] {
  const row = (what: string, unit: string, pick: (burst: Burst) => number, target?: Target): Row => ({
    what: `${name}: ${what}`,
    unit,
    values: bursts.map(pick),
    ...(target && { target }),
  });
  const longest = ({ tasks }: Burst) => tasks.reduce((most, ms) => Math.max(most, ms), 0);
  return [
    row('longest task', 'ms', longest, { most: longTaskMs }),
    row('page CPU', 'us/message', ({ work }) => (work.cpuMs * 1000) / arrivals),
    row('until the last was told', 'ms', ({ tookMs }) => tookMs),
    row('memory kept', 'MiB', (burst) => burst.keptMb, { most: keptMb }),
  ];
}
