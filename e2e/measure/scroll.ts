/**
 * How smoothly a long conversation scrolls in Chromium: up by the wheel until all of its history is loaded, then through what
 * is loaded; and what of it stays in memory when it is closed. Prints one table against the targets. On a busy machine judge by
 * what the main thread worked.
 *
 *   cd packages/web && npx vite build && cd ../../e2e
 *   node --conditions=flooim-source measure/scroll.ts [messages]
 *
 * FLOOIM_WEB names another build.
 */
import { encodeMessageBody, MessageType, Namespace } from '@flooim/protocol';
import { callRest, RawClient, type SpawnedServer, spawnServer } from '@flooim/testkit';
import type { Page } from 'playwright-core';
import { launchBrowser, Visitor } from '../test/browser.ts';
import { heapMb, MainThread, parts, tasksMs, type Work } from './main-thread.ts';
import { printTable, quantile, type TableRow } from './table.ts';

const password = 'correct-horse-1';
const count = Number(process.argv[2] ?? 10_000);
/** About 20,000 px a second: as fast as a free wheel turns. */
const wheelPx = 400;
const mostMs = 240_000;
/** A frame that waits for a longer one is seen to be late. */
const longTaskMs = 50;
const stepsAtOnce = 200;
/** Of what a display shows in a second a page's main thread may work so much for each. */
const frameMs = 16.7;
/** What a conversation that was closed may leave behind. */
const keptMb = 10;

const texts = [
  'Good morning!',
  'Did you read what they sent yesterday? I think that the second part is the better one by far.',
  'https://example.org/a/page?with=words',
  '好的，明天见。',
  'First line\nSecond line\nThird line',
];

async function account(server: SpawnedServer, name: string): Promise<{ uid: number; token: string }> {
  await callRest(server.url, 'userRegister', { username: name, password });
  const { user_id: uid, token } = await callRest(server.url, 'tokenByName', { name, password });
  return { uid, token };
}

/** Both say something in turns, each when what the other said is in the log. */
async function talk(server: SpawnedServer, sides: readonly { uid: number; token: string }[]): Promise<void> {
  const clients = await Promise.all(sides.map((side) => RawClient.login(server.url, { ...side, guid: 'measure' })));
  for (let i = 0; i < count; i += 1) {
    const [from, to] = i % 7 < 4 ? [0, 1] : [1, 0];
    const content = `${i + 1}: ${texts[i % texts.length]}`;
    const payload = encodeMessageBody({ type: MessageType.CHAT, content });
    const client = clients[from] as RawClient;
    const meta = { id: i + 1, to: { uid: sides[to]?.uid ?? 0 }, ns: Namespace.MESSAGE, payload };
    const isLast = i % 7 === 3 || i % 7 === 6 || i === count - 1;
    const answered = isLast ? client.nextSync((sync) => sync.clientMid === i + 1, 30_000) : undefined;
    client.sync({ meta });
    await answered;
  }
  for (const client of clients) client.close();
}

interface Noted {
  /** Tasks over 50 ms. */
  long: number[];
  gaps: number[];
}

