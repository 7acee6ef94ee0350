/**
 * What many messages cost a page that has the SDK and nothing else, its store in IndexedDB, in Chromium: those that waited while
 * it was away, then as many that come live. Prints one table against the targets; `npm run bench -- arrivals` measures the same.
 *
 *   node --conditions=flooim-source e2e/measure/arrivals.ts [messages]
 */

import { rmSync } from 'node:fs';
import { encodeMessageBody, MessageType, Namespace } from '@flooim/protocol';
import { callRest, RawClient, type SeededUser, seedUsers, spawnServer, temporaryFolder } from '@flooim/testkit';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../test/browser.ts';
import { heapMb, MainThread, parts, tasksMs, type Work } from './main-thread.ts';
import { startSdkSite } from './sdk-site.ts';
import { printTable, type TableRow } from './table.ts';

const password = 'correct-horse-1';
const talkers = 20;
/** A frame that waits for a longer one is seen to be late. */
export const longTaskMs = 50;
/** What so many messages may leave in memory: the newest of each conversation are kept there. */
export const keptMb = 10;
const mostMs = 120_000;

/** What one burst of messages cost. */
export interface Burst {
  work: Work;
  /** What each task worked. */
  tasks: number[];
  /** From the start until the application was told of the last. */
  tookMs: number;
  /** In use when all was freed that can be, more than before. */
  keptMb: number;
}

export interface Arrivals {
  backlog: Burst;
  live: Burst;
}

declare global {
  interface Window {
    begin(dnsServer: string): void;
    logIn(name: string, password: string): Promise<void>;
    isOnline(): boolean;
    arrived: number;
  }
}

/** As an application starts: whoever was logged in is again. */
const script = `import { flooim } from 'flooim';
let im;
window.arrived = 0;
window.begin = (dnsServer) => {
  im = flooim({ appid: 'flooim', dnsServer, autoLogin: true, storage: 'indexeddb' });
  im.on('onRosterMessage', () => { window.arrived += 1; });
};
window.logIn = (name, password) => im.login({ name, password });
window.isOnline = () => im.connection.state.name === 'online';`;

export async function measureArrivals(browser: Browser, count: number): Promise<Arrivals> {
  const data = temporaryFolder();
  const others = await seedUsers(data, talkers, 'talker');
  const [server, site] = await Promise.all([spawnServer({ data }), startSdkSite(script)]);
  try {
    await callRest(server.url, 'userRegister', { username: 'alice', password });
    const { user_id: uid } = await callRest(server.url, 'tokenByName', { name: 'alice', password });
    const page = await (await browser.newContext()).newPage();
    const dns = `${server.url}/v2/app_dns`;
    await open(page, site.url);
    await page.evaluate((url) => window.begin(url), dns);
    await page.evaluate(([name, word]) => window.logIn(name as string, word as string), ['alice', password]);
    // One message each, so that all conversations are there.
    await talk(server.url, others, uid, talkers);
    await page.waitForFunction((n) => window.arrived >= n && window.isOnline(), talkers);
    // It is away while they write.
    await open(page, site.url);
    await talk(server.url, others, uid, count);
    const backlog = await burst(browser, page, count, () => page.evaluate((url) => window.begin(url), dns));
    const live = await burst(browser, page, 2 * count, () => talk(server.url, others, uid, count));
    await page.context().close();
    return { backlog, live };
  } finally {
    site.close();
    await server.close();
    rmSync(data, { recursive: true, force: true });
  }
}

async function open(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await page.waitForFunction(() => 'begin' in window);
}

/** From `start` until the page was told of `upTo` messages in all. */
async function burst(browser: Browser, page: Page, upTo: number, start: () => Promise<void>): Promise<Burst> {
  const before = await heapMb(page);
  const thread = await MainThread.of(page);
  let tookMs = 0;
  const tasks = await tasksMs(browser, page, async () => {
    const startedAt = performance.now();
    await start();
    await page.waitForFunction((n) => window.arrived >= n, upTo, { timeout: mostMs });
    tookMs = performance.now() - startedAt;
  });
  const work = await thread.since();
  return { work, tasks, tookMs, keptMb: (await heapMb(page)) - before };
}

/** All of them say something in turns; resolves when the last word of each is on disk. */
async function talk(url: string, others: readonly SeededUser[], to: number, count: number): Promise<void> {
  await Promise.all(
    others.map(async (other) => {
      const client = await RawClient.login(url, other);
      const each = count / others.length;
      const first = Date.now() * 1000;
      for (let i = 0; i < each; i += 1) {
        const content = `Message ${i} of ${other.uid}: the slides are ready, have a look when you can.`;
        const payload = encodeMessageBody({ type: MessageType.CHAT, content });
        const isLast = i % 50 === 49 || i === each - 1;
        const answered = isLast ? client.nextSync(({ clientMid }) => clientMid === first + i, 30_000) : undefined;
        client.sync({ meta: { id: first + i, to: { uid: to }, ns: Namespace.MESSAGE, payload } });
        await answered;
      }
      client.close();
    }),
  );
}

function rowsOf(what: string, count: number, { work, tasks, tookMs, keptMb: kept }: Burst): TableRow[] {
  const long = tasks.filter((ms) => ms > longTaskMs);
  return [
    {
      what: `${what}: tasks that worked over ${longTaskMs} ms`,
      measured: long.length,
      unit: '',
      most: 0,
      note: `longest ${Math.max(0, ...tasks).toFixed(0)} of ${tasks.length}`,
    },
    {
      what: '  worked for a message',
      measured: (work.cpuMs * 1000) / count,
      unit: 'us',
      note: `${parts(work)}; in all ${work.cpuMs.toFixed(0)} ms of ${tookMs.toFixed(0)}`,
    },
    { what: '  kept in memory', measured: kept, unit: 'MB', most: keptMb },
  ];
}

if (import.meta.main) {
  const count = Number(process.argv[2] ?? 10_000);
  const browser = await launchBrowser();
  try {
    const { backlog, live } = await measureArrivals(browser, count);
    printTable(`${count} messages arrive from ${talkers} people, Chromium ${browser.version()}`, [
      ...rowsOf('waiting', count, backlog),
      ...rowsOf('live', count, live),
    ]);
  } finally {
    await browser.close();
  }
}
