import { callRest, type SpawnedServer, spawnServer } from '@flooim/testkit';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectAccessible } from './axe.ts';
import { launchBrowser, Visitor } from './browser.ts';

const password = 'correct-horse-1';

let server: SpawnedServer;
let browser: Browser;
let desk: Visitor;
/** A browser that nobody has signed in with. */
let fresh: Visitor;
let phone: Visitor;
/** Another user's id. */
let frank: number;

beforeAll(async () => {
  [server, browser] = await Promise.all([spawnServer(), launchBrowser()]);
  await callRest(server.url, 'userRegister', { username: 'erin', password });
  ({ user_id: frank } = await callRest(server.url, 'userRegister', { username: 'frank', password }));
  desk = await Visitor.arrive(browser, server.url, 'erin');
  fresh = await Visitor.arrive(browser, server.url, 'erin');
  phone = await Visitor.arrive(browser, server.url, 'erin', {
    viewport: { width: 390, height: 844 },
    hasTouch: true,
    colorScheme: 'dark',
    locale: 'zh-CN',
  });
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
});

const soon = <T>(look: () => Promise<T>) => expect.poll(look, { timeout: 30_000 });

/** What a person cannot see because it is beside the screen. */
const beyondEdge = (visitor: Visitor): Promise<string[]> =>
  visitor.page.evaluate(() =>
    [...document.querySelectorAll('button, a, input, textarea, select, label, p, h1, h2, li')]
      .filter((one) => one.checkVisibility() && !one.closest('.visually-hidden'))
      .filter((one) => {
        const { left, right, width } = one.getBoundingClientRect();
        return width > 1 && (left < -1 || right > document.documentElement.clientWidth + 1);
      })
      .map((one) => one.outerHTML.slice(0, 120)),
  );

async function settingsOf(username: string) {
  const { token } = await callRest(server.url, 'tokenByName', { name: username, password });
  return callRest(server.url, 'userSettings', {}, { token });
}

const widthOf = (visitor: Visitor): Promise<number> =>
  visitor.page.evaluate(() => document.documentElement.scrollWidth);

