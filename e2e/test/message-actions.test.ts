import { callRest, type SpawnedServer, spawnServer } from '@flooim/testkit';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectAccessible } from './axe.ts';
import { launchBrowser, Visitor } from './browser.ts';

const password = 'correct-horse-1';

interface Account {
  uid: number;
  token: string;
}

let server: SpawnedServer;
let browser: Browser;
let alice: Visitor;
let bob: Visitor;
let anna: Account;
let ben: Account;
let gid = 0;

async function accountOf(name: string): Promise<Account> {
  const { user_id: uid, token } = await callRest(server.url, 'tokenByName', { name, password });
  return { uid, token };
}

/** Opens the menu of a message and chooses there. */
async function act(visitor: Visitor, text: string, item: string): Promise<void> {
  await visitor.message(text).first().getByText(text).first().click({ button: 'right' });
  await visitor.at(item).click();
}

beforeAll(async () => {
  [server, browser] = await Promise.all([spawnServer(), launchBrowser()]);
  alice = await Visitor.arrive(browser, server.url, 'alice');
  bob = await Visitor.arrive(browser, server.url, 'bob', { viewport: { width: 390, height: 844 }, hasTouch: true });
  await alice.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await Promise.all([alice.register(password), bob.register(password)]);
  [anna, ben] = [await accountOf('alice'), await accountOf('bob')];
  await callRest(server.url, 'rosterApply', { user_id: ben.uid }, anna);
  ({ group_id: gid } = await callRest(server.url, 'groupCreate', { name: 'Book club', user_list: [ben.uid] }, anna));
  await callRest(server.url, 'groupReadAck', { group_id: gid, value: true }, anna);
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
});

