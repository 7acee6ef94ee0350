import { readFileSync } from 'node:fs';
import { callRest, type SpawnedServer, spawnServer } from '@flooim/testkit';
import type { Browser, Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectAccessible } from './axe.ts';
import { launchBrowser, Visitor } from './browser.ts';

const password = 'correct-horse-1';

interface Api {
  modules: Record<string, Record<string, unknown>>;
  events: Record<string, unknown>;
}

const api = JSON.parse(readFileSync(new URL('../../packages/sdk/test/api.json', import.meta.url), 'utf8')) as Api;

let server: SpawnedServer;
let browser: Browser;
let dev: Visitor;
let bob: { uid: number; token: string };

beforeAll(async () => {
  [server, browser] = await Promise.all([spawnServer(), launchBrowser()]);
  dev = await Visitor.arrive(browser, server.url, 'dev');
  await callRest(server.url, 'userRegister', { username: 'bob', password });
  const { user_id: uid, token } = await callRest(server.url, 'tokenByName', { name: 'bob', password });
  bob = { uid, token };
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
});

const choose = async (visitor: Visitor, key: string) => {
  await visitor.page.locator(`[data-key="${key}"]`).click();
};
const entry = (title: string): Locator => dev.at('log-entry').filter({ hasText: title });

async function signIn(visitor: Visitor, act: 'login' | 'register'): Promise<void> {
  await visitor.at('play-name').fill(visitor.name);
  await visitor.at('play-password').fill(password);
  await visitor.at(`play-${act}`).click();
  await visitor.at('play-status').filter({ hasText: 'online' }).waitFor();
}