describe('one user, more than one browser', () => {
  test('logs in with a code that the first browser confirms, without a password', async () => {
    await desk.logIn(password);
    await fresh.open('/login');
    await fresh.at('login-code-picture').waitFor();
    expect(await fresh.at('login-code-left').textContent()).toMatch(/[12]:\d\d/);
    await expectAccessible(fresh.page);
    await fresh.shoot('login-code');
    const link = (await fresh.at('login-code-picture').getAttribute('data-url')) ?? '';
    await desk.open('/settings/devices');
    await desk.at('link-code').fill('no code');
    await desk.at('link-save').click();
    await desk.page.getByText('This is no login code').waitFor();
    await desk.at('link-code').fill(link);
    await desk.shoot('link-device');
    await desk.at('link-save').click();
    await desk.at('login-code-confirm').click();
    await desk.at('login-code-done').waitFor();
    await fresh.at('conversations-empty').waitFor();
    await soon(() => fresh.at('self').getAttribute('title')).toBe('erin');
  });

  test('sees on a phone, in Chinese and in the dark, the code only when it is asked for', async () => {
    await phone.open('/login');
    await phone.at('login-form').waitFor();
    await phone.shoot('login-phone-dark');
    expect(await phone.at('login-code-card').count()).toBe(0);
    await phone.page.setViewportSize({ width: 320, height: 640 });
    await phone.at('to-register').click();
    await phone.at('register-form').waitFor();
    await phone.at('username').fill('12345');
    expect(await beyondEdge(phone)).toEqual([]);
    await expectAccessible(phone.page);
    await phone.shoot('register-narrow-zh-dark');
    await phone.at('to-login').click();
    await phone.page.setViewportSize({ width: 390, height: 844 });
    await phone.at('login-by-code').click();
    await phone.at('login-code-picture').waitFor();
    await expectAccessible(phone.page);
    await phone.at('login-code-card').scrollIntoViewIfNeeded();
    await phone.shoot('login-code-phone-zh');
  });

  test('is told when there is no connection for a code, and gets one when there is', async () => {
    await phone.page.route('**/app/qr_code*', (route) => route.abort());
    await phone.page.reload();
    await phone.at('login-by-code').click();
    await phone.at('login-code-failed').waitFor();
    await phone.page.unroute('**/app/qr_code*');
    await phone.at('login-code-again').click();
    await phone.at('login-code-picture').waitFor();
  });

  test('chooses what to be told of, and finds it on the other device', async () => {
    await phone.logIn(password);
    await desk.open('/settings');
    await desk.at('to-notifications').click();
    await desk.at('notice-enabled').waitFor();
    await desk.at('notice-details').click();
    await desk.at('notice-quiet').click();
    await desk.at('quiet-from').selectOption({ index: 23 });
    await soon(() => desk.at('quiet-to').inputValue()).toBe('7');
    await soon(() => desk.at('notice-details').isChecked()).toBe(false);
    await soon(() => desk.at('notice-quiet').isChecked()).toBe(true);
    await expectAccessible(desk.page);
    await desk.shoot('notifications');
    await phone.at('nav-settings').click();
    await soon(() => phone.at('quiet-from').inputValue()).toBe('23');
    await soon(() => phone.at('notice-details').isChecked()).toBe(false);
    expect(await phone.at('notice-sound').isChecked()).toBe(true);
    expect(await widthOf(phone)).toBe(390);
    await phone.at('notice-enabled').click();
    await soon(() => desk.at('notice-enabled').isChecked()).toBe(false);
    await expectAccessible(phone.page);
    await phone.shoot('settings-phone-zh-dark');
    await phone.at('quiet-hours').or(phone.at('notice-quiet')).first().scrollIntoViewIfNeeded();
    await phone.shoot('notifications-phone-zh-dark');
  });

  test('adds a second account, and switches without a password', async () => {
    await desk.open('/');
    await desk.at('self').click();
    await desk.at('menu-add-account').click();
    await desk.at('continue-as').waitFor();
    expect(await desk.at('username').inputValue()).toBe('');
    await desk.shoot('add-account');
    await desk.at('username').fill('frank');
    await desk.at('password').fill(password);
    await desk.at('submit').click();
    await soon(() => desk.at('self').getAttribute('title')).toBe('frank');
    await desk.at('self').click();
    await desk.at('menu-account').waitFor();
    await desk.shoot('account-menu');
    await desk.at('menu-account').click();
    await soon(() => desk.at('self').getAttribute('title')).toBe('erin');
    await desk.page.reload();
    await soon(() => desk.at('self').getAttribute('title')).toBe('erin');
    await desk.open('/settings/accounts');
    await soon(() => desk.at('account').count()).toBe(2);
    await expectAccessible(desk.page);
    await desk.shoot('accounts');
  });

  test('has each account in a tab of its own, and each stays what it is', async () => {
    const tab = await desk.openTab();
    await tab.open('/settings/accounts');
    await tab.at('account-switch').click();
    await soon(() => tab.at('self').getAttribute('title')).toBe('frank');
    await tab.page.reload();
    await soon(() => tab.at('self').getAttribute('title')).toBe('frank');
    await desk.page.reload();
    await soon(() => desk.at('self').getAttribute('title')).toBe('erin');
    await tab.page.close();
    expect(tab.complaints).toEqual([]);
  });

  test('signs out of one, and the other goes on', async () => {
    await desk.at('account-sign-out').click();
    await desk.at('confirm-option').check();
    await desk.shoot('sign-out-forget');
    await desk.at('confirm-yes').click();
    await soon(() => desk.at('account').count()).toBe(1);
    expect(await desk.at('self').getAttribute('title')).toBe('erin');
    const left = () =>
      desk.page.evaluate(async () => JSON.stringify([await indexedDB.databases(), { ...localStorage }]));
    await soon(left).not.toContain('frank');
    await desk.at('sign-out').click();
    await desk.at('confirm-yes').click();
    await desk.at('login-form').waitFor();
    expect(await desk.at('continue-as').count()).toBe(0);
    await soon(() => desk.at('username').inputValue()).toBe('erin');
  });

  test('asks a question of whoever wants to be a friend', async () => {
    await phone.at('auth-mode').getByText('回答正确的人').click();
    await phone.at('verification-save').click();
    await soon(() => phone.page.getByText('请填写').count()).toBe(2);
    await phone.at('auth-question').fill('我的猫叫什么？');
    await phone.at('auth-answer').fill('年糕');
    await phone.at('verification-save').click();
    await phone.at('toast').filter({ hasText: '已保存' }).waitFor();
    await phone.page.reload();
    await soon(() => phone.at('auth-question').inputValue()).toBe('我的猫叫什么？');
    await soon(() => phone.at('auth-answer').inputValue()).toBe('年糕');
    await phone.shoot('verification-question-zh');
    for (const [label, mode] of [
      ['不允许任何人', 3],
      ['任何人', 0],
      ['需要我同意', 1],
    ] as const) {
      await phone.at('auth-mode').getByText(label, { exact: true }).click();
      await phone.at('verification-save').click();
      await soon(async () => (await settingsOf('erin')).auth_mode).toBe(mode);
    }
  });

  test('reads everything at 320 pixels with the largest letters', async () => {
    await phone.page.setViewportSize({ width: 320, height: 640 });
    await phone.at('text-size').getByText('特大').click();
    for (const place of ['profile-form', 'notices', 'auth-mode', 'theme', 'accounts', 'sign-out']) {
      await phone.at(place).scrollIntoViewIfNeeded();
      expect(await beyondEdge(phone), place).toEqual([]);
    }
    await phone.at('theme').scrollIntoViewIfNeeded();
    await phone.shoot('settings-narrow-largest');
    await phone.at('accounts').scrollIntoViewIfNeeded();
    await phone.shoot('settings-narrow-largest-end');
    await phone.open(`/c/${frank}`);
    await phone.at('composer-input').fill('在最大的字号下，这条消息也应该容易阅读，不会超出屏幕。');
    await phone.at('send').tap();
    await phone.sees('最大的字号', 'sent');
    expect(await beyondEdge(phone)).toEqual([]);
    await phone.shoot('chat-narrow-largest');
    await phone.open('/settings');
  });

  test('deletes the account, after a word about a wrong password', async () => {
    await phone.at('to-delete').click();
    await phone.at('delete-password').fill('not-mine-at-all-1');
    await phone.at('delete-save').click();
    await phone.at('confirm-yes').click();
    await phone.page.getByText('当前密码不正确').waitFor();
    expect(await widthOf(phone)).toBe(320);
    await phone.shoot('delete-account-narrow-zh');
    await phone.at('delete-password').fill(password);
    await phone.at('delete-save').click();
    await phone.at('confirm-yes').click();
    await phone.at('farewell').filter({ hasText: '账号已被删除' }).waitFor();
    expect(await phone.at('username').inputValue()).toBe('');
    await phone.shoot('account-deleted-narrow-zh');
    await fresh.at('farewell').waitFor();
  });

  test('without a single error in the pages', () => {
    expect([...desk.complaints, ...fresh.complaints, ...phone.complaints]).toEqual([]);
  });
});
