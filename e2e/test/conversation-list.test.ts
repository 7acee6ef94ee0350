import { callRest, type SpawnedServer, spawnServer, startUsers, type TestUsers } from '@flooim/testkit';
import type { Browser, Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser, Visitor } from './browser.ts';

let server: SpawnedServer;
let browser: Browser;
let users: TestUsers;
let alice: Visitor;

beforeAll(async () => {
  [server, browser] = await Promise.all([spawnServer(), launchBrowser()]);
  users = await startUsers(server.url, { friends: true });
  await callRest(server.url, 'userRegister', { username: 'erin', password: 'correct-horse-1' });
  say('bob', 'Shall we have lunch on Friday?');
  say('carol', 'The slides are ready');
  alice = await Visitor.arrive(browser, server.url, 'alice');
  await alice.page.addInitScript(noteAppBadge);
  await alice.logIn(users.alice.password);
  await alice.conversation('carol').waitFor();
  await alice.conversation('bob').waitFor();
});
afterAll(async () => {
  await users?.dispose();
  await browser?.close();
  await server?.close();
});

/** Only an installed app has an icon to look at: notes what it is told to show, in the document. */
function noteAppBadge(): void {
  const note = async (count = 0) => document.documentElement.setAttribute('data-badge', String(count));
  Object.assign(navigator, { setAppBadge: note, clearAppBadge: () => note() });
}

const badge = (): Promise<string | null> => alice.page.locator('html').getAttribute('data-badge');

function say(name: 'bob' | 'carol', content: string): void {
  users[name].devices[0].say(users.alice.uid, content);
}

/** On a busy machine it takes its time. */
const soon = <T>(read: () => T | Promise<T>) => expect.poll(read, { timeout: 20_000 });

const names = (): Promise<string[]> => alice.at('conversation-name').allTextContents();
const unread = (name: string): Locator => alice.conversation(name).getByTestId('conversation-unread');
const icon = (): Promise<string | null> => alice.page.locator('link[rel=icon]').getAttribute('href');

/** What the total says in the title; 0 when it says nothing. */
const total = async (): Promise<number> => Number(/^\((\d+)\)/.exec(await alice.page.title())?.[1] ?? 0);

async function choose(name: string, item: string): Promise<void> {
  await alice.conversation(name).click({ button: 'right' });
  await alice.at(item).click();
}

