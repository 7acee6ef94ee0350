import type { Browser, CDPSession, Page } from 'playwright-core';

/** What a page's main thread worked, whatever else the machine did meanwhile. */
export interface Work {
  cpuMs: number;
  scriptMs: number;
  /** Style, layout. */
  layoutMs: number;
}

/** Adds up what the page's main thread works, from one reading to the next. */
export class MainThread {
  readonly #session: CDPSession;
  #last: Work = { cpuMs: 0, scriptMs: 0, layoutMs: 0 };

  private constructor(session: CDPSession) {
    this.#session = session;
  }

  static async of(page: Page): Promise<MainThread> {
    const session = await page.context().newCDPSession(page);
    await session.send('Performance.enable', { timeDomain: 'threadTicks' });
    const thread = new MainThread(session);
    await thread.since();
    return thread;
  }

  /** Since the last call. */
  async since(): Promise<Work> {
    const { metrics } = await this.#session.send('Performance.getMetrics');
    const ms = (name: string) => (metrics.find((one) => one.name === name)?.value ?? 0) * 1000;
    const now: Work = {
      cpuMs: ms('TaskDuration'),
      scriptMs: ms('ScriptDuration'),
      layoutMs: ms('LayoutDuration') + ms('RecalcStyleDuration'),
    };
    const before = this.#last;
    this.#last = now;
    return {
      cpuMs: now.cpuMs - before.cpuMs,
      scriptMs: now.scriptMs - before.scriptMs,
      layoutMs: now.layoutMs - before.layoutMs,
    };
  }
}

export const parts = ({ scriptMs, layoutMs }: Work): string =>
  `script ${scriptMs.toFixed(0)}, layout ${layoutMs.toFixed(0)}`;

interface TraceEvent {
  name: string;
  ph: string;
  pid: number;
  tid: number;
  /** What its thread worked, in microseconds. */
  tdur?: number;
  args: { name?: string };
}

/** What each task of the busiest page's main thread worked while `act` ran. Tracing is not free: for some seconds at a time. */
export async function tasksMs(browser: Browser, page: Page, act: () => Promise<void>): Promise<number[]> {
  await browser.startTracing(page, { categories: ['toplevel'] });
  await act();
  const { traceEvents } = JSON.parse(String(await browser.stopTracing())) as { traceEvents: TraceEvent[] };
  const threads = traceEvents.filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain');
  const works = threads.map(({ pid, tid }) =>
    traceEvents
      .filter((one) => one.pid === pid && one.tid === tid && one.ph === 'X' && one.name.endsWith('RunTask'))
      .map(({ tdur = 0 }) => tdur / 1000),
  );
  const total = (ms: readonly number[]) => ms.reduce((sum, one) => sum + one, 0);
  return works.sort((a, b) => total(b) - total(a))[0] ?? [];
}

/** What is in use when all that can be freed is. */
export async function heapMb(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  return usedSize / 2 ** 20;
}
