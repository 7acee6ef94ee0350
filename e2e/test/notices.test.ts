import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type SpawnedServer, spawnServer, startUsers, type TestUsers, temporaryFolder } from '@flooim/testkit';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser, Visitor } from './browser.ts';
import { clickNotice, keepNotices, notices, tellers } from './shown-notices.ts';

const host = 'chat.example';
const built = fileURLToPath(new URL('../../packages/web/dist', import.meta.url));
/** A copy, for the server is to get a newer one. */
const web = temporaryFolder();

let server: SpawnedServer;
let browser: Browser;
let users: TestUsers;
/** Alice in a browser in which Carol is signed in, too. */
let alice: Visitor;
let carol: Visitor;

beforeAll(async () => {
  cpSync(process.env['FLOOIM_WEB'] ?? built, web, { recursive: true });
  [server, browser] = await Promise.all([
    spawnServer({ env: { FLOOIM_WEB: web } }),
    launchBrowser([`--host-resolver-rules=MAP ${host} 127.0.0.1`]),
  ]);
  users = await startUsers(server.url, { friends: true });
  alice = await Visitor.arrive(browser, server.url, 'alice', {
    serviceWorkers: 'allow',
    permissions: ['notifications'],
  });
  await alice.page.context().addInitScript(keepNotices);
  await alice.page.addInitScript(countNotes);
  await alice.logIn(users.alice.password);
  carol = await alice.openTab();
  await carol.page.addInitScript(countNotes);
  await carol.open('/login?account=1');
  await carol.at('username').fill('carol');
  await carol.at('password').fill(users.carol.password);
  await carol.at('submit').click();
  await carol.at('conversations').or(carol.at('conversations-empty')).first().waitFor();
});
afterAll(async () => {
  await users?.dispose();
  await browser?.close();
  await server?.close();
  rmSync(web, { recursive: true });
});

const soon = <T>(read: () => T | Promise<T>) => expect.poll(read, { timeout: 30_000 });

/** Runs in the page before its own scripts: what is played is counted, for nobody hears it here. */
function countNotes(): void {
  Object.assign(window, { notes: 0 });
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (when) {
    Object.assign(window, { notes: (Reflect.get(window, 'notes') as number) + 1 });
    start.call(this, when);
  };
}

const notesIn = ({ page }: Visitor): Promise<number> => page.evaluate(() => Reflect.get(window, 'notes') as number);

function say(name: 'alice' | 'carol', content: string): void {
  users.bob.devices[0].say(users[name].uid, content);
}

describe('two accounts of one browser with a friend in common', () => {
  test('are told of what he says to each, with a sound', async () => {
    await soon(() => tellers(alice.page)).toBe(2);
    say('alice', 'Hello Alice');
    await soon(() => notices(alice.page)).toEqual(['bob: Hello Alice']);
    say('carol', 'Hello Carol');
    await soon(() => notices(alice.page)).toEqual(['bob: Hello Alice', 'bob: Hello Carol']);
    await soon(() => notesIn(alice)).toBe(2);
    await soon(() => notesIn(carol)).toBe(2);
  });

  test('a click leads to the tab of the account that it was said to', async () => {
    expect(await clickNotice(alice.page, 'Hello Carol')).toBeNull();
    await carol.message('Hello Carol').waitFor();
    await soon(() => notices(alice.page)).toEqual(['bob: Hello Alice']);
    expect(new URL(alice.page.url()).pathname).toBe('/');
  });
});

describe('a browser that shows no notifications', () => {
  const stateIn = (visitor: Visitor) => visitor.at('notice-permission').getAttribute('data-state');

  test('because somebody blocked them: says where to allow them, and asks no more', async () => {
    await alice.page.addInitScript(() => {
      Object.defineProperty(Notification, 'permission', { get: () => 'denied' });
    });
    await alice.open('/settings/notifications');
    await soon(() => stateIn(alice)).toBe('denied');
    expect(await alice.at('notice-allow').count()).toBe(0);
    await alice.shoot('notices-denied');
    await alice.open('/');
    await alice.conversation('bob').waitFor();
    expect(await alice.at('notice-hint').count()).toBe(0);
  });

  test('because the page has no https: the app works all the same', async () => {
    const plain = await Visitor.arrive(browser, `http://${host}:${server.port}`, 'alice', {
      viewport: { width: 390, height: 844 },
      locale: 'zh-CN',
      colorScheme: 'dark',
    });
    await plain.logIn(users.alice.password);
    await plain.open(`/c/${users.bob.uid}`);
    await plain.say('Without a lock');
    await plain.sees('Without a lock', 'sent');
    await plain.open('/settings/notifications');
    await soon(() => stateIn(plain)).toBe('unsupported');
    await plain.shoot('notices-unsupported-phone-zh-dark');
    expect(plain.complaints).toEqual([]);
    await plain.page.context().close();
  });
});

describe('a new version of the app', () => {
  test('is offered to a tab that is open, and comes with a click', async () => {
    await alice.page.evaluate(() => navigator.serviceWorker.ready.then(() => {}));
    const [entry = ''] = readFileSync(join(web, 'index.html'), 'utf8').match(/\/assets\/index-[\w-]+\.js/) ?? [];
    const next = '/assets/index-thenextone.js';
    cpSync(join(web, entry), join(web, next));
    for (const name of ['index.html', 'sw.js']) {
      const text = readFileSync(join(web, name), 'utf8');
      writeFileSync(
        join(web, name),
        text.replaceAll(entry, next).replace(/"version":"\w+"|version:[`"]\w+[`"]/, 'version:"next"'),
      );
    }
    for (const name of readdirSync(join(web, 'assets')))
      if (join('/assets', name).startsWith(entry)) rmSync(join(web, 'assets', name));
    await alice.page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.update());
    await alice.at('toast').getByRole('button', { name: 'Reload' }).click();
    await alice.page.locator(`script[src="${next}"]`).waitFor({ state: 'attached' });
    await alice.conversation('bob').waitFor();
  });

  test('and nothing was complained about', () => {
    expect([...alice.complaints, ...carol.complaints]).toEqual([]);
  });
});
