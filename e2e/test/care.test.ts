import { type SpawnedServer, spawnServer, startUsers, type TestUsers } from '@flooim/testkit';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectAccessible } from './axe.ts';
import { launchBrowser, Visitor } from './browser.ts';
import { clickNotice, keepNotices, notices, tellers } from './shown-notices.ts';

let server: SpawnedServer;
let browser: Browser;
let users: TestUsers;
let alice: Visitor;

beforeAll(async () => {
  [server, browser] = await Promise.all([spawnServer(), launchBrowser()]);
  users = await startUsers(server.url, { friends: true });
  say('bob', 'Shall we have lunch on Friday?');
  say('carol', 'The slides are ready');
  alice = await Visitor.arrive(browser, server.url, 'alice', { serviceWorkers: 'allow' });
  await alice.page.context().addInitScript(keepNotices);
});
afterAll(async () => {
  await users?.dispose();
  await browser?.close();
  await server?.close();
});

const soon = <T>(read: () => T | Promise<T>) => expect.poll(read, { timeout: 30_000 });

function say(name: 'bob' | 'carol', content: string): void {
  users[name].devices[0].say(users.alice.uid, content);
}

const focused = (): Promise<string | null> =>
  alice.page.evaluate(() => document.activeElement?.getAttribute('data-testid') ?? null);

/** Presses Tab until it is there; a page whose way there is longer than this is none for keyboards. */
async function tabTo(testId: string): Promise<void> {
  for (let i = 0; i < 30 && (await focused()) !== testId; i++) await alice.page.keyboard.press('Tab');
  expect(await focused()).toBe(testId);
}

const press = (key: string): Promise<void> => alice.page.keyboard.press(key);

describe('who has no mouse', () => {
  test('logs in, opens a conversation, writes, opens its menu and comes back', async () => {
    await alice.open('/login');
    await alice.at('login-form').waitFor();
    await tabTo('username');
    await alice.page.keyboard.type('alice');
    await tabTo('password');
    await alice.page.keyboard.type(users.alice.password);
    await press('Enter');
    await alice.conversation('bob').waitFor();
    await press('Control+k');
    await soon(focused).toBe('conversation-search');
    await press('ArrowDown');
    await soon(focused).toBe('conversation');
    await press('Enter');
    await soon(focused).toBe('composer-input');
    await alice.page.keyboard.type('I can type this');
    await press('Enter');
    await alice.sees('I can type this', 'sent');
    await press('Control+k');
    await soon(focused).toBe('conversation-search');
    await press('ArrowDown');
    await soon(focused).toBe('conversation');
    await press('Shift+F10');
    await alice.at('menu-pin').waitFor();
    await press('Escape');
    await alice.at('menu-pin').waitFor({ state: 'detached' });
    await soon(focused).toBe('conversation');
  });

  test('is told where he is, can skip the ways to elsewhere, and finds all keys in one place', async () => {
    await alice.open('/contacts');
    await soon(() => alice.at('page-title').textContent()).toBe('Contacts');
    await soon(() => alice.page.title()).toContain('Contacts');
    await press('Tab');
    expect(await focused()).toBe('skip');
    await press('Enter');
    await soon(() => alice.page.evaluate(() => document.activeElement?.tagName)).toBe('MAIN');
    await press('?');
    await alice.at('shortcuts').waitFor();
    await expectAccessible(alice.page);
    await alice.shoot('care-shortcuts');
    await press('Escape');
    await alice.at('shortcuts').waitFor({ state: 'detached' });
    await alice.open('/');
    await alice.conversation('bob').waitFor();
  });
});

describe('the search', () => {
  test('marks what it found in names, finds what was said earlier, and offers to add somebody new', async () => {
    say('bob', 'See you then');
    await alice.conversation('bob').getByText('See you then').waitFor();
    await alice.at('conversation-search').fill('lunch');
    await alice.at('conversation').getByText('Shall we have lunch').waitFor();
    await soon(() => alice.page.locator('mark').allTextContents()).toEqual(['lunch']);
    await alice.at('conversation').filter({ hasText: 'Shall we have lunch' }).click();
    await alice.message('Shall we have lunch').waitFor();
    await alice.at('conversation-search').fill('car');
    await alice.page.locator('mark').filter({ hasText: 'car' }).waitFor();
    await alice.at('add-new').waitFor();
    await alice.shoot('care-search');
    await alice.at('conversation-search').fill('');
  });
});

describe('a conversation deleted here', () => {
  test('comes back by one click, for a while', async () => {
    await alice.conversation('carol').click({ button: 'right' });
    await alice.at('menu-delete-here').click();
    await alice.conversation('carol').waitFor({ state: 'detached' });
    await alice.shoot('care-undo');
    await alice.at('toast-action').click();
    await alice.conversation('carol').waitFor();
    await soon(() => users.alice.devices[0].im.userManage.getConversationList()).toHaveLength(2);
  });
});

describe('the installed app', () => {
  test('has all that browsers ask for before they offer to install it', async () => {
    const session = await alice.page.context().newCDPSession(alice.page);
    const { url, errors } = await session.send('Page.getAppManifest');
    expect(url).toBe(`${server.url}/manifest.webmanifest`);
    expect(errors).toEqual([]);
    const { installabilityErrors } = await session.send('Page.getInstallabilityErrors');
    // A browser context of a test is a private window, where nothing is installed.
    expect(installabilityErrors.map(({ errorId }) => errorId).filter((id) => id !== 'in-incognito')).toEqual([]);
  });

  test('opens without a network and shows what this device has', async () => {
    await alice.page.evaluate(() => navigator.serviceWorker.ready.then(() => {}));
    await alice.page.context().setOffline(true);
    await alice.page.reload();
    await alice.conversation('bob').waitFor();
    await alice.at('connection-banner').waitFor();
    await alice.shoot('care-offline-start');
    await alice.conversation('carol').click();
    await alice.message('The slides are ready').waitFor();
    await alice.page.context().setOffline(false);
    await alice.at('connection-banner').waitFor({ state: 'detached', timeout: 30_000 });
  });
});