describe("the developer's page", () => {
  test('lists every method and event that is documented', async () => {
    await dev.open('/play');
    await dev.at('play-item').first().waitFor();
    const keys = await dev.at('play-item').evaluateAll((all) => all.map((one) => one.getAttribute('data-key')));
    const methods = Object.entries(api.modules).flatMap(([module, names]) =>
      Object.keys(names)
        .filter((name) => name !== 'flooim')
        .map((name) => `${module === 'flooim' ? 'im' : module}.${name}`),
    );
    const events = Object.keys(api.events).map((name) => `events.${name}`);
    expect([...methods, ...events].filter((key) => !keys.includes(key))).toEqual([]);
    expect(methods.length).toBeGreaterThan(100);
  });

  test('refuses a server that is none, then registers and signs in', async () => {
    await dev.at('play-server').fill('somewhere');
    await dev.at('play-renew').click();
    await dev.at('play-error').filter({ hasText: 'https://' }).waitFor();
    await dev.at('play-server').fill(server.url);
    await dev.at('play-renew').click();
    await signIn(dev, 'register');
    await entry('loginSuccess').waitFor();
  });

  test('calls a method by its form, and shows what it gives, how long it took and the line of code', async () => {
    await dev.at('play-search').fill('asyncCreate');
    await choose(dev, 'groupManage.asyncCreate');
    await dev.at('field-params.name').fill("Dev's group");
    await dev.at('field-params.user_list').fill('[1,');
    await dev.at('play-run').click();
    await dev.page.getByRole('alert').filter({ hasText: 'params.user_list must be JSON' }).waitFor();
    await dev.at('field-params.user_list').fill(`[${bob.uid}]`);
    await dev.at('play-run').click();
    await dev.at('play-outcome').filter({ hasText: 'group_id' }).filter({ hasText: ' ms' }).waitFor();
    const code = await dev.at('play-code').textContent();
    expect(code).toBe(`await im.groupManage.asyncCreate({ name: 'Dev\\'s group', user_list: [${bob.uid}] });`);
    await entry('onGroupCreated').waitFor();
    await dev.shoot('play-result');
    await expectAccessible(dev.page);
  });

  test('shows a refusal with what an application can decide by', async () => {
    await dev.at('play-search').fill('asyncSearchRosterByName');
    await choose(dev, 'rosterManage.asyncSearchRosterByName');
    await dev.at('field-params.username').fill('nobody-at-all');
    await dev.at('play-run').click();
    await dev.at('play-outcome').filter({ hasText: 'REJECTED' }).filter({ hasText: '10000' }).waitFor();
  });

  test('shows what somebody else writes as an event, and as the frame that brought it', async () => {
    const uid = Number((await dev.at('play-status').textContent())?.match(/\d+/)?.[0]);
    const pair = { token: bob.token };
    await callRest(server.url, 'rosterApply', { user_id: uid }, pair);
    await dev.at('log-clear').click();
    const visitor = await Visitor.arrive(browser, server.url, 'bob');
    await visitor.open('/play#sysManage.sendRosterMessage');
    await signIn(visitor, 'login');
    await visitor.at('field-msg.uid').fill(String(uid));
    await visitor.at('field-msg.content').fill('a word from bob');
    await visitor.at('play-run').click();
    const event = entry('onRosterMessage').first();
    await event.locator('summary').first().click();
    await event.filter({ hasText: 'a word from bob' }).waitFor();
    await dev.at('log-filter').fill('a word from bob');
    const frame = dev.at('log-entry').filter({ hasText: 'SYNC MESSAGE' }).filter({ hasText: 'received' }).first();
    await frame.locator('summary').first().click();
    await frame.filter({ hasText: 'a word from bob' }).filter({ hasText: 'bytes' }).waitFor();
    await dev.shoot('play-log');
    expect(visitor.complaints).toEqual([]);
    await visitor.page.context().close();
  });

  test('never shows a password or a token in the log, and filters it', async () => {
    await dev.page.evaluate(
      async ({ password }) => {
        const { im } = window as unknown as { im: { logout(): Promise<void>; login(opt: object): Promise<void> } };
        await im.logout();
        await im.login({ name: 'dev', password });
      },
      { password },
    );
    await dev.at('log-filter').fill('PROVISION');
    const provision = dev.at('log-entry').filter({ hasText: 'PROVISION' }).filter({ hasText: 'sent' }).first();
    await provision.locator('summary').first().click();
    await provision.filter({ hasText: 'token: "••••••"' }).waitFor();
    await dev.at('log-filter').fill('/token');
    const login = dev.at('log-entry').filter({ hasText: 'POST' }).filter({ hasText: 'sent' }).first();
    await login.locator('summary').first().click();
    await login.filter({ hasText: 'password: "••••••"' }).waitFor();
    expect(await dev.page.locator('body').textContent()).not.toContain(password);
    await dev.at('log-pause').click();
    await dev.at('log-clear').click();
    await dev.at('log-filter').fill('');
    await dev.page.evaluate(() => (window as unknown as { im: { logout(): Promise<void> } }).im.logout());
    expect(await dev.at('log-entry').count()).toBe(0);
    expect(dev.complaints).toEqual([]);
  });

  test('works on a phone, in Chinese and in the dark', async () => {
    const phone = await Visitor.arrive(browser, server.url, 'phone', {
      viewport: { width: 390, height: 844 },
      hasTouch: true,
      locale: 'zh-CN',
      colorScheme: 'dark',
    });
    await phone.open('/play');
    await signIn(phone, 'register');
    await phone.at('play-search').fill('asyncGetProfile');
    await phone.shoot('play-phone-list');
    await choose(phone, 'userManage.asyncGetProfile');
    await phone.at('play-run').click();
    await phone.at('play-outcome').filter({ hasText: 'username' }).filter({ hasText: '毫秒' }).waitFor();
    await phone.shoot('play-phone-try');
    await expectAccessible(phone.page);
    const wide = await phone.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(wide).toBeLessThanOrEqual(0);
    await phone.at('tab-log').click();
    await phone.at('log-entry').first().waitFor();
    await phone.shoot('play-phone-log');
    await expectAccessible(phone.page);
    expect(phone.complaints).toEqual([]);
    await phone.page.context().close();
  });

  test('leaves the session of the chat app in the same browser alone', async () => {
    const carol = await Visitor.arrive(browser, server.url, 'carol');
    await carol.register(password);
    const tab = await carol.openTab();
    await tab.open('/play');
    await signIn(tab, 'login');
    await tab.page.evaluate(() => (window as unknown as { im: { logout(): Promise<void> } }).im.logout());
    await tab.at('play-status').filter({ hasText: 'Not signed in' }).waitFor();
    await carol.page.reload();
    await carol.at('conversations-empty').waitFor();
    expect([...carol.complaints, ...tab.complaints]).toEqual([]);
    await carol.page.context().close();
  });
});