/** Runs in the page: notes long tasks and the gaps between frames. */
function observe(): void {
  const noted: Noted = { long: [], gaps: [] };
  Object.assign(window, { noted });
  new PerformanceObserver((list) =>
    noted.long.push(...list.getEntries().map((one) => Math.round(one.duration))),
  ).observe({ type: 'longtask' });
  let last = performance.now();
  const tick = (now: number): void => {
    noted.gaps.push(now - last);
    last = now;
    requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
}

async function take(page: Page): Promise<Noted> {
  return page.evaluate(() => {
    const { noted } = window as unknown as { noted: Noted };
    const taken = { long: [...noted.long], gaps: [...noted.gaps] };
    noted.long.length = noted.gaps.length = 0;
    return taken;
  });
}

/** What every task of the page worked meanwhile. */
async function wheelUntil(page: Page, px: number, isThere: () => Promise<boolean>): Promise<number[]> {
  const tasks: number[] = [];
  const start = performance.now();
  while (performance.now() - start < mostMs) {
    const turned = await tasksMs(browser, page, async () => {
      for (let i = 0; i < stepsAtOnce; i += 1) {
        await page.mouse.wheel(0, px);
        await page.waitForTimeout(16);
      }
    });
    tasks.push(...turned);
    if (await isThere()) return tasks;
  }
  throw new Error(`Not there after ${mostMs} ms.`);
}

function rowsOf(what: string, work: Work, tasks: readonly number[], { long, gaps }: Noted): TableRow[] {
  const spread = `99 % ${quantile(gaps, 0.99).toFixed(0)}, longest ${Math.max(0, ...gaps).toFixed(0)}`;
  return [
    {
      what: `${what}: worked for a frame`,
      measured: work.cpuMs / Math.max(1, gaps.length),
      unit: 'ms',
      most: frameMs,
      note: `in all ${work.cpuMs.toFixed(0)}: ${parts(work)}`,
    },
    {
      what: `  tasks that worked over ${longTaskMs} ms`,
      measured: tasks.filter((ms) => ms > longTaskMs).length,
      unit: '',
      most: 0,
      note: `longest ${tasks.reduce((most, ms) => Math.max(most, ms), 0).toFixed(0)} of ${tasks.length}`,
    },
    {
      what: `  tasks over ${longTaskMs} ms by the clock`,
      measured: long.length,
      unit: '',
      note: `longest ${Math.max(0, ...long)}`,
    },
    {
      what: '  between two frames',
      measured: quantile(gaps, 0.5),
      unit: 'ms',
      note: `${gaps.length} frames, ${spread}`,
    },
  ];
}

const [server, browser] = await Promise.all([
  spawnServer({ args: ['--messages-per-sec', '1000000', '--message-burst', '1000000'] }),
  launchBrowser(),
]);
try {
  const [alice, bob] = [await account(server, 'alice'), await account(server, 'bob')];
  await callRest(server.url, 'rosterApply', { user_id: bob.uid }, alice);
  await talk(server, [alice, bob]);
  const visitor = await Visitor.arrive(browser, server.url, 'alice');
  await visitor.logIn(password);
  const { page } = visitor;
  await page.waitForTimeout(3000);
  const before = await heapMb(page);
  await visitor.conversation('bob').click();
  await visitor.at('message').first().waitFor();
  await page.waitForTimeout(3000);
  // It opened at what is new to her.
  await visitor.at('messages').press('End');
  await visitor.message(`${count}: `).waitFor();
  await page.mouse.move(800, 400);
  const list = visitor.at('messages');
  await page.evaluate(observe);
  const thread = await MainThread.of(page);
  const rows: TableRow[] = [];
  const told = async (what: string, tasks: readonly number[]): Promise<void> => {
    rows.push(...rowsOf(what, await thread.since(), tasks, await take(page)));
  };
  const isAtEnd = (end: number) =>
    list.evaluate((one, to) => Math.abs(to * (one.scrollHeight - one.clientHeight) - one.scrollTop) < 60, end);
  const isAllLoaded = async () => (await visitor.at('older').getAttribute('data-state')) === 'end';
  await told('up, loading them', await wheelUntil(page, -wheelPx, isAllLoaded));
  await told('down, all loaded', await wheelUntil(page, wheelPx, () => isAtEnd(1)));
  const sending = await tasksMs(browser, page, async () => {
    await visitor.say('One more');
    await visitor.message('One more').waitFor();
  });
  await told('one more is sent', sending);
  const drawn = await visitor.at('message').count();
  const loaded = await heapMb(page);
  await page.keyboard.press('Escape');
  await visitor.at('messages').waitFor({ state: 'detached' });
  await page.waitForTimeout(3000);
  const closed = await heapMb(page);
  rows.push(
    { what: 'rows in the document', measured: drawn, unit: '' },
    { what: 'memory with all loaded', measured: loaded, unit: 'MB', note: `${before.toFixed(1)} before it was opened` },
    { what: 'memory kept when it is closed', measured: closed - before, unit: 'MB', most: keptMb },
  );
  printTable(`A conversation of ${count} messages, Chromium ${browser.version()}`, rows);
} finally {
  await browser.close();
  await server.close();
}
