import { encodeMessageBody, MessageType, Namespace } from '@flooim/protocol';
import { callRest, RawClient, registerUsers, type SpawnedServer, spawnServer } from '@flooim/testkit';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectAccessible } from './axe.ts';
import { launchBrowser, Visitor } from './browser.ts';
import { landscape } from './png.ts';
import { downloadBy, png } from './with-files.ts';

interface Account {
  uid: number;
  password: string;
  token: string;
}

let server: SpawnedServer;
let browser: Browser;
let accounts: Record<'alice' | 'bob' | 'carol' | 'dave', Account>;
/** Owns the group, at a wide screen. */
let alice: Visitor;
/** An administrator, on a phone. */
let bob: Visitor;
/** A member, on a small phone, in Chinese, in the dark. */
let carol: Visitor;
let gid = 0;

async function registerDave(): Promise<Account> {
  const [name, password] = ['dave', 'dave-password'];
  await callRest(server.url, 'userRegister', { username: name, password });
  const { user_id: uid, token } = await callRest(server.url, 'tokenByName', { name, password });
  return { uid, password, token };
}

const as = (who: keyof typeof accounts) => ({ token: accounts[who].token });
const info = (page = '') => `/g/${gid}/info${page && `/${page}`}`;

/** Enough for a list that scrolls. */
async function talk(from: Account): Promise<void> {
  const phone = await RawClient.login(server.url, { ...from, guid: 'alice’s phone' });
  const count = 30;
  const arrived = phone.nextSync((sync) => sync.clientMid === count);
  for (let id = 1; id <= count; id += 1) {
    const payload = encodeMessageBody({ type: MessageType.GROUPCHAT, content: `Chapter ${id}` });
    phone.sync({ meta: { id, to: { uid: gid }, ns: Namespace.MESSAGE, payload } });
  }
  await arrived;
  phone.close();
}

/** What slides and fades would be waited for. */
const still = { reducedMotion: 'reduce' } as const;

async function arrive(
  name: 'alice' | 'bob' | 'carol',
  options: Parameters<typeof Visitor.arrive>[3],
): Promise<Visitor> {
  const visitor = await Visitor.arrive(browser, server.url, name, { ...still, ...options });
  await visitor.logIn(accounts[name].password);
  return visitor;
}

beforeAll(async () => {
  [server, browser] = await Promise.all([spawnServer(), launchBrowser()]);
  const [a, b, c] = await registerUsers(server.url, { friends: true });
  if (!a || !b || !c) throw new Error('three users');
  accounts = { alice: a, bob: b, carol: c, dave: await registerDave() };
  const group = { name: 'Book club', description: 'One book a month', user_list: [b.uid] };
  ({ group_id: gid } = await callRest(server.url, 'groupCreate', group, as('alice')));
  await talk(a);
  const small = { viewport: { width: 320, height: 568 }, hasTouch: true, locale: 'zh-CN' } as const;
  [alice, bob, carol] = await Promise.all([
    arrive('alice', { viewport: { width: 1280, height: 800 } }),
    arrive('bob', { viewport: { width: 390, height: 844 }, hasTouch: true }),
    arrive('carol', { ...small, colorScheme: 'dark' }),
  ]);
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
});

