import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  callRest,
  type SeededUser,
  type SpawnedServer,
  seedGroup,
  seedUsers,
  spawnServer,
  temporaryFolder,
} from '@flooim/testkit';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectAccessible } from './axe.ts';
import { launchBrowser, Visitor } from './browser.ts';

const password = 'correct-horse-1';
const soon = { timeout: 30_000 };
const crowd = 2000;

let server: SpawnedServer;
let browser: Browser;
let alice: Visitor;
let bob: Visitor;
let members: SeededUser[];

async function register(username: string): Promise<{ uid: number; token: string }> {
  await callRest(server.url, 'userRegister', { username, password });
  const { user_id: uid, token } = await callRest(server.url, 'tokenByName', { name: username, password });
  return { uid, token };
}

/** The group of thousands is full: alice takes somebody's place in it. */
async function bringInto(gid: number, uid: number): Promise<void> {
  const [owner, leaver, named] = members as [SeededUser, SeededUser, SeededUser];
  await callRest(server.url, 'userProfileUpdate', { nick_name: 'Zenobia of Palmyra' }, named);
  await callRest(server.url, 'groupKick', { group_id: gid, user_list: [leaver.uid] }, owner);
  await callRest(server.url, 'groupInvite', { group_id: gid, user_list: [uid] }, owner);
}

beforeAll(async () => {
  const data = temporaryFolder();
  members = await seedUsers(data, crowd, 'member');
  const gid = seedGroup(
    data,
    members.map(({ uid }) => uid),
  );
  [server, browser] = await Promise.all([spawnServer({ data }), launchBrowser(['--use-fake-device-for-media-stream'])]);
  const [a, b] = [await register('alice'), await register('bob')];
  await callRest(server.url, 'rosterApply', { user_id: b.uid }, a);
  await bringInto(gid, a.uid);
  alice = await Visitor.arrive(browser, server.url, 'alice', { permissions: ['microphone'] });
  bob = await Visitor.arrive(browser, server.url, 'bob');
  await Promise.all([alice.logIn(password), bob.logIn(password)]);
  await Promise.all([alice.open(`/c/${b.uid}`), bob.open(`/c/${a.uid}`)]);
  await Promise.all([alice.at('composer-input').waitFor(), bob.at('composer-input').waitFor()]);
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
});

const field = (visitor: Visitor) => visitor.at('composer-input');
const written = (visitor: Visitor) =>
  expect.poll(
    () =>
      field(visitor)
        .inputValue()
        .catch(() => null),
    soon,
  );

describe('what was begun', () => {
  test('is an answer still after a reload, and none when it was sent', async () => {
    await bob.say('Do we meet at the fountain?');
    await alice.message('fountain').click({ button: 'right' });
    await alice.at('menu-reply').click();
    await alice.at('quote-bar').filter({ hasText: 'Do we meet at the fountain?' }).waitFor();
    await field(alice).pressSequentially('At six');
    await alice.page.reload();
    await alice.at('quote-bar').filter({ hasText: 'bob' }).waitFor(soon);
    await written(alice).toBe('At six');
    await alice.page.setViewportSize({ width: 320, height: 568 });
    await alice.page.emulateMedia({ colorScheme: 'dark' });
    await alice.shoot('composer-answer-small-dark');
    await expectAccessible(alice.page);
    await alice.page.emulateMedia({ colorScheme: 'light' });
    await alice.page.setViewportSize({ width: 1280, height: 800 });
    await alice.at('send').click();
    await alice.at('quote-bar').waitFor({ state: 'detached' });
    await bob.message('At six').getByTestId('quote').filter({ hasText: 'fountain' }).waitFor(soon);
    await alice.page.reload();
    await alice.message('At six').waitFor(soon);
    expect(await alice.at('quote-bar').count()).toBe(0);
  });

  test('is there again when its writer has signed out and in', async () => {
    await field(alice).pressSequentially('Bring the map');
    await alice.at('nav-settings').click();
    await alice.at('sign-out').click();
    await alice.at('confirm-yes').click();
    await alice.at('login-form').waitFor(soon);
    await alice.logIn(password);
    await alice.conversation('bob').filter({ hasText: 'Bring the map' }).click(soon);
    await written(alice).toBe('Bring the map');
    await field(alice).fill('');
  });

  test('with an emoji is taken back by Ctrl+Z, and Escape closes the panel alone', async () => {
    await alice.at('emoji').click();
    await alice.at('emoji-panel').getByRole('menuitem').nth(2).click(soon);
    await written(alice).not.toBe('');
    await alice.page.keyboard.type('so');
    await written(alice).toMatch(/so$/);
    await alice.page.keyboard.press('Control+z');
    await alice.page.keyboard.press('Control+z');
    await written(alice).toBe('');
    await alice.page.keyboard.press('Escape');
    await alice.at('emoji-panel').waitFor({ state: 'detached' });
    await field(alice).and(alice.page.locator(':focus')).waitFor();
  });
});