describe('the conversation list', () => {
  test('shows the total in the title and on the app, and a dot on the icon of the tab', async () => {
    await soon(total).toBe(2);
    await soon(badge).toBe('2');
    await soon(icon).toBe('/favicon-unread.svg');
  });

  test('Ctrl+K searches names and last messages from anywhere; Enter opens the best', async () => {
    await alice.open('/settings');
    await alice.at('sign-out').waitFor();
    await alice.page.keyboard.press('Control+k');
    await alice.page.waitForFunction(() => document.activeElement?.matches('[data-testid=conversation-search]'));
    await alice.page.keyboard.type('LUNCH');
    await soon(names).toEqual(['bob']);
    await alice.page.keyboard.press('Escape');
    await soon(names).toHaveLength(2);
    await alice.page.keyboard.type('car');
    await soon(names).toEqual(['carol']);
    await alice.page.keyboard.press('Enter');
    await alice.message('The slides are ready').waitFor();
    await soon(names).toHaveLength(2);
    await soon(total).toBe(1);
  });

  test('the arrow keys go from the field into the rows and back', async () => {
    const focused = () => alice.page.evaluate(() => document.activeElement?.getAttribute('data-testid'));
    await alice.page.keyboard.press('Control+k');
    await soon(focused).toBe('conversation-search');
    await alice.page.keyboard.press('ArrowDown');
    await soon(focused).toBe('conversation');
    await alice.page.keyboard.press('ArrowUp');
    await soon(focused).toBe('conversation-search');
  });

  test('what is not there can be added: the name goes along', async () => {
    await alice.at('conversation-search').fill('erin');
    await alice.at('conversations-nothing').waitFor();
    await alice.shoot('conversations-nothing');
    await alice.at('search-add').click();
    await alice.at('person-name').filter({ hasText: 'erin' }).waitFor();
    await alice.open('/');
  });

  test('a pinned conversation stays on top, on every device', async () => {
    say('carol', 'Have a look when you can');
    await soon(names).toEqual(['carol', 'bob']);
    await choose('bob', 'menu-pin');
    await soon(names).toEqual(['bob', 'carol']);
    await alice.conversation('bob').getByTestId('conversation-pinned').waitFor();
    const [phone] = users.alice.devices;
    await soon(() => phone.im.userManage.getConversationList()[0]?.id).toBe(users.bob.uid);
  });

  test('a muted conversation counts by itself, and not in the total', async () => {
    await soon(total).toBe(2);
    await choose('carol', 'menu-mute');
    await alice.conversation('carol').getByTestId('conversation-muted').waitFor();
    await soon(total).toBe(1);
    await unread('carol').waitFor();
  });

  test('mark as read and as unread, also the conversation that is open', async () => {
    await choose('bob', 'menu-read');
    await soon(total).toBe(0);
    await soon(icon).toBe('/favicon.svg');
    await alice.conversation('bob').click();
    await alice.message('lunch').waitFor();
    await choose('bob', 'menu-unread');
    await unread('bob').waitFor();
    await soon(total).toBe(1);
    await soon(() => alice.at('chat').count()).toBe(0);
  });

  test('what was begun to write stands in the row', async () => {
    await alice.conversation('carol').click();
    await alice.at('composer-input').fill('Thank you, I will');
    await alice.conversation('bob').click();
    await alice.conversation('carol').getByText('Draft: Thank you, I will').waitFor();
    await soon(total).toBe(0);
    await choose('bob', 'menu-unread');
    await unread('bob').waitFor();
  });

  test('looks well: light and dark, on a desk and in a hand', async () => {
    for (const theme of ['light', 'dark'] as const) {
      await alice.page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
      await alice.page.setViewportSize({ width: 1280, height: 800 });
      await alice.conversation('carol').click({ button: 'right' });
      await alice.at('menu-pin').waitFor();
      await alice.shoot(`conversations-${theme}`);
      await alice.page.keyboard.press('Escape');
      await alice.at('menu').waitFor({ state: 'detached' });
      await alice.page.setViewportSize({ width: 320, height: 640 });
      await alice.shoot(`phone-conversations-${theme}`);
    }
    const overflow = () => alice.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    await soon(overflow).toBe(0);
  });

  test('the Delete key deletes it on all devices, after a question', async () => {
    await alice.conversation('carol').focus();
    await alice.page.keyboard.press('Delete');
    await alice.at('confirm-yes').click();
    await soon(names).toEqual(['bob']);
    const [phone] = users.alice.devices;
    await soon(() => phone.im.userManage.getConversationList().map(({ id }) => id)).toEqual([users.bob.uid]);
  });

  test('a friend without a conversation is found, and one begins', async () => {
    await alice.at('conversation-search').fill('carol');
    await soon(names).toEqual(['carol']);
    await alice.page.keyboard.press('Enter');
    await alice.at('chat-name').filter({ hasText: 'carol' }).waitFor();
  });

  test('a group in which nobody said anything yet is found', async () => {
    const [carol] = users.carol.devices;
    await carol.im.groupManage.asyncCreate({ name: 'Quiet corner', user_list: [users.alice.uid] });
    await alice.page.keyboard.press('Control+k');
    await alice.at('conversation-search').fill('corner');
    await soon(names).toEqual(['Quiet corner']);
    await alice.page.keyboard.press('Enter');
    await alice.at('chat-name').filter({ hasText: 'Quiet corner' }).waitFor();
  });

  test('a group is found, muted, pinned and made unread like a person', async () => {
    const [carol] = users.carol.devices;
    const group = { name: 'Design team', user_list: [users.alice.uid] };
    const { group_id: gid } = await carol.im.groupManage.asyncCreate(group);
    carol.im.sysManage.sendGroupMessage({ gid, content: 'New colours', type: 'text' });
    // The narrow window shows the open conversation alone.
    await alice.page.keyboard.press('Control+k');
    await alice.at('conversation-search').fill('design');
    await soon(names).toEqual(['Design team']);
    await alice.page.keyboard.press('Escape');
    await unread('Design team').waitFor();
    await choose('Design team', 'menu-mute');
    await alice.conversation('Design team').getByTestId('conversation-muted').waitFor();
    await choose('Design team', 'menu-pin');
    await soon(async () => (await names())[0]).toBe('Design team');
    await choose('Design team', 'menu-read');
    await unread('Design team').waitFor({ state: 'detached' });
    await choose('Design team', 'menu-unread');
    await unread('Design team').waitFor();
    const [phone] = users.alice.devices;
    await soon(() => phone.im.userManage.getConversationList()[0]).toMatchObject({
      id: gid,
      pinned: true,
      muted: true,
      unread: 1,
    });
  });

  test('signing out takes the dot away', async () => {
    await soon(icon).toBe('/favicon-unread.svg');
    await alice.open('/settings');
    await alice.at('sign-out').click();
    await alice.at('confirm-yes').click();
    await alice.at('login-form').waitFor();
    await soon(icon).toBe('/favicon.svg');
    await soon(badge).toBe('0');
  });

  test('without a single error in the page', () => {
    expect(alice.complaints).toEqual([]);
  });
});