describe('the page of a group', () => {
  test('stands beside the talk where there is room, and closes to it', async () => {
    await alice.conversation('Book club').click();
    await alice.at('chat-person').click();
    await alice.at('group-name').filter({ hasText: 'Book club' }).waitFor();
    await alice.at('group-description').filter({ hasText: 'One book a month' }).waitFor();
    expect(await alice.at('chat').isVisible()).toBe(true);
    expect(await alice.at('conversations').isVisible()).toBe(true);
    await alice.at('side-close').click();
    await alice.at('about').waitFor({ state: 'detached' });
    await alice.at('chat-person').click();
    await alice.shoot('group-page-wide');
    await expectAccessible(alice.page);
  });

  test('stands in place of the talk on a phone, with a way back to where one was', async () => {
    await bob.conversation('Book club').click();
    // A list that is still being opened leads elsewhere.
    const atEnd = async () => {
      await bob.at('messages').press('End');
      return bob.message('Chapter 30').isVisible();
    };
    await expect.poll(atEnd).toBe(true);
    await bob.at('conversation-unread').waitFor({ state: 'detached' });
    await bob.at('composer-input').fill('What I think of it');
    await bob.at('chat-person').click();
    await bob.at('group-name').waitFor();
    await bob.at('chat').waitFor({ state: 'hidden' });
    // What is said meanwhile is not before his eyes.
    await alice.say('Chapter 31');
    await bob.at('conversation-unread').waitFor({ state: 'attached' });
    await bob.at('group-no-edit').waitFor();
    expect(await bob.at('to-requests').count()).toBe(0);
    await bob.shoot('group-page-phone');
    await bob.at('side-back').click();
    await bob.at('conversation-unread').waitFor({ state: 'detached' });
    await expect.poll(() => bob.at('composer-input').inputValue()).toBe('What I think of it');
    await bob.at('composer-input').fill('');
    const first = bob.at('message').getByText('Chapter 1', { exact: true });
    const atBeginning = async () => {
      await bob.at('messages').press('Home');
      return first.isVisible();
    };
    await expect.poll(atBeginning).toBe(true);
    await bob.at('chat-person').click();
    await bob.at('group-name').waitFor();
    await bob.at('side-back').click();
    await bob.at('composer-input').waitFor();
    // Far down it would not be in the page at all.
    await first.waitFor();
  });

  test('has a person’s in its place where two talk', async () => {
    await bob.open(`/c/${accounts.alice.uid}`);
    await bob.at('chat-person').click();
    await bob.at('person').filter({ hasText: 'alice' }).waitFor();
    await bob.at('side-back').click();
    await bob.at('composer-input').waitFor();
    await bob.open(`/g/${gid}`);
  });

  test('takes new members from among one’s friends', async () => {
    await alice.at('to-invite').click();
    await alice.at('pick').filter({ hasText: 'carol' }).click();
    await alice.shoot('group-invite');
    await alice.at('invite-send').click();
    await alice.at('to-members').filter({ hasText: '3 members' }).waitFor();
    await carol.conversation('Book club').click();
    await bob.at('chat-note').filter({ hasText: '3 members' }).waitFor();
  });

  test('is renamed and described by its owner, before the eyes of all', async () => {
    await alice.at('to-profile').click();
    await alice.at('group-name-field').fill('  ');
    await alice.at('group-profile-save').click();
    await alice.at('group-profile-form').getByRole('alert').waitFor();
    await alice.at('group-name-field').fill('Book club 2027');
    await alice.at('group-description-field').fill('One book a month, tea on Fridays');
    await alice.at('group-profile-save').click();
    await bob.at('chat-name').filter({ hasText: 'Book club 2027' }).waitFor();
    await alice.at('avatar-input').setInputFiles(png('club.png', landscape(320, 240, 200)));
    await alice.at('crop-save').click({ timeout: 30_000 });
    await alice.at('avatar-remove').waitFor({ timeout: 30_000 });
    await bob.at('chat-person').getByTestId('avatar-picture').waitFor({ timeout: 30_000 });
  });

  test('makes an administrator, who sees at once what he may do now', async () => {
    await alice.at('side-back').click();
    await alice.at('to-members').click();
    await alice.at('member').filter({ hasText: 'bob' }).getByTestId('member-more').click();
    await alice.at('member-makeAdmin').click();
    await alice.at('member').filter({ hasText: 'bob' }).getByTestId('role-admin').waitFor();
    await bob.at('chat-person').click();
    await bob.at('to-requests').waitFor();
    await alice.at('filter').fill('CAR');
    await expect.poll(() => alice.at('member').count()).toBe(1);
    await alice.at('filter').fill('');
    await alice.at('members-admins').click();
    await expect.poll(() => alice.at('member').count()).toBe(2);
    await alice.at('members-all').click();
    await alice.shoot('group-members');
    await expectAccessible(alice.page);
  });

  test('mutes somebody, lists it, and lets him write again', async () => {
    await bob.at('to-members').click();
    await bob.at('member').filter({ hasText: 'carol' }).getByRole('link').click();
    await bob.shoot('group-member-phone');
    await bob.at('member-mute-hour').click();
    await carol.at('group-silence').waitFor();
    await alice.at('members-muted').click();
    await alice.at('member').filter({ hasText: 'carol' }).getByTestId('member-is-muted').waitFor();
    await alice.at('member').filter({ hasText: 'carol' }).getByTestId('member-more').click();
    await alice.at('member-unmute').click();
    await alice.at('members-none').waitFor();
    await carol.at('composer-input').waitFor();
    await alice.at('members-all').click();
  });

  test('has announcements, the newest on top of the talk until one has read it', async () => {
    await alice.at('side-back').click();
    await alice.at('to-announcements').click();
    await alice.at('announcement-first').click();
    await alice.at('announcement-title').fill('Next book');
    await alice.at('announcement-post').click();
    await alice.at('announcement-form').getByRole('alert').waitFor();
    await alice.at('announcement-content').fill('We read The Dispossessed until December: https://example.org/books');
    await alice.at('announcement-post').click();
    await carol.at('announcement-bar').filter({ hasText: 'Next book' }).waitFor();
    await alice.at('announcement-change').click();
    await alice.at('announcement-title').fill('The next book');
    await alice.at('announcement-post').click();
    await carol.at('announcement-bar').filter({ hasText: 'The next book' }).waitFor();
    await expect.poll(() => alice.at('announcement').count()).toBe(1);
    await alice.shoot('group-announcements');
    await carol.at('announcement-bar').getByRole('link').click();
    await carol.at('announcement').filter({ hasText: 'Dispossessed' }).waitFor();
    expect(await carol.at('announcement').getByRole('link').getAttribute('href')).toBe('https://example.org/books');
    expect(await carol.at('announcement-write').count()).toBe(0);
    await carol.at('side-back').click();
    await carol.at('group-name').waitFor();
    await carol.at('side-back').click();
    await carol.at('announcement-hide').click();
    await carol.at('announcement-bar').waitFor({ state: 'detached' });
    await alice.at('announcement-remove').click();
    await alice.at('confirm-yes').click();
    await alice.at('announcements-none').waitFor();
  });

  test('shares files, which everybody can have and who manages it can remove', async () => {
    await carol.open(info('files'));
    await carol.at('files-none').waitFor();
    await carol.at('file-share-input').setInputFiles({
      name: 'reading list.txt',
      mimeType: 'text/plain',
      buffer: Buffer.from('1. The Dispossessed'),
    });
    await carol.at('shared-file').filter({ hasText: 'reading list.txt' }).waitFor({ timeout: 30_000 });
    await carol.shoot('group-files-small-zh-dark');
    await expectAccessible(carol.page);
    expect(await carol.page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
    await alice.at('side-back').click();
    await alice.at('to-files').click();
    const got = await downloadBy(alice, alice.at('file-download').first());
    expect([got.name, got.bytes.toString()]).toEqual(['reading list.txt', '1. The Dispossessed']);
    await alice.at('file-rename').click();
    await alice.at('file-name').fill('What we read.txt');
    await alice.shoot('group-files-rename');
    await alice.page.keyboard.press('Enter');
    await carol.at('shared-file').filter({ hasText: 'What we read.txt' }).waitFor();
    await alice.at('shared-file').filter({ hasText: 'What we read.txt' }).waitFor();
    await alice.shoot('group-files');
    await alice.at('file-remove').click();
    await alice.at('confirm-yes').click();
    await alice.at('files-none').waitFor();
    await carol.at('files-none').waitFor();
  });

  test('answers those who ask to join', async () => {
    const ask = { group_id: gid, reason: 'I like books' };
    await callRest(server.url, 'groupApply', ask, as('dave'));
    await alice.at('requests-bar').waitFor();
    await bob.open(info('requests'));
    await bob.at('request').filter({ hasText: 'I like books' }).waitFor();
    await bob.shoot('group-requests-phone');
    await bob.at('request-decline').click();
    await bob.at('request-reason').fill('Not this year');
    await bob.at('request-decline-send').click();
    await bob.at('requests-none').waitFor();
    // Who declined is told to nobody else; who looks finds it done.
    await alice.at('requests-bar').getByRole('link').click();
    await alice.at('requests-none').waitFor();
    await alice.at('requests-bar').waitFor({ state: 'detached' });
    await callRest(server.url, 'groupApply', ask, as('dave'));
    await alice.at('request-accept').click();
    await alice.at('requests-none').waitFor();
    await alice.at('chat-note').filter({ hasText: '4 members' }).waitFor();
  });

  test('says what its settings mean, and changes them for who may', async () => {
    await alice.at('side-back').click();
    await alice.at('to-settings').click();
    await carol.open(info('settings'));
    await carol.at('settings-read-only').waitFor();
    expect(await carol.at('setting-member_invite').isDisabled()).toBe(true);
    for (const field of ['member_invite', 'member_modify', 'history_visible', 'read_ack', 'hide_member_info']) {
      const before = await alice.at(`setting-${field}`).isChecked();
      await alice.at(`setting-${field}`).click();
      await expect.poll(() => carol.at(`setting-${field}`).isChecked(), { timeout: 20_000 }).toBe(!before);
    }
    await alice.at('setting-approval').getByText('Nobody').click();
    await carol.page.getByText('只能通过邀请加入。').waitFor();
    await alice.at('mute-all').click();
    await alice.at('mute-all-hour').click();
    await carol.at('mute-all-state').filter({ hasText: '全员禁言至' }).waitFor();
    await alice.shoot('group-settings');
    await carol.shoot('group-settings-small-zh-dark');
    await expectAccessible(alice.page);
    await expectAccessible(carol.page);
    await alice.at('unmute-all').click();
    await carol.at('mute-all-state').filter({ hasText: '当前所有人' }).waitFor();
  });

  test('keeps what somebody wants for himself', async () => {
    await carol.open(info('personal'));
    await carol.at('card-field').fill('Caro');
    await carol.at('card-save').click();
    await carol.at('pin-switch').click();
    await expect.poll(() => carol.at('pin-switch').isChecked(), { timeout: 20_000 }).toBe(true);
    await carol.at('mute-mode').getByText('接收但不提醒').click();
    await carol.at('push-mode').getByText('从不').click();
    await expect
      .poll(async () => {
        const given = await callRest(server.url, 'groupInfo', { group_id: gid }, as('carol'));
        return [given.msg_mute_mode, given.msg_push_mode];
      })
      .toEqual([1, 1]);
    await carol.shoot('group-personal-small-zh-dark');
    await alice.at('side-back').click();
    await alice.at('to-members').click();
    await alice.at('member').filter({ hasText: 'Caro' }).waitFor();
  });

  test('shows its link as a code', async () => {
    await alice.at('side-back').click();
    await alice.at('to-code').click();
    expect(await alice.at('qr-code').getAttribute('data-text')).toContain(String(gid));
    await alice.shoot('group-code');
    await alice.at('side-back').click();
  });

  test('tells who is removed, and blocks whom it does not want back', async () => {
    await carol.open(info('members'));
    await carol.at('member').filter({ hasText: 'dave' }).waitFor();
    await alice.at('to-members').click();
    await alice.at('member').filter({ hasText: 'dave' }).getByTestId('member-more').click();
    await alice.at('member-remove').click();
    await alice.at('confirm-yes').click();
    await expect.poll(() => carol.at('member').count(), { timeout: 20_000 }).toBe(3);
    await alice.at('member').filter({ hasText: 'Caro' }).getByTestId('member-more').click();
    await alice.at('member-block').click();
    await alice.at('confirm-yes').click();
    await carol.at('group-gone').filter({ hasText: '你不在该群组中' }).waitFor();
    await carol.shoot('group-gone-small-zh-dark');
    await carol.open(`/g/${gid}`);
    await carol.at('join-again').click();
    await carol.at('group-card').filter({ hasText: 'Book club 2027' }).waitFor();
    await alice.at('members-blocked').click();
    await alice.at('blocked-member').filter({ hasText: 'carol' }).getByTestId('unblock').click();
    await alice.at('blocked-none').waitFor();
  });

  test('is handed over by name, left, and dissolved with care', async () => {
    await alice.at('side-back').click();
    expect(await alice.at('group-leave').count()).toBe(0);
    await alice.at('to-transfer').click();
    await alice.at('pick').filter({ hasText: 'bob' }).click();
    await alice.at('confirm').filter({ hasText: 'bob' }).waitFor();
    await alice.shoot('group-transfer');
    await alice.at('confirm-yes').click();
    await bob.open(info());
    await bob.at('to-dissolve').waitFor();
    await alice.at('group-leave').click();
    await alice.at('confirm-yes').click();
    await alice.at('conversations-empty').or(alice.at('conversations')).first().waitFor();
    await bob.at('to-members').filter({ hasText: '1 member' }).waitFor();
    await callRest(server.url, 'groupInvite', { group_id: gid, user_list: [accounts.alice.uid] }, as('bob'));
    await alice.conversation('Book club 2027').click();
    await alice.at('chat-person').click();
    await alice.at('group-leave').waitFor();
    await bob.at('to-dissolve').click();
    expect(await bob.at('dissolve').isDisabled()).toBe(true);
    await bob.at('dissolve-name').fill('Book club 2027');
    await bob.shoot('group-dissolve-phone');
    await expectAccessible(bob.page);
    await bob.at('dissolve').click();
    await alice.at('group-gone').filter({ hasText: 'dissolved' }).waitFor();
    await alice.at('group-gone-back').click();
    await bob.at('conversations-empty').or(bob.at('conversations')).first().waitFor();
  });

  test('without a single error in the pages', () => {
    expect([...alice.complaints, ...bob.complaints, ...carol.complaints]).toEqual([]);
  });
});
