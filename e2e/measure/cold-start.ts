/**
 * How soon the conversation list is there when the app is opened again, how the list bears thousands, and what the first
 * screen weighs. Prints one table against the targets. On a busy machine judge by what the main thread worked.
 *
 *   cd packages/web && npx vite build && cd ../../e2e
 *   node --conditions=flooim-source measure/cold-start.ts [conversations] [messages in each]
 *
 * FLOOIM_WEB names another build.
 */
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { launchBrowser, Visitor } from '../test/browser.ts';
import { MainThread, parts, type Work } from './main-thread.ts';
import { crowdedServer } from './many-conversations.ts';
import { median, printTable, range, type TableRow } from './table.ts';

const rounds = 11;
const count = Number(process.argv[2] ?? 500);
const messages = Number(process.argv[3] ?? 20);
const paintMs = 150;
const screenKb = 200;

interface Start extends Work {
  /** Since the navigation began. */
  paintedMs: number;
  /** The app's own files, then what the page asked the server for, before the list was painted. */
  files: number;
  requests: number;
}

interface Measured {
  paintedMs?: number;
  tasks: number[];
}

declare global {
  interface Window {
    measured: Measured;
    painted(text: string): void;
  }
}

/** Runs in the page before its own scripts: tells when the first row was painted, and notes every long task. */
function watchStart(): void {
  const measured: Measured = { tasks: [] };
  window.measured = measured;
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) measured.tasks.push(Math.round(duration));
  }).observe({ type: 'longtask', buffered: true });
  const observer = new MutationObserver(() => {
    if (!document.querySelector('[data-testid=conversation]')) return;
    observer.disconnect();
    // The frame that draws it, and then its end.
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        measured.paintedMs = performance.now();
        window.painted('');
      };
      port2.postMessage(null);
    });
  });
  observer.observe(document, { childList: true, subtree: true });
}

/** Runs in the page before its own scripts: what the app fetches ahead once it has settled is no part of the first screen. */
function neverSettle(): void {
  const wait = window.setTimeout.bind(window);
  const soonMs = 1000;
  const delayed = (run: () => void, ms = 0): number => (ms < soonMs ? wait(run, ms) : 0);
  Object.assign(window, { setTimeout: delayed });
}

/** `painted`: resolves when the page says so. */
async function start(page: Page, painted: () => Promise<void>): Promise<Start> {
  const thread = await MainThread.of(page);
  const done = painted().then(() => thread.since());
  await page.reload();
  const work = await done;
  await page.waitForTimeout(1500);
  const seen = await page.evaluate(() => {
    const { paintedMs = 0 } = window.measured;
    const before = performance.getEntriesByType('resource').filter((entry) => entry.startTime < paintedMs);
    const files = before.filter(({ name }) => /\.(js|css|svg|json)$/.test(new URL(name).pathname)).length;
    return { paintedMs, files, requests: before.length - files };
  });
  return { ...seen, ...work };
}

/** What is needed for a list and an open chat, as a compressing server would send it. */
async function firstScreen(page: Page): Promise<{ kb: number; files: [string, number][] }> {
  const paths = await page.evaluate(() => [
    '/index.html',
    ...performance
      .getEntriesByType('resource')
      .map(({ name }) => new URL(name).pathname)
      .filter((path) => path.startsWith('/assets/') || path === '/theme.js'),
  ]);
  const files: [string, number][] = [];
  for (const path of new Set(paths)) {
    const answer = await page.request.get(new URL(path, page.url()).href);
    files.push([path, gzipSync(await answer.body(), { level: 9 }).length / 1024]);
  }
  return { kb: files.reduce((sum, [, kb]) => sum + kb, 0), files: files.sort((a, b) => b[1] - a[1]) };
}

/** What something costs the page, as a row. */
async function cost(page: Page, what: string, act: () => Promise<void>): Promise<TableRow> {
  const thread = await MainThread.of(page);
  await page.evaluate(() => {
    window.measured.tasks.length = 0;
  });
  await act();
  await page.waitForTimeout(500);
  const work = await thread.since();
  const tasks = await page.evaluate(() => window.measured.tasks);
  const long = tasks.length > 0 ? `; tasks over 50 ms: ${tasks.join(', ')}` : '';
  return { what, measured: work.cpuMs, unit: 'ms', note: `${parts(work)}${long}` };
}

function startRows(starts: readonly Start[]): TableRow[] {
  const of = (field: keyof Start) => starts.map((one) => one[field]);
  const row = (what: string, field: keyof Start, unit: string, most?: number): TableRow => ({
    what,
    measured: median(of(field)),
    unit,
    ...(most !== undefined && { most }),
    note: range(of(field)),
  });
  return [
    row('list painted after the navigation began', 'paintedMs', 'ms', paintMs),
    row('of it the main thread worked', 'cpuMs', 'ms', paintMs),
    row('  in scripts', 'scriptMs', 'ms'),
    row('  in style and layout', 'layoutMs', 'ms'),
    row('own files before', 'files', ''),
    row('requests to the server before', 'requests', ''),
  ];
}

const crowd = await crowdedServer(count, messages);
const browser = await launchBrowser();
try {
  const { page } = await Visitor.arrive(browser, crowd.server.url, crowd.name, { serviceWorkers: 'allow' });
  let tellPainted = (): void => {};
  const painted = () =>
    new Promise<void>((resolve) => {
      tellPainted = resolve;
    });
  await page.exposeFunction('painted', () => tellPainted());
  await page.addInitScript(watchStart);
  await page.goto(`${crowd.server.url}/login`);
  await page.getByTestId('username').fill(crowd.name);
  await page.getByTestId('password').fill(crowd.password);
  await page.getByTestId('submit').click();
  await page.getByTestId('conversation').first().waitFor({ timeout: 60_000 });
  await page.waitForFunction((n) => document.title.startsWith(`(${n})`), count * messages, { timeout: 300_000 });
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => {}));
  await page.waitForTimeout(2000);

  const starts: Start[] = [];
  for (let i = 0; i < rounds; i++) starts.push(await start(page, painted));
  const rows = startRows(starts);

  const box = await page.getByTestId('conversations').boundingBox();
  await page.mouse.move((box?.x ?? 0) + 40, (box?.y ?? 0) + 200);
  rows.push(
    await cost(page, 'scrolling the list, 60 steps', async () => {
      for (let i = 0; i < 60; i++) {
        await page.mouse.wheel(0, 700);
        await page.waitForTimeout(16);
      }
    }),
    await cost(page, 'five messages arrive', async () => {
      for (let i = 0; i < 5; i++) await crowd.write(`One more ${i}`);
    }),
  );

  const path = await page.getByTestId('conversation').first().getAttribute('href');
  const tab = await page.context().newPage();
  await tab.addInitScript(neverSettle);
  await tab.goto(`${crowd.server.url}${path}`);
  await tab.getByTestId('message').first().waitFor();
  const screen = await firstScreen(tab);
  const largest = screen.files
    .slice(0, 8)
    .map(([file, kb]) => `${file.slice(8).replace(/-.{8}\./, '.')} ${kb.toFixed(1)}`);
  rows.push({
    what: 'first screen, list and chat',
    measured: screen.kb,
    unit: 'KB gzip',
    most: screenKb,
    note: largest.join(', '),
  });
  printTable(`Opened again with ${count} conversations of ${messages} messages, Chromium ${browser.version()}`, rows);
} finally {
  await browser.close();
  await crowd.close();
}
