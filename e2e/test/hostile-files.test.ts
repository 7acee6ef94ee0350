import { ContentType } from '@flooim/protocol';
import { callRest, type HostileFile, hostileFiles, type SpawnedServer, spawnServer } from '@flooim/testkit';
import type { Browser, BrowserContext } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { launchBrowser, Visitor } from './browser.ts';
import { Canary, startCareless } from './canary.ts';
import { allWays, embed, keptAt, openAll } from './exposure.ts';

const password = 'correct-horse-1';
const secret = 'of-the-page';
const evilName = '<img src=x onerror=alert(1)>.png';

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

/** As text: what no browser may run, and no client may ask with what is bob's. */
function evilAttachments(stored: string): Record<string, unknown>[] {
  const { host } = new URL(canary.url);
  const { host: own } = new URL(server.url);
  const way = new URL(stored).pathname + new URL(stored).search;
  const script = `fetch('${canary.url}/heard/attachment')`;
  const urls = [
    `javascript:${script}`,
    ` jAvA\nscript:${script}`,
    `data:text/html,<script>${script}</script>`,
    `data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg" onload="${script}"/>`,
    `blob:${server.url}/${'0'.repeat(8)}-0000-4000-8000-${'0'.repeat(12)}`,
    `filesystem:${server.url}/temporary/a.html`,
    canary.url + way,
    `//${host}${way}`,
    `\\\\${host}${way}`,
    `http://${own}@${host}${way}`,
    `http://${host}\\@${own}${way}`,
    `http://${own}.${host}${way}`,
    `${server.url}/file/download/../..//${host}${way}`,
    `${stored}&file_sign=${canary.url}`,
    `${server.url}/user/logout?url=${canary.url}`,
    { toString: script },
  ];
  const names = [
    evilName,
    `"><img src=x onerror="${script}">`,
    'gpj.\u202eexe.png',
    '../../etc/passwd',
    '\0\r\nset-cookie: a=b',
  ];
  return urls.map((url, i) => ({
    url,
    tUrl: url,
    dName: names[i % names.length],
    fLen: `<img src=x onerror=${script}>`,
    width: `100%;background:url(//${host})`,
    height: -1,
    placeholder: `data:image/svg+xml,<svg onload=${script}>`,
    waveform: `"><svg onload=${script}>`,
    duration: { valueOf: script },
  }));
}

/** In the page: one step through the conversation, with a click on all that came into view; how many messages that were. */
async function clickOn(): Promise<number> {
  const page = window as unknown as { clicked?: Set<string>; step?: number };
  page.clicked ??= new Set();
  const list = document.querySelector('[data-testid=messages]') as HTMLElement;
  for (const bubble of list.querySelectorAll<HTMLElement>('[data-testid=message]')) {
    if (page.clicked.has(bubble.dataset['mid'] ?? '')) continue;
    page.clicked.add(bubble.dataset['mid'] ?? '');
    for (const each of bubble.querySelectorAll<HTMLElement>('a, button:not([data-testid=message-more])')) each.click();
    await new Promise((resolve) => setTimeout(resolve, 50));
    const viewer = document.querySelector('[data-testid=viewer]');
    viewer?.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }));
  }
  const before = list.scrollTop;
  page.step ??= -400;
  list.scrollBy(0, page.step);
  if (list.scrollTop === before) page.step *= -1;
  return page.clicked.size;
}

describe('a corpus of hostile files', () => {
  test.skip('bites where a server believes what it is told', async () => {
    const careless = await startCareless(files);
    onTestFinished(() => careless.close());
    const { context, dialogs } = await arrive(careless.url);
    const links = files.map(({ what }) => `${careless.url}/${what}?`);
    await embed(context, careless.url, links, ['script', 'module', 'style']);
    await openAll(context, links);
    const biting = files.filter(({ bites }) => bites).map(({ what }) => what);
    await expect.poll(() => canary.heard).toEqual(expect.arrayContaining(biting));
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
    context.on('response', (answer) => answered.set(answer.url().replace('&image_type=2', ''), answer.status()));
    const pages = [
      await embed(context, server.url, links),
      await embed(context, canary.url, links, ['script', 'module', 'style']),
    ];
    await openAll(context, [...links, ...links.map((link) => `${link}&image_type=2`)]);
    // Each of them was really there.
    console.log(
      links.flatMap((link, i) =>
        allWays
          .filter((way) => answered.get(`${link}&way=${way}`) !== 200)
          .map((way) => `${files[i]!.what} ${way} ${answered.get(`${link}&way=${way}`)}`)
          .slice(0, 2),
      ),
    );
    for (const page of pages) expect(await page.evaluate(() => 'owned' in window)).toBe(false);
    expect([canary.heard, dialogs]).toEqual([[], []]);
    const untouched = { local: { secret }, cookies: `cookie=${secret}`, databases: 0, caches: 0, workers: 0 };
    expect(await keptAt(context, server.url)).toEqual(untouched);
    expect(server.output).not.toContain('"level"');
  });
});

describe('a conversation in the web app', () => {
  test('shows hostile files and attachments, is clicked all over, and runs nothing and tells nobody anything', async () => {
    const visitor = await Visitor.arrive(browser, server.url, 'bob');
    onTestFinished(() => visitor.page.context().close());
    const as = { token: alice.token };
    const stored = await send({ name: 'real.png', type: 'image/png', bytes: Buffer.from('no picture') });
    const evil = evilAttachments(stored);
    for (const attachment of evil) {
      // Pictures, sounds, films and files in turn, and each link as each of them.
      for (const content_type of [ContentType.IMAGE, ContentType.AUDIO, ContentType.VIDEO, ContentType.FILE]) {
        const more = { content_type, attachment: JSON.stringify(attachment), content: evilName };
        await callRest(server.url, 'messageSend', { type: 1, targets: [bob.uid], ...more }, as);
      }
    }
    const dialogs: string[] = [];
    visitor.page.context().on('dialog', (dialog) => dialogs.push(dialog.message()));
    await visitor.logIn(password);
    await visitor.conversation('alice').click();
    await visitor.at('message').first().waitFor();
    await expect
      .poll(() => visitor.page.evaluate(clickOn), { timeout: 60_000 })
      .toBe(files.length + 1 + 4 * evil.length);
    console.log(canary.asked);
    console.log(visitor.complaints, dialogs);
  });
});
