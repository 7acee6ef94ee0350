import { callRest, type SpawnedServer, spawnServer } from '@flooim/testkit';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser, Visitor } from './browser.ts';

const password = 'correct-horse-1';
/** Where the SDK keeps the session that a browser without a second account comes back with. */
const sessionKey = 'flooim:flooim:session';

let server: SpawnedServer;
let browser: Browser;
let erin: Visitor;
let erinId: number;
/** Another user's id. */
let frank: number;

beforeAll(async () => {
  [server, browser] = await Promise.all([spawnServer(), launchBrowser()]);
  ({ user_id: erinId } = await callRest(server.url, 'userRegister', { username: 'erin', password }));
  ({ user_id: frank } = await callRest(server.url, 'userRegister', { username: 'frank', password }));
  erin = await Visitor.arrive(browser, server.url, 'erin');
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
});

const soon = <T>(look: () => T | Promise<T>) => expect.poll(look, { timeout: 30_000 });
const pathOf = ({ page }: Visitor): string => page.url().slice(server.url.length);
const titleOf = ({ page }: Visitor) => page.getByRole('heading', { level: 1 }).textContent();

async function enter(visitor: Visitor, name: string): Promise<void> {
  await visitor.at('username').fill(name);
  await visitor.at('password').fill(password);
  await visitor.at('submit').click();
}

const loseSession = (visitor: Visitor) => visitor.page.evaluate((key) => localStorage.removeItem(key), sessionKey);

/** A token that the server does not know any more, as after a change of the password elsewhere. */
const spoilSession = (visitor: Visitor) =>
  visitor.page.evaluate((key) => {
    const kept = JSON.parse(localStorage.getItem(key) ?? '{}') as Record<string, unknown>;
    localStorage.setItem(key, JSON.stringify({ ...kept, token: 'not-known-any-more' }));
  }, sessionKey);

