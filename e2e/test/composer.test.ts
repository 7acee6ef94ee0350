import { callRest, type SpawnedServer, spawnServer } from '@flooim/testkit';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectAccessible } from './axe.ts';
import { launchBrowser, Visitor } from './browser.ts';
import { landscape } from './png.ts';

const password = 'correct-horse-1';
const soon = { timeout: 30_000 };

interface Account {
  uid: number;
  token: string;
}

let server: SpawnedServer;
let browser: Browser;
let alice: Visitor;
let bob: Visitor;
let accounts: Record<'alice' | 'bob' | 'zhang', Account>;
let gid = 0;

async function register(username: string): Promise<Account> {
  await callRest(server.url, 'userRegister', { username, password });
  const { user_id: uid, token } = await callRest(server.url, 'tokenByName', { name: username, password });
  return { uid, token };
}

const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
const here = { latitude: 31.23041, longitude: 121.4737, accuracy: 12 };

beforeAll(async () => {
  const media = ['--use-fake-device-for-media-stream'];
  [server, browser] = await Promise.all([spawnServer(), launchBrowser(media)]);
  accounts = { alice: await register('alice'), bob: await register('bob'), zhang: await register('zhang') };
  await callRest(server.url, 'userProfileUpdate', { nick_name: '张小伟' }, accounts.zhang);
  const user_list = [accounts.bob.uid, accounts.zhang.uid];
  ({ group_id: gid } = await callRest(server.url, 'groupCreate', { name: 'Design team', user_list }, accounts.alice));
  await callRest(server.url, 'groupDisplayName', { group_id: gid, value: 'Bob Brown' }, accounts.bob);
  const permissions = ['microphone', 'geolocation'];
  alice = await Visitor.arrive(browser, server.url, 'alice', { permissions, geolocation: here });
  bob = await Visitor.arrive(browser, server.url, 'bob', { ...phone, permissions: ['microphone'] });
  await Promise.all([alice.logIn(password), bob.logIn(password)]);
  await alice.conversation('Design team').click();
  await alice.at('composer-input').waitFor();
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
});

const field = (visitor: Visitor) => visitor.at('composer-input');
const suggested = (visitor: Visitor) => visitor.at('suggestion').allTextContents();

describe('the composer', () => {
  test('suggests members by any of their names after an @, and the keyboard takes one', async () => {
    await field(alice).pressSequentially('Hello @');
    await expect.poll(() => suggested(alice), soon).toHaveLength(3);
    await alice.shoot('composer-mention');
    await expectAccessible(alice.page);
    await field(alice).pressSequentially('小');
    await expect.poll(() => suggested(alice)).toEqual([expect.stringContaining('张小伟')]);
    await alice.page.keyboard.press('Backspace');
    await field(alice).pressSequentially('brown');
    await expect.poll(() => suggested(alice)).toEqual([expect.stringContaining('Bob Brown')]);
    const active = await field(alice).getAttribute('aria-activedescendant');
    await alice.page.locator(`[id="${active}"]`).filter({ hasText: 'Bob Brown' }).waitFor();
    await alice.page.keyboard.press('Enter');
    await expect.poll(() => field(alice).inputValue()).toBe('Hello @Bob Brown ');
    await expect.poll(() => alice.at('suggestion').count()).toBe(0);
  });

  test('goes up and down in the list, and Escape closes nothing but the list', async () => {
    await field(alice).pressSequentially('and @');
    await expect.poll(() => alice.at('suggestion').count()).toBe(3);
    await alice.page.keyboard.press('ArrowUp');
    await expect.poll(() => alice.at('suggestion').last().getAttribute('aria-selected')).toBe('true');
    await alice.page.keyboard.press('Escape');
    await expect.poll(() => alice.at('suggestion').count()).toBe(0);
    await field(alice).pressSequentially('zha');
    expect(await alice.at('suggestion').count()).toBe(0);
    for (const _ of '@zha') await alice.page.keyboard.press('Backspace');
    await field(alice).pressSequentially('look');
    await alice.page.keyboard.press('Enter');
    await alice.sees('Hello @Bob Brown and look', 'sent');
  });

  test('calls those who are mentioned', async () => {
    const row = bob.conversation('Design team').filter({ hasText: 'Hello @Bob Brown' });
    await row.getByTestId('conversation-mentioned').waitFor();
    await row.click();
    await bob.message('Hello @Bob Brown').waitFor();
  });

  test('offers everybody to who may announce, and on a phone to a finger', async () => {
    await field(bob).tap();
    await field(bob).pressSequentially('@');
    await expect.poll(() => suggested(bob), soon).toHaveLength(2);
    await bob.at('suggestion').filter({ hasText: '张小伟' }).waitFor();
    await bob.shoot('composer-mention-phone');
    await bob.at('suggestion').filter({ hasText: '张小伟' }).tap();
    await expect.poll(() => field(bob).inputValue()).toBe('@张小伟 ');
    await field(bob).pressSequentially('see');
    await bob.page.keyboard.press('Enter');
    await field(bob).pressSequentially('this');
    await expect.poll(() => field(bob).inputValue()).toBe('@张小伟 see\nthis');
    await bob.at('send').tap();
    await bob.sees('see', 'sent');
    await field(alice).pressSequentially('@every');
    await alice.at('suggestion').filter({ hasText: 'Everybody' }).click();
    await expect.poll(() => field(alice).inputValue()).toBe('@Everybody ');
    await alice.page.keyboard.press('Control+a');
    await alice.page.keyboard.press('Backspace');
  });
});

