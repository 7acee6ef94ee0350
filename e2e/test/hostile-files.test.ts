import { callRest, type HostileFile, hostileFiles, type SpawnedServer, spawnServer } from '@flooim/testkit';
import type { Browser, BrowserContext } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { launchBrowser } from './browser.ts';
import { Canary, startCareless } from './canary.ts';
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
let alice: Person;
let bob: Person;

async function register(username: string): Promise<Person> {
  await callRest(server.url, 'userRegister', { username, password });
  const { user_id, token, store_token = '' } = await callRest(server.url, 'tokenByName', { name: username, password });
  return { uid: user_id, token, storeToken: store_token };
}

/** From alice to bob, as any client can send it; where it is. */
async function send({ name, type, bytes }: Pick<HostileFile, 'name' | 'type' | 'bytes'>, content_type = 1) {
  const as = { token: alice.token };
  const asked = await callRest(server.url, 'fileUploadChat', { file_type: 102, to_id: bob.uid }, as);
  const form = new FormData();
  form.set('file', new Blob([new Uint8Array(bytes)], { type }), name);
  const answer = await fetch(asked.upload_url, { method: 'POST', body: form });
  expect(await answer.text()).toBe('{"code":200,"data":true}');
  const attachment = JSON.stringify({ url: asked.download_url, dName: name, fLen: bytes.length });
  await callRest(server.url, 'messageSend', { type: 1, targets: [bob.uid], content_type, attachment }, as);
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
  await callRest(server.url, 'rosterApply', { user_id: bob.uid }, { token: alice.token });
});
afterEach(() => {
  canary.asked.length = 0;
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
  canary?.close();
});

describe('a corpus of hostile files', () => {
  test('bites where a server believes what it is told', async () => {
    const careless = await startCareless(files);
    onTestFinished(() => careless.close());
    const { context, dialogs } = await arrive(careless.url);
    const links = files.map(({ what }) => `${careless.url}/${what}?`);
    console.time('embed');
    await embed(context, careless.url, links, ['script', 'module', 'style']);
    console.timeEnd('embed');
    console.time('open');
    await openAll(context, links);
    console.timeEnd('open');
    const biting = files.filter(({ bites }) => bites).map(({ what }) => what);
    await expect.poll(() => canary.heard).toEqual(biting.toSorted());
    // With all that this origin kept, and whatever else a script can do.
    expect(canary.asked.some(({ path }) => path.includes(`${secret}cookie`))).toBe(true);
    expect(dialogs).toContain('svg-onload');
    expect(await keptAt(context, careless.url)).toMatchObject({
      local: { owned: expect.any(String) },
      cookies: expect.stringContaining('owned'),
    });
  });

  test('does nothing to whom it was sent, and nothing to those of another page', async () => {
    const links: string[] = [];
    for (const file of files) links.push(`${await send(file)}&app_id=flooim&store_token=${bob.storeToken}`);
    const { context, dialogs } = await arrive(server.url);
    const answered = new Map<string, number>();
    context.on('response', (answer) => answered.set(answer.url(), answer.status()));
    console.time('embed');
    const pages = await Promise.all([server.url, canary.url].map((origin) => embed(context, origin, links)));
    console.timeEnd('embed');
    console.time('open');
    await openAll(context, [...links, ...links.map((link) => `${link}&image_type=2`)]);
    console.timeEnd('open');
    // Each of them was really there.
    for (const link of links) {
      for (const way of allWays) expect([way, answered.get(`${link}&way=${way}`)]).toEqual([way, 200]);
    }
    for (const page of pages) expect(await page.evaluate(() => 'owned' in window)).toBe(false);
    expect([canary.heard, dialogs]).toEqual([[], []]);
    const untouched = { local: { secret }, cookies: `cookie=${secret}`, databases: 0, caches: 0, workers: 0 };
    expect(await keptAt(context, server.url)).toEqual(untouched);
    expect(server.output).toBe('');
  });
});