describe('with messages', () => {
  test('one is answered by quoting it, and the quote leads back to it', async () => {
    await alice.open(`/c/${ben.uid}`);
    await bob.open(`/c/${anna.uid}`);
    await alice.say('Shall we read the long novel or not?');
    await alice.sees('Shall we read', 'read');
    await act(bob, 'Shall we read', 'menu-reply');
    await bob.at('composer-input').fill('The short one');
    await bob.at('send').click();
    const answer = alice.message('The short one');
    await answer.getByText('Shall we read').waitFor();
    // It is lit for a moment only.
    const lit = alice.page.locator('.lit').filter({ hasText: 'long novel' }).first();
    await Promise.all([lit.waitFor(), answer.getByText('Shall we read').click()]);
    await bob.shoot('message-reply-phone');
  });

  test('the keyboard goes over them, answers and leaves', async () => {
    await alice.at('messages').focus();
    await alice.page.keyboard.press('ArrowUp');
    await alice.page.keyboard.press('ArrowUp');
    await alice.page.keyboard.press('ArrowDown');
    const focused = () => alice.page.evaluate(() => document.activeElement?.textContent);
    await expect.poll(focused).toContain('The short one');
    await alice.page.keyboard.press('r');
    await alice.page.waitForFunction(() => document.activeElement?.matches('[data-testid=composer-input]'));
    await alice.page.keyboard.type('Then the short one it is');
    await alice.page.keyboard.press('Enter');
    await bob.message('Then the short one it is').waitFor();
    await alice.at('messages').focus();
    await alice.page.keyboard.press('End');
    await alice.page.keyboard.press('Enter');
    await alice.at('menu-select').waitFor();
    await alice.page.keyboard.press('Escape');
    await alice.at('menu').waitFor({ state: 'detached' });
  });

  test('what was taken back can be edited again, also after a reload', async () => {
    await alice.say('Typo in hte message');
    await alice.sees('Typo in', 'read');
    await act(alice, 'Typo in', 'menu-recall');
    await alice.at('edit-again').waitFor();
    await bob.at('recalled').waitFor();
    await Promise.all([alice.page.reload(), bob.page.reload()]);
    await bob.at('recalled').filter({ hasText: 'took back' }).waitFor();
    await alice.at('edit-again').click();
    await expect.poll(() => alice.at('composer-input').inputValue()).toBe('Typo in hte message');
    await alice.at('composer-input').fill('');
  });

  test('words are found in the conversation', async () => {
    await alice.page.keyboard.press('Control+f');
    await alice.at('find-input').fill('SHORT one');
    await alice.at('find-result').filter({ hasText: '1 of 2' }).waitFor();
    const lit = alice.page.locator('.lit').filter({ hasText: 'The short one' }).first();
    await Promise.all([lit.waitFor(), alice.page.keyboard.press('Enter')]);
    await alice.at('find-result').filter({ hasText: '2 of 2' }).waitFor();
    await alice.shoot('message-find');
    await alice.at('find-input').fill('nothing of the kind');
    await alice.at('find-result').filter({ hasText: 'Nothing found' }).waitFor();
    await alice.page.keyboard.press('Escape');
    await alice.at('find').waitFor({ state: 'detached' });
    await alice.at('chat').waitFor();
  });

  test('several are forwarded as one record, with a word', async () => {
    await act(alice, 'Shall we read', 'menu-select');
    await alice.at('select-count').filter({ hasText: '1 selected' }).waitFor();
    await alice.message('The short one').first().click({ force: true });
    await alice.at('select-count').filter({ hasText: '2 selected' }).waitFor();
    await alice.shoot('message-select');
    await expectAccessible(alice.page);
    await alice.at('select-forward').click();
    await alice.at('forward-search').fill('book');
    await alice.at('recipient').filter({ hasText: 'Book club' }).click();
    await alice.at('forward-record').check();
    await alice.at('forward-word').fill('What do the others think?');
    await alice.shoot('message-forward');
    await expectAccessible(alice.page);
    await alice.at('forward-send').click();
    await alice.at('forward-dialog').waitFor({ state: 'detached' });
    await alice.at('selection-bar').waitFor({ state: 'detached' });
    await alice.conversation('Book club').click();
    await alice.message('What do the others think?').waitFor();
    await alice.message('alice').first().waitFor();
    await bob.open(`/g/${gid}`);
    await bob.message('What do the others think?').waitFor();
    await bob.page.locator('[data-testid=older][data-state=end]').waitFor();
    await bob.shoot('message-record-phone');
  });

  test('in a group it is told who has read one', async () => {
    const mark = alice.message('What do the others think?').getByTestId('group-read');
    await mark.filter({ hasText: '1' }).waitFor();
    await expect.poll(() => mark.getAttribute('title')).toBe('Read by 1 of 1');
    await mark.click();
    await alice.at('readers-read').filter({ hasText: 'bob' }).waitFor();
    await alice.at('readers-unread').filter({ hasText: 'Everybody has read it.' }).waitFor();
    await alice.shoot('message-readers');
    await expectAccessible(alice.page);
    await alice.page.keyboard.press('Escape');
    await alice.at('readers').waitFor({ state: 'detached' });
  });

  test('what happened in a group is still told after a reload', async () => {
    await callRest(server.url, 'groupName', { group_id: gid, value: 'Reading circle' }, anna);
    const renamed = alice.at('group-notice').filter({ hasText: 'renamed the group to “Reading circle”' });
    await renamed.waitFor();
    await alice.page.reload();
    await renamed.waitFor();
  });

  test('several are copied, and deleted, which can be undone for a while', async () => {
    await alice.say('First thought');
    await alice.say('Second thought');
    await alice.sees('Second thought', 'read');
    await act(alice, 'First thought', 'menu-select');
    await alice.at('select-tick').last().focus();
    await alice.page.keyboard.press('Space');
    await alice.at('select-count').filter({ hasText: '2 selected' }).waitFor();
    await alice.at('select-copy').click();
    const copied = () => alice.page.evaluate(() => navigator.clipboard.readText());
    await expect
      .poll(copied)
      .toMatch(/alice.*\nFirst thought\n\n.*\nSecond thought|You.*\nFirst thought\n\nYou.*\nSecond thought/);
    await act(alice, 'First thought', 'menu-select');
    await alice.at('select-count').filter({ hasText: '1 selected' }).waitFor();
    await alice.message('Second thought').click({ force: true });
    await alice.at('select-count').filter({ hasText: '2 selected' }).waitFor();
    await alice.at('select-delete').click();
    await alice.message('First thought').waitFor({ state: 'detached' });
    await alice.message('Second thought').waitFor({ state: 'detached' });
    const row = alice.conversation('Reading circle');
    await row.filter({ hasNotText: 'Second thought' }).waitFor();
    await alice.at('toast').filter({ hasText: '2 messages deleted for you' }).waitFor();
    await alice.page.waitForFunction(() => !document.querySelector('.toast-enter-active, .toast-move'));
    await alice.shoot('message-undo');
    await alice.at('toast').getByRole('button', { name: 'Undo' }).click();
    await alice.message('First thought').waitFor();
    await row.filter({ hasText: 'Second thought' }).waitFor();
    await act(alice, 'First thought', 'menu-delete');
    await alice.message('First thought').waitFor({ state: 'detached' });
    await bob.message('First thought').waitFor();
  });

  test('all of it fits a small phone, at night, in Chinese', async () => {
    const small = {
      viewport: { width: 320, height: 640 },
      hasTouch: true,
      locale: 'zh-CN',
      colorScheme: 'dark',
    } as const;
    const night = await Visitor.arrive(browser, server.url, 'bob', small);
    await night.logIn(password);
    await night.open(`/g/${gid}`);
    await act(night, 'Second thought', 'menu-select');
    await night.at('select-count').filter({ hasText: '已选 1 条' }).waitFor();
    await night.shoot('message-select-small-zh-dark');
    expect(await night.page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
    await night.at('select-forward').click();
    await night.at('recipient').first().click();
    await night.at('forward-names').filter({ hasText: '发给' }).waitFor();
    await night.shoot('message-forward-small-zh-dark');
    await expectAccessible(night.page);
    await night.page.keyboard.press('Escape');
    await night.at('forward-dialog').waitFor({ state: 'detached' });
    await night.at('select-cancel').click();
    await night.at('composer-input').waitFor();
    expect(night.complaints).toEqual([]);
    await night.page.context().close();
  });

  test('what was deleted and not taken back stays away', async () => {
    await expect.poll(() => alice.at('toast').count(), { timeout: 30_000 }).toBe(0);
    await alice.page.reload();
    await alice.message('Second thought').waitFor();
    await alice.page.locator('[data-testid=older][data-state=end]').waitFor();
    expect(await alice.message('First thought').count()).toBe(0);
  });

  test('without a single error in the pages', () => {
    expect([...alice.complaints, ...bob.complaints]).toEqual([]);
  });
});
