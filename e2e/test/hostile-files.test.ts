import { ContentType } from '@flooim/protocol';
import { callRest, type HostileFile, hostileFiles, type SpawnedServer, spawnServer } from '@flooim/testkit';
import type { Browser, BrowserContext } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { launchBrowser, Visitor } from './browser.ts';
import { Canary, startCareless } from './canary.ts';
import { clickOn, evilMessages } from './evil-attachments.ts';
import { allWays, embed, keptAt, openAll } from './exposure.ts';

const password = 'correct-horse-1';
const secret = 'of-the-page';

interface Person {
  uid: number;
  token: string;
  storeToken: string;
}

let server: SpawnedServer;
let browser: Browser;
let canary: Canary;
let files: HostileFile[];
/** Where bob finds them. */
const links: string[] = [];
let alice: Person;
let bob: Person;

async function register(username: string): Promise<Person> {
  await callRest(server.url, 'userRegister', { username, password });
  const { user_id, token, store_token = '' } = await callRest(server.url, 'tokenByName', { name: username, password });
  return { uid: user_id, token, storeToken: store_token };
}

/** What a client that means ill says of it, so that it is shown and not only named. */
function kindOf(name: string): ContentType {
  if (/mp4$/.test(name)) return ContentType.VIDEO;
  return /(mp3|wav)$/.test(name) ? ContentType.AUDIO : ContentType.IMAGE;
}

/** From alice to bob; where it is. */
async function send({ name, type, bytes }: Pick<HostileFile, 'name' | 'type' | 'bytes'>): Promise<string> {
  const as = { token: alice.token };
  const asked = await callRest(server.url, 'fileUploadChat', { file_type: 102, to_id: bob.uid }, as);
  const form = new FormData();
  form.set('file', new Blob([new Uint8Array(bytes)], { type }), name);
  const answer = await fetch(asked.upload_url, { method: 'POST', body: form });
  expect(await answer.text()).toBe('{"code":200,"data":true}');
  const attachment = JSON.stringify({ url: asked.download_url, dName: name, fLen: bytes.length });
  await callRest(
    server.url,
    'messageSend',
    { type: 1, targets: [bob.uid], content_type: kindOf(name), attachment },
    as,
  );
  return asked.download_url;
}

/** Somebody's browser, with something worth stealing at that origin. */
async function arrive(origin: string): Promise<{ context: BrowserContext; dialogs: string[] }> {
  const context = await browser.newContext();
  onTestFinished(() => context.close());
  const dialogs: string[] = [];
  context.on('dialog', (dialog) => {
    dialogs.push(dialog.message());
    dialog.dismiss().catch(() => {});
  });
  await context.addCookies([{ name: 'cookie', value: secret, url: origin }]);
  const page = await context.newPage();
  await page.route(`${origin}/start`, (route) => route.fulfill({ contentType: 'text/html', body: '' }));
  await page.goto(`${origin}/start`);
  await page.evaluate((value) => localStorage.setItem('secret', value), secret);
  await page.close();
  return { context, dialogs };
}

beforeAll(async () => {
  // Pages that a test makes up are of no network, and would not be let through to this machine.
  const local = '--disable-features=LocalNetworkAccessChecks';
  [server, browser, canary] = await Promise.all([spawnServer(), launchBrowser([local]), Canary.start()]);
  files = hostileFiles(canary.url);
  [alice, bob] = [await register('alice'), await register('bob')];
  const as = { token: alice.token };
  await callRest(server.url, 'rosterApply', { user_id: bob.uid }, as);
  await callRest(server.url, 'userAvatar', { avatar: `${canary.url}/avatar.png` }, as);
  for (const file of files) links.push(`${await send(file)}&app_id=flooim&store_token=${bob.storeToken}`);
});
afterEach(() => {
  canary.asked.length = 0;
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
  canary?.close();
});

/** The list holds what is near the view only, and lets go of a row at any time: `look` finds it and does all in one go. */
async function findInList<T>(visitor: Visitor, look: () => Promise<T[]>): Promise<T[]> {
  let found: T[] = [];
  const step = async () => {
    await visitor.at('messages').evaluate((list) => list.scrollBy(0, list.scrollTop === 0 ? 1e6 : -400));
    found = await look();
    return found.length;
  };
  await expect.poll(step).toBeGreaterThan(0);
  return found;
}

