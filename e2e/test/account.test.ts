import { callRest, type SpawnedServer, spawnServer } from '@flooim/testkit';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser, Visitor } from './browser.ts';

const password = 'correct-horse-1';
const nextPassword = 'battery-staple-2';

let server: SpawnedServer;
let browser: Browser;
/** Two browsers of one user. */
let desk: Visitor;
let phone: Visitor;

beforeAll(async () => {
  [server, browser] = await Promise.all([spawnServer(), launchBrowser()]);
  desk = await Visitor.arrive(browser, server.url, 'carol');
  phone = await Visitor.arrive(browser, server.url, 'carol', {
    viewport: { width: 390, height: 844 },
    hasTouch: true,
    colorScheme: 'dark',
  });
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
});

describe('one user with two browsers', () => {
  test('sees each device come, and which one is this', async () => {
    await desk.register(password);
    await desk.open('/settings');
    await desk.at('to-devices').click();
    await desk.at('devices-alone').waitFor();
    await phone.logIn(password);
    await expect.poll(() => desk.at('device').count()).toBe(2);
    await expect.poll(() => desk.at('device-presence').allTextContents()).toEqual(['Online', 'Online']);
    await expect.poll(() => desk.at('device').first().getAttribute('data-own')).toBe('true');
    await expect.poll(() => desk.at('row-mark').count()).toBe(1);
    await desk.shoot('devices');
    await phone.open('/settings/devices');
    await expect.poll(() => phone.at('device').count()).toBe(2);
    await phone.shoot('devices-phone-dark');
  });

  test('makes the letters larger, and they stay so', async () => {
    await phone.open('/settings');
    const size = () => phone.page.evaluate(() => getComputedStyle(document.documentElement).fontSize);
    expect(await size()).toBe('16px');
    await phone.at('text-size').getByText('Largest').click();
    await expect.poll(size).toBe('20px');
    await phone.page.reload();
    await phone.at('text-size').waitFor();
    expect(await size()).toBe('20px');
    await phone.at('to-devices').scrollIntoViewIfNeeded();
    await phone.shoot('text-size-phone-dark');
  });

  test('signs one out from the other, which says why', async () => {
    await desk.at('device').nth(1).getByTestId('device-sign-out').click();
    await desk.at('confirm-yes').waitFor();
    await desk.shoot('device-sign-out');
    await desk.at('confirm-yes').click();
    await phone.at('login-form').waitFor();
    expect(await phone.at('farewell').textContent()).toContain('signed out from another one');
    await desk.at('devices-alone').waitFor();
    await expect.poll(() => desk.at('device').count()).toBe(1);
  });

  test('changes the password, after a word about a wrong one and a weak one', async () => {
    await phone.logIn(password);
    await expect.poll(() => desk.at('device').count()).toBe(2);
    await desk.at('to-password').click();
    await desk.at('password-old').fill('not-mine-at-all-1');
    await desk.at('password-new').fill('short');
    await desk.at('password-save').click();
    await desk.page.getByText('does not meet').waitFor();
    await desk.at('password-new').fill(nextPassword);
    await desk.at('password-save').click();
    await desk.page.getByText('not your present password').waitFor();
    await desk.shoot('password-wrong');
    await desk.at('password-old').fill(password);
    await desk.at('password-save').click();
    await desk.at('toast').filter({ hasText: 'Your password is changed' }).waitFor();
    await phone.at('login-form').waitFor();
    expect(await phone.at('farewell').textContent()).toContain('password was changed');
    await phone.logIn(nextPassword);
  });

  test('lets a device in that shows a code, once', async () => {
    const { qr_code, url } = await callRest(server.url, 'loginCode', {});
    await phone.open(`/${new URL(url).hash}`);
    await phone.at('login-code-question').waitFor();
    await phone.shoot('login-code-phone-dark');
    await phone.at('login-code-confirm').click();
    await phone.at('login-code-done').waitFor();
    expect(await callRest(server.url, 'loginCodeAnswer', { qr_code })).toMatchObject({ username: 'carol' });
    await phone.open(`/#/login-code/${qr_code}`);
    await phone.at('login-code-confirm').click();
    await phone.at('login-code-invalid').waitFor();
  });

  test('tries again when the list does not come, and then signs out all others', async () => {
    await phone.page.setViewportSize({ width: 320, height: 640 });
    await phone.page.route('**/user/device/list*', (route) => route.abort());
    await phone.open('/settings/devices');
    await phone.at('devices-failed').waitFor();
    await phone.page.unroute('**/user/device/list*');
    await phone.at('devices-failed').getByRole('button').click();
    await expect.poll(() => phone.at('device').count()).toBe(2);
    expect(await phone.at('devices').evaluate(() => document.documentElement.scrollWidth)).toBe(320);
    await phone.shoot('devices-narrow-large');
    await phone.at('devices-sign-out-others').click();
    await phone.at('confirm-yes').click();
    await phone.at('devices-alone').waitFor();
    await desk.at('farewell').waitFor();
  });

  test('is asked about a code after signing in, when signed out as it was scanned', async () => {
    await desk.open('/#/login-code/nobody-made-this');
    await desk.at('username').fill('carol');
    await desk.at('password').fill(nextPassword);
    await desk.at('submit').click();
    await desk.at('login-code-confirm').click();
    await desk.at('login-code-invalid').waitFor();
  });

  test('without a single error in the pages', () => {
    expect([...desk.complaints, ...phone.complaints]).toEqual([]);
  });
});