describe('what is typed', () => {
  test('is sent by Enter only when the input method has no use for it', async () => {
    const screen = await alice.page.context().newCDPSession(alice.page);
    await field(alice).focus();
    await screen.send('Input.imeSetComposition', { text: 'ni hao', selectionStart: 6, selectionEnd: 6 });
    const enter = { key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 229 } as const;
    await screen.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', ...enter });
    await screen.send('Input.dispatchKeyEvent', { type: 'keyUp', ...enter });
    await screen.send('Input.insertText', { text: '你好' });
    await expect.poll(() => field(alice).inputValue()).toBe('你好');
    await alice.page.keyboard.press('Shift+Enter');
    await field(alice).pressSequentially('again');
    await expect.poll(() => field(alice).inputValue()).toBe('你好\nagain');
    expect(await alice.message('你好').count()).toBe(0);
    await alice.page.keyboard.press('Enter');
    await alice.sees('你好', 'sent');
    await screen.detach();
  });

  test('takes emoji by their names, and from a panel that the keyboard reaches', async () => {
    await field(alice).pressSequentially('Well :thumbsu');
    await alice.at('suggestion').first().filter({ hasText: '👍' }).waitFor(soon);
    await alice.page.keyboard.press('Enter');
    await expect.poll(() => field(alice).inputValue()).toMatch(/^Well 👍\uFE0F? $/u);
    await alice.page.keyboard.press('ArrowLeft');
    await alice.at('emoji').click();
    const panel = alice.at('emoji-panel');
    await panel.getByRole('combobox').and(panel.locator(':focus')).waitFor(soon);
    await panel.getByRole('menuitem').first().waitFor(soon);
    await alice.shoot('composer-emoji');
    await alice.page.keyboard.type('party popper');
    // What was found for the first letters is shown until the rest are taken in.
    await panel.getByRole('option').first().filter({ hasText: '🎉' }).waitFor(soon);
    await alice.page.keyboard.press('ArrowDown');
    await alice.page.keyboard.press('Enter');
    await expect.poll(() => field(alice).inputValue()).toMatch(/^Well 👍\uFE0F?🎉\uFE0F? $/u);
    await expectAccessible(alice.page);
    await alice.page.keyboard.press('Escape');
    await alice.at('emoji-panel').waitFor({ state: 'detached' });
    await alice.page.keyboard.press('Enter');
    await alice.sees('🎉', 'sent');
  });

  test('is markdown if its writer says so', async () => {
    await alice.at('attach').click();
    await alice.at('attach-markdown').click();
    await alice.at('format-bar').waitFor();
    await field(alice).pressSequentially('bold');
    await alice.page.keyboard.press('Shift+Home');
    await alice.page.keyboard.press('Control+b');
    await expect.poll(() => field(alice).inputValue()).toBe('**bold**');
    await alice.at('format-preview').click();
    await alice.at('preview').locator('strong', { hasText: 'bold' }).waitFor(soon);
    await alice.shoot('composer-markdown');
    await expectAccessible(alice.page);
    await alice.page.keyboard.press('Enter');
    await alice.at('preview').waitFor({ state: 'detached' });
    await alice.at('format-stop').click();
    await alice.at('format-bar').waitFor({ state: 'detached' });
    await bob.at('message').locator('strong', { hasText: 'bold' }).waitFor(soon);
  });

  test('says in time that it is too long, in characters', async () => {
    await field(alice).fill('好'.repeat(5400));
    await alice.at('composer-count').filter({ hasText: 'About 61 more characters fit.' }).waitFor();
    await field(alice).fill('好'.repeat(5470));
    await alice.at('composer-count').filter({ hasText: 'Too long for one message by about 9 characters.' }).waitFor();
    await expect.poll(() => alice.at('send').isDisabled()).toBe(true);
    await alice.shoot('composer-too-long');
    await field(alice).fill('');
  });
});