describe('what is sent', () => {
  test('without a connection waits, a voice too, and goes when there is one', async () => {
    const { page } = alice;
    // What the first screen does without is fetched when that has settled.
    await page.waitForFunction(
      (parts) => {
        const come = performance.getEntriesByType('resource').map(({ name }) => name);
        return parts.every((part) => come.some((name) => name.includes(part) && name.endsWith('.js')));
      },
      ['VoiceRecorder', 'TransferBubble', 'DropTarget', 'file-look'],
    );
    await page.context().setOffline(true);
    await alice.at('connection-banner').waitFor(soon);
    await alice.say('Written in a tunnel');
    await alice.sees('Written in a tunnel', 'sending');
    await alice.at('record').click();
    await alice.at('recorder-send').and(page.locator(':enabled:focus')).waitFor(soon);
    const recorded = async () => Number((await alice.at('recorder-time').textContent())?.split(':')[1]);
    await expect.poll(recorded, soon).toBeGreaterThanOrEqual(1);
    await page.keyboard.press('Enter');
    await alice.at('transfer').and(page.locator('[data-state=waiting]')).waitFor(soon);
    await alice.shoot('composer-offline');
    await page.context().setOffline(false);
    await bob.message('Written in a tunnel').waitFor(soon);
    await bob.at('voice').waitFor(soon);
    await alice.at('transfer').waitFor({ state: 'detached', ...soon });
  });

  test('is no folder, which is said', async () => {
    const folder = join(temporaryFolder(), 'holiday');
    mkdirSync(folder);
    const screen = await alice.page.context().newCDPSession(alice.page);
    const data = { items: [], files: [folder], dragOperationsMask: 1 };
    const box = await alice.at('messages').boundingBox();
    if (!box) throw new Error('There is nothing to drop on.');
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
      await screen.send('Input.dispatchDragEvent', { type, x, y, data });
    }
    await alice.at('toast').filter({ hasText: 'holiday' }).waitFor(soon);
    expect(await alice.at('tray-file').count()).toBe(0);
    await screen.detach();
  });
});

describe('in a group of two thousand', () => {
  test('an @ asks for no more names than are seen, and a name finds its member', async () => {
    const asked: number[] = [];
    alice.page.on('request', (request) => {
      if (!new URL(request.url()).pathname.endsWith('/roster/list')) return;
      asked.push((request.postDataJSON() as { list: number[] }).list.length);
    });
    await alice.conversation('a crowd').click();
    await field(alice).waitFor();
    await field(alice).pressSequentially('@');
    await expect.poll(() => alice.at('suggestion').count(), soon).toBe(40);
    await alice.at('suggestion').filter({ hasText: 'member' }).first().waitFor(soon);
    await alice.shoot('composer-mention-crowd');
    expect(asked.reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(120);
    await field(alice).pressSequentially('zenob');
    await alice.at('suggestion').filter({ hasText: 'Zenobia of Palmyra' }).waitFor(soon);
    expect(Math.max(...asked)).toBeLessThanOrEqual(200);
    await alice.page.keyboard.press('Enter');
    await written(alice).toBe('@Zenobia of Palmyra ');
    await field(alice).fill('');
  });

  test('and all of it without a single error in the pages', () => {
    expect([...alice.complaints, ...bob.complaints]).toEqual([]);
  });
});