describe('who comes to the app', () => {
  test('for the first time is not welcomed back', async () => {
    await erin.open('/');
    await erin.at('login-form').waitFor();
    expect(await titleOf(erin)).toBe('Welcome to flooim');
    await erin.at('switch-language').click();
    await soon(() => titleOf(erin)).toBe('欢迎使用 flooim');
    await erin.at('switch-language').click();
    await soon(() => titleOf(erin)).toBe('Welcome to flooim');
  });

  test('again is there at once, and after signing out is welcomed back by name', async () => {
    await erin.logIn(password);
    await erin.page.reload();
    await soon(() => erin.at('self').getAttribute('title')).toBe('erin');
    await erin.at('self').click();
    await erin.at('menu-sign-out').click();
    await erin.at('confirm-yes').click();
    await erin.at('login-form').waitFor();
    await soon(() => titleOf(erin)).toBe('Welcome back');
    await soon(() => erin.at('username').inputValue()).toBe('erin');
  });

  test('sees his list as he left it before anything is read, and then as it is', async () => {
    const { token } = await callRest(server.url, 'tokenByName', { name: 'frank', password });
    const say = async (text: string) =>
      callRest(server.url, 'messageSend', { type: 1, targets: [erinId], content_type: 0, content: text }, { token });
    await say('before he left');
    await enter(erin, 'erin');
    const row = erin.conversation('frank');
    await row.getByText('before he left').waitFor();
    // The SDK waits for this lock before it reads anything: so slow is a device whose disk is busy.
    await erin.page.addInitScript(() => {
      if (sessionStorage.getItem('hold') === null) return;
      const request = navigator.locks.request.bind(navigator.locks) as (...args: unknown[]) => Promise<unknown>;
      const gate = new Promise<void>((resolve) => Object.assign(window, { letGo: resolve }));
      Object.assign(navigator.locks, { request: (...args: unknown[]) => gate.then(() => request(...args)) });
      const look = (): void => void Object.assign(window, { waited: !!document.querySelector('.skeleton') });
      const observer = new MutationObserver(
        () => 'waited' in window || !document.querySelector('.conversations') || look(),
      );
      observer.observe(document, { childList: true, subtree: true });
    });
    await erin.page.evaluate(() => sessionStorage.setItem('hold', ''));
    await erin.page.reload();
    await row.getByText('before he left').waitFor();
    // With the first frame, not in the place of something that stood for it.
    expect(await erin.page.evaluate(() => 'waited' in window && window.waited)).toBe(false);
    expect(await erin.at('conversation-unread').textContent()).toContain('1');
    await say('while he was away');
    await erin.page.evaluate(() => (window as unknown as { letGo: () => void }).letGo());
    await row.getByText('while he was away').waitFor();
    await row.click();
    await erin.at('message').getByText('before he left').waitFor();
    await erin.page.evaluate(() => sessionStorage.removeItem('hold'));
    await erin.open('/');
    await erin.at('self').click();
    await erin.at('menu-sign-out').click();
    await erin.at('confirm-yes').click();
    await erin.at('login-form').waitFor();
    expect(erin.complaints).toEqual([]);
  });

  test('as somebody else sees nothing of who was there before', async () => {
    await enter(erin, 'erin');
    await soon(() => erin.at('self').getAttribute('title')).toBe('erin');
    await erin.at('self').click();
    await erin.at('menu-sign-out').click();
    await erin.at('confirm-yes').click();
    await erin.at('login-form').waitFor();
    await erin.page.evaluate(() => {
      const seen = new Set<string>();
      Object.assign(window, { seen });
      const look = (): void => {
        const self = document.querySelector<HTMLElement>('[data-testid=self]');
        if (self) seen.add(self.title);
      };
      new MutationObserver(look).observe(document.body, { childList: true, subtree: true, attributes: true });
    });
    await enter(erin, 'frank');
    const seen = () => erin.page.evaluate(() => [...(Reflect.get(window, 'seen') as Set<string>)]);
    await soon(seen).toContain('frank');
    expect(await seen()).toEqual(['frank']);
    await erin.at('self').click();
    await erin.at('menu-sign-out').click();
    await erin.at('confirm-yes').click();
    await erin.at('login-form').waitFor();
    await enter(erin, 'erin');
    await soon(() => erin.at('self').getAttribute('title')).toBe('erin');
  });

  test('and whose session the browser has lost is asked to log in, without a frame around nothing', async () => {
    await loseSession(erin);
    await erin.open('/');
    await erin.at('login-form').waitFor();
    expect(pathOf(erin)).toBe('/login');
    expect(await erin.at('nav-settings').count()).toBe(0);
    await soon(() => titleOf(erin)).toBe('Welcome back');
    await soon(() => erin.at('username').inputValue()).toBe('erin');
    await enter(erin, 'erin');
    await erin.at('conversations').or(erin.at('conversations-empty')).first().waitFor();
  });

  test('by an address, whose session the browser has lost, comes there once logged in', async () => {
    await loseSession(erin);
    await erin.open(`/contacts/${frank}`);
    await erin.at('login-form').waitFor();
    expect(await erin.at('nav-settings').count()).toBe(0);
    await enter(erin, 'erin');
    await soon(() => pathOf(erin)).toBe(`/contacts/${frank}`);
  });

  test('with a session that the server has ended comes back to the address, however late its page is', async () => {
    await spoilSession(erin);
    const { promise: heard, resolve: letCome } = Promise.withResolvers<void>();
    await erin.page.route(/PersonPage/, async (route) => {
      await heard;
      await route.continue();
    });
    await erin.open(`/contacts/${frank}`);
    await erin.at('login-form').waitFor();
    await erin.at('farewell').waitFor();
    letCome();
    await enter(erin, 'erin');
    await soon(() => pathOf(erin)).toBe(`/contacts/${frank}`);
    await erin.page.unrouteAll();
  });

  test('with an account in a second tab that was lost sees in the first one that it needs its password', async () => {
    const second = await erin.openTab();
    await second.open('/login?account=1');
    await enter(second, 'frank');
    await soon(() => second.at('self').getAttribute('title')).toBe('frank');
    await second.page.evaluate((key) => localStorage.removeItem(`${key}:account-1`), sessionKey);
    await second.page.reload();
    await second.at('login-form').waitFor();
    await soon(() => second.at('username').inputValue()).toBe('frank');
    await erin.open('/settings/accounts');
    await erin.at('account').filter({ hasText: 'needs the password' }).filter({ hasText: 'frank' }).waitFor();
    expect(await erin.at('self').getAttribute('title')).toBe('erin');
    expect(second.complaints).toEqual([]);
    await second.page.close();
  });

  test('without a single error in the pages', () => {
    expect(erin.complaints).toEqual([]);
  });
});