describe('what is added', () => {
  test('is pasted, several pictures at once', async () => {
    const pictures = [landscape(320, 200, 30), landscape(320, 200, 200)].map((bytes) => bytes.toString('base64'));
    await field(alice).focus();
    await field(alice).evaluate((target, list) => {
      const clipboardData = new DataTransfer();
      for (const [i, base64] of list.entries()) {
        const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
        clipboardData.items.add(new File([bytes], `picture-${i}.png`, { type: 'image/png' }));
      }
      target.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
    }, pictures);
    await expect.poll(() => alice.at('tray-file').count()).toBe(2);
    await alice.page.locator('[data-testid=tray-file] img').nth(1).waitFor(soon);
    await field(alice).pressSequentially('Both of them');
    await alice.shoot('composer-tray');
    await alice.page.keyboard.press('Enter');
    await expect.poll(() => bob.at('message').locator('[data-testid=picture]').count(), soon).toBe(2);
    await bob.message('Both of them').waitFor(soon);
  });

  test('can be where one is, after a look at it', async () => {
    await alice.at('attach').click();
    await alice.at('attach-location').click();
    await alice.at('location-place').filter({ hasText: '31.23041' }).waitFor(soon);
    await alice.at('location-name').fill('People’s Square');
    await alice.shoot('composer-location');
    await expectAccessible(alice.page);
    await alice.at('location-send').click();
    await alice.at('location-dialog').waitFor({ state: 'detached' });
    await bob.at('message').filter({ hasText: 'People’s Square' }).waitFor(soon);
  });

  test('is not where one is when the browser may not tell', async () => {
    await bob.at('attach').tap();
    await bob.at('attach-location').tap();
    await bob.at('location-trouble').filter({ hasText: 'Allow it for this page' }).waitFor(soon);
    await bob.shoot('composer-location-refused-phone');
    await bob.at('location-cancel').tap();
  });
});