describe('a corpus of hostile files', () => {
  test('bites where a server believes what it is told', async () => {
    const careless = await startCareless(files);
    onTestFinished(() => careless.close());
    const { context, dialogs } = await arrive(careless.url);
    const there = files.map(({ what }) => `${careless.url}/${what}?`);
    await embed(context, careless.url, there, ['script', 'module', 'style']);
    await openAll(context, there);
    const biting = files.filter(({ bites }) => bites).map(({ what }) => what);
    // None is missing.
    const silent = () => biting.filter((what) => !canary.heard.includes(what));
    await expect.poll(silent, { timeout: 20_000 }).toEqual([]);
    // With all that this origin kept, and whatever else a script can do.
    expect(canary.asked.some(({ path }) => path.includes(`${secret}cookie`))).toBe(true);
    expect(dialogs).toContain('svg-onload');
    expect(await keptAt(context, careless.url)).toMatchObject({
      local: { owned: expect.any(String) },
      cookies: expect.stringContaining('owned'),
    });
  });

  test('does nothing to whom it was sent, and nothing to those of another page', async () => {
    const { context, dialogs } = await arrive(server.url);
    const answered = new Set<string>();
    context.on('response', (answer) => answer.ok() && answered.add(answer.url().replace('&image_type=2', '')));
    const pages = [
      await embed(context, server.url, links),
      await embed(context, canary.url, links, ['script', 'module', 'style']),
    ];
    await openAll(context, [...links, ...links.map((link) => `${link}&image_type=2`)]);
    // Each of them was really there; a sheet of a wrong type is dropped before it counts as an answer.
    const expected = links.flatMap((link) => allWays.map((way) => `${link}&way=${way}`));
    expect(expected.filter((link) => !link.endsWith('style') && !answered.has(link))).toEqual([]);
    for (const page of pages) expect(await page.evaluate(() => 'owned' in window)).toBe(false);
    expect([canary.heard, dialogs]).toEqual([[], []]);
    const untouched = { local: { secret }, cookies: `cookie=${secret}`, databases: 0, caches: 0, workers: 0 };
    expect(await keptAt(context, server.url)).toEqual(untouched);
    expect(server.output).not.toContain('"level"');
  });
});

describe('a conversation in the web app', () => {
  let all: number;

  beforeAll(async () => {
    const stored = await send({ name: 'real.png', type: 'image/png', bytes: Buffer.from('no picture') });
    const evil = evilMessages({ own: server.url, canary: canary.url, stored });
    for (const message of evil) {
      await callRest(server.url, 'messageSend', { type: 1, targets: [bob.uid], ...message }, { token: alice.token });
    }
    all = files.length + 1 + evil.length;
  });

  test('shows hostile files and attachments, is clicked all over, runs nothing and tells nobody anything', async () => {
    const visitor = await Visitor.arrive(browser, server.url, 'bob');
    const { page } = visitor;
    onTestFinished(() => page.context().close());
    const dialogs: string[] = [];
    page.on('dialog', (dialog) => {
      dialogs.push(dialog.message());
      dialog.dismiss().catch(() => {});
    });
    await visitor.logIn(password);
    await visitor.conversation('alice').click();
    await visitor.at('message').first().waitFor();
    await expect.poll(() => page.evaluate(clickOn), { timeout: 60_000 }).toBe(all);
    expect([canary.asked, dialogs, visitor.complaints]).toEqual([[], [], []]);
    expect(new URL(page.url()).origin).toBe(server.url);
    expect(await page.evaluate(() => 'owned' in window || 'owned' in localStorage)).toBe(false);

    // A link to elsewhere is a link, and says nothing of who follows it.
    const elsewhere = visitor.at('messages').locator('a');
    const shown = await findInList(visitor, () =>
      elsewhere.evaluateAll((links) => links.map((link) => [link.getAttribute('rel'), link.getAttribute('href')])),
    );
    for (const [rel, href] of shown) {
      expect(rel).toBe('noopener noreferrer nofollow');
      expect(href).toMatch(/^https?:/);
    }
    const follow = () =>
      elsewhere.evaluateAll((links) => links.slice(0, 1).map((link) => (link as HTMLAnchorElement).click()));
    const [popup] = await Promise.all([page.waitForEvent('popup'), findInList(visitor, follow)]);
    await popup.waitForLoadState();
    expect(await popup.evaluate(() => [window.opener, document.referrer])).toEqual([null, '']);
    const told = ['access-token', 'app_id', 'authorization', 'cookie'];
    for (const { path, headers } of canary.asked) {
      expect(path).not.toMatch(/token|signed/);
      expect(Object.keys(headers).filter((name) => told.includes(name))).toEqual([]);
    }
  });
});