describe('notifications', () => {
  const alicesPhone = () => users.alice.devices[0].im;
  const shown = () => notices(alice.page);

  test('are offered once there is something to be told of, and asked for by a click', async () => {
    await alice.at('notice-hint').waitFor();
    await expectAccessible(alice.page);
    await alice.shoot('care-notice-hint');
    await alice.page.context().grantPermissions(['notifications']);
    await alice.at('notice-on').click();
    await alice.at('notice-hint').waitFor({ state: 'detached' });
    await soon(() => tellers(alice.page)).toBe(1);
  });

  test('one for a message, however many tabs are open; it goes when the message is read', async () => {
    const other = await alice.openTab();
    await other.open('/contacts');
    await other.at('connection-banner').waitFor({ state: 'detached' });
    await soon(() => tellers(alice.page)).toBe(1);
    alicesPhone().rosterManage.readRosterMessage(users.bob.uid);
    await soon(() => alice.conversation('bob').getByTestId('conversation-unread').count()).toBe(0);
    say('bob', 'At noon?');
    await soon(shown).toEqual(['bob: At noon?']);
    say('bob', 'Or at one?');
    await soon(shown).toEqual(['bob (2): Or at one?']);
    alicesPhone().rosterManage.readRosterMessage(users.bob.uid);
    await soon(shown).toEqual([]);
    expect(other.complaints).toEqual([]);
    await other.page.close();
  });

  test('none of the conversation that is looked at, and none of a muted one', async () => {
    await alice.page.bringToFront();
    await alice.conversation('bob').click();
    await alice.conversation('carol').click({ button: 'right' });
    await alice.at('menu-mute').click();
    await alice.conversation('carol').getByTestId('conversation-muted').waitFor();
    say('bob', 'You see this');
    await alice.message('You see this').waitFor();
    say('carol', 'You do not want this');
    await alice.conversation('carol').getByText('You do not want this').waitFor();
    await told();
    expect(await shown()).toEqual([]);
    await open('/contacts');
    await soon(() => tellers(alice.page)).toBe(1);
    say('bob', 'This you want');
    await soon(shown).toEqual(['bob: This you want']);
  });

  test('a click on one opens its conversation in the tab that is there', async () => {
    await clickNotice(alice.page, 'This you want');
    await alice.message('This you want').waitFor();
    await soon(shown).toEqual([]);
    expect(alice.page.context().pages()).toHaveLength(1);
  });

  test('none in quiet hours', async () => {
    const hour = new Date().getHours();
    const quiet = { no_push_start_hour: (hour + 23) % 24, no_push_end_hour: (hour + 2) % 24 };
    await alicesPhone().userManage.asyncUpdateSettings(quiet);
    alicesPhone().rosterManage.readRosterMessage(users.bob.uid);
    await soon(shown).toEqual([]);
    await open('/');
    await soon(() => tellers(alice.page)).toBe(1);
    say('bob', 'Sleep well');
    await alice.conversation('bob').getByText('Sleep well').waitFor();
    await told();
    expect(await shown()).toEqual([]);
    await alicesPhone().userManage.asyncUpdateSettings({ no_push_start_hour: 0, no_push_end_hour: 0 });
    await open('/contacts');
    await soon(() => tellers(alice.page)).toBe(1);
    say('bob', 'Good morning');
    // What was said at night is in the number, not in a line of its own.
    await soon(shown).toEqual(['bob (2): Good morning']);
  });

  async function open(path: string): Promise<void> {
    await alice.open(path);
    await alice.at('connection-banner').waitFor({ state: 'detached' });
  }

  /** Messages are told of half a second after they came: what is not there after twice of it does not come. */
  const told = (): Promise<void> => alice.page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 1000)));
});

describe('every page', () => {
  const looks = [
    { theme: 'light', language: 'en', width: 1280, height: 800 },
    { theme: 'dark', language: 'zh-CN', width: 320, height: 640 },
  ] as const;

  test.each(looks)('can be used by everybody: $theme, $language, $width px', async ({ theme, language, ...size }) => {
    const page = alice.page;
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    await page.setViewportSize(size);
    await page.evaluate((wanted) => localStorage.setItem('flooim.locale', wanted), language);
    const pages = {
      '/': 'conversation',
      [`/c/${users.bob.uid}`]: 'message',
      '/contacts': 'friend',
      '/settings': 'sign-out',
    };
    for (const [path, sign] of Object.entries(pages)) {
      await alice.open(path);
      await alice.at(sign).first().waitFor();
      await expectAccessible(page);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);
      await alice.shoot(`care-${sign}-${theme}`);
    }
    const stranger = await Visitor.arrive(browser, server.url, 'nobody', {
      viewport: size,
      colorScheme: theme,
      locale: language,
    });
    await stranger.open('/login');
    await stranger.at('submit').waitFor();
    await expectAccessible(stranger.page);
    expect(stranger.complaints).toEqual([]);
    await stranger.page.context().close();
  });
});

test('nothing was complained about', () => {
  expect(alice.complaints).toEqual([]);
});
