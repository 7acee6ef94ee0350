/**
 * Draws the pictures of docs/screenshots from the demo's people, when the app's look changes:
 * `npm run build && cd e2e && node --conditions=flooim-source tools/draw-screenshots.ts`. Its results are committed.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { spawnServer, temporaryFolder } from '@flooim/testkit';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { fillDemo, guest } from '../../packages/testkit/src/demo/fill-demo.ts';
import { launchBrowser, Visitor } from '../test/browser.ts';

const folder = fileURLToPath(new URL('../../docs/screenshots/', import.meta.url));
const password = 'correct-horse-1';

const desktop = { viewport: { width: 1280, height: 800 } };
const wide = { viewport: { width: 1440, height: 900 } };
const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
const light = { colorScheme: 'light' } as const;
const dark = { colorScheme: 'dark' } as const;
const chinese = { locale: 'zh-CN' };

const data = temporaryFolder('flooim-screenshots');
const [browser] = await Promise.all([launchBrowser(), fillDemo({ data }, password)]);
const server = await spawnServer({ data });

/** Somebody signed in, without what is asked only once. */
async function arrive(options: BrowserContextOptions): Promise<Visitor> {
  const visitor = await Visitor.arrive(browser, server.url, guest, { deviceScaleFactor: 2, ...options });
  await visitor.logIn(password);
  await visitor.at('notice-later').click();
  return visitor;
}

async function openChat(visitor: Visitor, name: string): Promise<void> {
  await visitor.conversation(name).first().click();
  await visitor.at('message').last().waitFor();
  // All of it is in view, and read by that.
  await visitor.at('to-newest').waitFor({ state: 'hidden' });
  await visitor.conversation(name).first().getByTestId('conversation-unread').waitFor({ state: 'hidden' });
}

/** Nothing moves, fades or blinks any more, and every picture is there. */
async function rest({ page }: Visitor): Promise<void> {
  await page.mouse.move(0, 0);
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await page.getByTestId('day-pill').waitFor({ state: 'hidden' });
  await page.waitForFunction(() => {
    const pictures = [...document.images].filter((one) => one.checkVisibility());
    const moving = document.getAnimations().some((one) => one.playState === 'running');
    return !moving && pictures.every(({ complete, naturalWidth }) => complete && naturalWidth > 0);
  });
}

/** Half the size of a PNG; what shows a README shows it too. */
async function write(page: Page, name: string): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: 90 });
  const bytes = Buffer.from(data, 'base64');
  writeFileSync(`${folder}${name}.webp`, bytes);
  console.log(`${name}.webp ${Math.round(bytes.length / 1024)} KB`);
}

async function draw(
  name: string,
  options: BrowserContextOptions,
  prepare: (visitor: Visitor) => Promise<unknown>,
): Promise<void> {
  const visitor = await arrive(options);
  await prepare(visitor);
  await rest(visitor);
  await write(visitor.page, name);
  await visitor.page.context().close();
}

/** Phones side by side, as one picture. */
async function drawPhones(name: string, shown: readonly (readonly [BrowserContextOptions, string])[]): Promise<void> {
  const screens: string[] = [];
  for (const [options, conversation] of shown) {
    const visitor = await arrive({ ...phone, ...options });
    if (conversation) await openChat(visitor, conversation);
    await rest(visitor);
    screens.push((await visitor.page.screenshot()).toString('base64'));
    await visitor.page.context().close();
  }
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, deviceScaleFactor: 2 });
  const phones = screens.map((screen) => `<img src="data:image/png;base64,${screen}">`);
  await page.setContent(`<style>
    body { margin: 0; height: 100vh; display: flex; justify-content: center; align-items: center; gap: 56px;
      background: linear-gradient(150deg, #d9efe8, #b4dccf 60%, #8fc7b8) }
    img { height: 724px; border: 7px solid #10201c; border-radius: 40px; box-shadow: 0 18px 44px #0b3a3059 }
  </style>${phones.join('')}`);
  await page.waitForFunction(() => [...document.images].every(({ complete }) => complete));
  await write(page, name);
  await page.close();
}

try {
  mkdirSync(folder, { recursive: true });
  // What is opened is read: what shows the list with all its counts comes first.
  await draw('chat', { ...desktop, ...light }, (sam) => openChat(sam, 'Anna Kowalski'));
  await draw('group-dark', { ...wide, ...dark }, async (sam) => {
    await openChat(sam, 'Product team');
    await sam.at('chat-person').click();
    await sam.at('group-head').waitFor();
  });
  await draw('chinese', { ...desktop, ...light, ...chinese }, (sam) => openChat(sam, '周末爬山'));
  await draw('search', { ...desktop, ...light }, async (sam) => {
    // Too far down to be in the list yet.
    await sam.at('conversation-search').fill('陈伟');
    await openChat(sam, '陈伟');
    await sam.at('conversation-search').fill('search');
    await sam.at('found-heading').first().waitFor();
  });
  await draw('settings', { ...desktop, ...dark }, async (sam) => {
    await sam.at('nav-settings').click();
    await sam.at('to-notifications').click();
    await sam.at('notices').waitFor();
  });
  await drawPhones('phones', [
    [light, ''],
    [dark, '林小梅'],
    [light, 'Yuki Tanaka'],
  ]);
  await draw('play', { ...wide, ...light }, async (sam) => {
    await sam.open('/play#groupManage.asyncCreate');
    await sam.at('play-name').fill(guest);
    await sam.at('play-password').fill(password);
    await sam.at('play-login').click();
    await sam.at('play-status').filter({ hasText: 'online' }).waitFor();
    await sam.at('field-params.name').fill('Sunday run');
    await sam.at('field-params.description').fill('Slowly, along the river.');
    await sam.at('play-run').click();
    await sam.at('play-outcome').filter({ hasText: ' ms' }).scrollIntoViewIfNeeded();
  });
} finally {
  await browser.close();
  await server.close();
  rmSync(data, { recursive: true, force: true });
}