describe('a voice', () => {
  async function hold(visitor: Visitor): Promise<{ x: number; y: number }> {
    const box = await visitor.at('record').boundingBox();
    if (!box) throw new Error('There is no button to hold.');
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    await visitor.page.mouse.move(x, y);
    await visitor.page.mouse.down();
    await visitor.at('recorder-hint').waitFor(soon);
    const recorded = async () => Number((await visitor.at('recorder-time').textContent())?.split(':')[1]);
    await expect.poll(recorded, soon).toBeGreaterThanOrEqual(1);
    return { x, y };
  }

  const voices = (visitor: Visitor) => visitor.at('message').locator('[data-testid=voice]');

  test('is recorded while the button is held, and sent by letting go', async () => {
    await hold(alice);
    expect(await alice.at('recorder').locator('.ended').count()).toBe(0);
    await alice.shoot('composer-hold');
    await alice.page.mouse.up();
    await alice.at('recorder').waitFor({ state: 'detached' });
    await expect.poll(() => voices(bob).count(), soon).toBe(1);
  });

  test('is thrown away by sliding to the left, and by Escape', async () => {
    const { x, y } = await hold(alice);
    await alice.page.mouse.move(x - 120, y, { steps: 4 });
    await alice.at('recorder-hint').filter({ hasText: 'Let go' }).waitFor();
    await alice.shoot('composer-hold-cancel');
    await alice.page.mouse.up();
    await alice.at('recorder').waitFor({ state: 'detached' });
    await hold(alice);
    await alice.page.keyboard.press('Escape');
    await alice.at('recorder').waitFor({ state: 'detached' });
    await alice.page.mouse.up();
    await alice.at('record').waitFor();
    expect(await voices(alice).count()).toBe(1);
  });

  test('is not begun by a press that ends elsewhere', async () => {
    const box = await alice.at('record').boundingBox();
    if (!box) throw new Error('There is no button to hold.');
    await alice.page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await alice.page.mouse.down();
    await alice.page.mouse.move(box.x - 200, box.y - 200);
    await alice.page.mouse.up();
    await alice.at('emoji').click();
    await alice.at('emoji-panel').getByRole('menuitem').first().waitFor(soon);
    expect(await alice.at('recorder').count()).toBe(0);
    await alice.page.keyboard.press('Escape');
    await alice.at('emoji-panel').waitFor({ state: 'detached' });
  });

  test('is held by a finger too', async () => {
    const screen = await bob.page.context().newCDPSession(bob.page);
    const box = await bob.at('record').boundingBox();
    if (!box) throw new Error('There is no button to hold.');
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', to?: number) =>
      screen.send('Input.dispatchTouchEvent', { type, touchPoints: to === undefined ? [] : [{ x: to, y }] });
    await touch('touchStart', x);
    await bob.at('recorder-hint').waitFor(soon);
    await bob.shoot('composer-hold-phone');
    for (const by of [30, 60, 100, 140]) await touch('touchMove', x - by);
    await bob.at('recorder-hint').filter({ hasText: 'Let go' }).waitFor();
    await touch('touchEnd');
    await bob.at('recorder').waitFor({ state: 'detached' });
    await screen.detach();
  });
});

describe('a draft', () => {
  test('is there again after a reload, with those it mentions', async () => {
    await field(alice).pressSequentially('Not yet @brown');
    await expect.poll(() => suggested(alice)).toHaveLength(1);
    await alice.page.keyboard.press('Tab');
    await alice.page.reload();
    await expect
      .poll(
        () =>
          field(alice)
            .inputValue()
            .catch(() => ''),
        soon,
      )
      .toBe('Not yet @Bob Brown ');
  });

  test('is on the other devices of its writer, until it is sent', async () => {
    const small = { ...phone, viewport: { width: 320, height: 640 }, locale: 'zh-CN', colorScheme: 'dark' as const };
    const other = await Visitor.arrive(browser, server.url, 'alice', { ...small, permissions: ['microphone'] });
    await other.logIn(password);
    await other.conversation('Design team').filter({ hasText: 'Not yet' }).waitFor(soon);
    await other.conversation('Design team').click();
    await expect.poll(() => field(other).inputValue(), soon).toBe('Not yet @Bob Brown ');
    await other.at('emoji').tap();
    await other.at('emoji-panel').getByRole('menuitem').first().waitFor(soon);
    await other.shoot('composer-small-zh-dark');
    expect(await other.page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
    // Rows that are scrolled half out of view are half as high.
    await expectAccessible(other.page, { exclude: ['emoji-picker'] });
    await alice.page.keyboard.press('Enter');
    await alice.sees('Not yet @Bob Brown', 'sent');
    await expect.poll(() => field(other).inputValue(), soon).toBe('');
    expect(other.complaints).toEqual([]);
    await other.page.context().close();
  });

  test('and all of it without a single error in the pages', () => {
    expect([...alice.complaints, ...bob.complaints]).toEqual([]);
  });
});
