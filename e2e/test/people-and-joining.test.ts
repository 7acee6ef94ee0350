import { readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { callRest, type SpawnedServer, spawnServer } from '@flooim/testkit';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { qrSvgPath } from '../../packages/web/src/ui/qr-path.ts';
import { expectAccessible } from './axe.ts';
import { launchBrowser, Visitor } from './browser.ts';
import { landscape } from './png.ts';
import { loaded, png } from './with-files.ts';

const password = 'correct-horse-1';

interface Account {
  uid: number;
  token: string;
}

let server: SpawnedServer;
let browser: Browser;
/** At a desk; friends with bob and carol. */
let alice: Visitor;
/** On a phone. */
let bob: Visitor;
/** On the smallest phone, at night, in Chinese. */
let dave: Visitor;
const accounts = new Map<string, Account>();
let garden = 0;

function account(name: string): Account {
  const found = accounts.get(name);
  if (!found) throw new Error(`no account ${name}`);
  return found;
}

async function register(name: string): Promise<void> {
  await callRest(server.url, 'userRegister', { username: name, password });
  const { user_id: uid, token } = await callRest(server.url, 'tokenByName', { name, password });
  accounts.set(name, { uid, token });
}

async function befriend(one: string, other: string): Promise<void> {
  // Nobody has to agree before he says so in his settings.
  await callRest(server.url, 'rosterApply', { user_id: account(other).uid }, account(one));
}

/** Chooses from the menu behind the plus. */
async function chooseNew(visitor: Visitor, item: string): Promise<void> {
  await visitor.at('new').click();
  await visitor.at(`new-${item}`).click();
}

/** As `say`, where Enter is for new lines. */
async function tell(visitor: Visitor, text: string): Promise<void> {
  await visitor.at('composer-input').fill(text);
  await visitor.at('send').click();
}

/** A picture of a code that the app did not make. */
async function codeOf(text: string): Promise<Buffer> {
  const { size, path } = qrSvgPath(text);
  const page = await browser.newPage({ viewport: { width: 400, height: 400 } });
  await page.setContent(`<svg viewBox="0 0 ${size} ${size}" width="380"><path d="${path}"/></svg>`);
  const picture = await page.screenshot();
  await page.close();
  return picture;
}

/** A still film for the browser's camera: bright all over but for the bars of the code, in YUV 4:2:0. */
async function filmOf({ size, path }: { size: number; path: string }): Promise<string> {
  const [width, height, scale] = [640, 480, Math.floor(480 / size)];
  const light = Buffer.alloc(width * height, 235);
  for (const [, x, y, length] of path.matchAll(/M(\d+) (\d+)h(\d+)/g)) {
    for (let row = Number(y) * scale; row < (Number(y) + 1) * scale; row += 1) {
      const from = row * width + Number(x) * scale;
      light.fill(16, from, from + Number(length) * scale);
    }
  }
  const frame = Buffer.concat([Buffer.from('FRAME\n'), light, Buffer.alloc((width * height) / 2, 128)]);
  const file = join(tmpdir(), `flooim-film-${process.pid}.y4m`);
  const head = Buffer.from(`YUV4MPEG2 W${width} H${height} F10:1 Ip A1:1 C420jpeg\n`);
  await writeFile(file, Buffer.concat([head, frame, frame, frame, frame]));
  return file;
}

/** Chooses a picture for the scanner. */
async function scanFile(visitor: Visitor, name: string, buffer: Buffer): Promise<void> {
  await visitor.at('scan-choose').waitFor();
  await visitor.at('scan-file').setInputFiles(png(name, buffer));
}

beforeAll(async () => {
  [server, browser] = await Promise.all([spawnServer(), launchBrowser()]);
  await Promise.all(['alice', 'bob', 'carol', 'dave', 'erin'].map(register));
  await Promise.all([
    befriend('bob', 'alice'),
    befriend('carol', 'alice'),
    befriend('erin', 'bob'),
    befriend('carol', 'dave'),
  ]);
  await callRest(server.url, 'userSettingsUpdate', { auth_mode: 1 }, account('bob'));
  // What slides and fades would be waited for.
  const still = { reducedMotion: 'reduce' } as const;
  const phone = { ...still, viewport: { width: 390, height: 844 }, hasTouch: true };
  const night = { ...phone, viewport: { width: 320, height: 568 }, locale: 'zh-CN', colorScheme: 'dark' as const };
  [alice, bob, dave] = await Promise.all([
    Visitor.arrive(browser, server.url, 'alice', still),
    Visitor.arrive(browser, server.url, 'bob', phone),
    Visitor.arrive(browser, server.url, 'dave', night),
  ]);
  await Promise.all([alice.logIn(password), bob.logIn(password)]);
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
});

describe('people', () => {
  test('are found by any of their names, and called as one likes', async () => {
    await alice.open('/contacts');
    await alice.at('friend').filter({ hasText: 'bob' }).click();
    await alice.at('alias-edit').click();
    await alice.at('alias-input').fill('Robert the Red');
    await alice.page.keyboard.press('Enter');
    await alice.at('person-name').filter({ hasText: 'Robert the Red' }).waitFor();
    await alice.at('friend').filter({ hasText: 'Robert the Red' }).waitFor();
    await alice.at('filter').fill('bo');
    await expect.poll(() => alice.at('friend').count()).toBe(1);
    await alice.at('friend').filter({ hasText: 'Robert' }).waitFor();
    await alice.at('person-code').click();
    await alice.at('qr-code').waitFor();
    await alice.shoot('person');
    await expectAccessible(alice.page);
    await alice.at('filter').fill('nobody at all');
    await alice.at('filter-nothing').waitFor();
    await alice.at('filter').fill('');
  });

  test('who are friends are at hand for a new chat', async () => {
    await alice.open('/');
    await chooseNew(alice, 'chat');
    const list = alice.at('choose-friend');
    await list.getByTestId('friend').filter({ hasText: 'carol' }).waitFor();
    await alice.shoot('new-chat');
    await expectAccessible(alice.page);
    await list.getByTestId('friend').filter({ hasText: 'carol' }).click();
    await alice.at('chat-name').filter({ hasText: 'carol' }).waitFor();
  });

  test('who are not there are said to be not there', async () => {
    await alice.open('/contacts/999999');
    await alice.at('person-gone').waitFor();
    await alice.open('/join/999999');
    await alice.at('join-none').waitFor();
  });

  test('can be blocked, which keeps both from writing, and be let in again', async () => {
    await alice.open(`/contacts/${account('bob').uid}`);
    await alice.at('person-block').click();
    await alice.at('confirm-yes').click();
    await alice.at('person-blocked').waitFor();
    await bob.open(`/c/${account('alice').uid}`);
    await tell(bob, 'Are you there?');
    await bob.message('Are you there?').getByTestId('message-failed').waitFor();
    await bob.shoot('blocked-sender-phone');
    await alice.open(`/c/${account('bob').uid}`);
    await alice.at('blocked-bar').waitFor();
    await alice.open('/contacts');
    await alice.at('contacts-more').click();
    await alice.at('menu-blocked').click();
    await alice.at('blocked').filter({ hasText: 'Robert' }).waitFor();
    await alice.shoot('blocked-list');
    await alice.at('unblock').click();
    await alice.at('blocked-empty').waitFor();
    await tell(bob, 'And now?');
    // Alice may have it before anybody looks.
    const mark = bob.message('And now?').getByTestId(/mark-(sent|delivered)/);
    await mark.waitFor({ state: 'attached' });
  });

  test('who are strangers can be refused where they write', async () => {
    await alice.open(`/c/${account('erin').uid}`);
    await alice.at('stranger-bar').waitFor();
    await alice.at('bar-block').click();
    await alice.at('confirm-yes').click();
    await alice.at('blocked-bar').waitFor();
    await alice.at('bar-unblock').click();
    await alice.at('stranger-bar').waitFor();
  });
});

describe('a group', () => {
  test('is made of friends', async () => {
    await alice.open('/');
    await chooseNew(alice, 'group');
    await alice.at('friend-picker').getByTestId('filter').fill('car');
    await alice.at('pick').filter({ hasText: 'carol' }).click();
    await alice.at('friend-picker').getByTestId('filter').fill('');
    await alice.at('pick').filter({ hasText: 'Robert' }).click();
    await expect.poll(() => alice.at('chosen').getByRole('button').count()).toBe(2);
    await alice.at('create-name').fill('Garden');
    await alice.at('create-description').fill('Tomatoes, mostly.');
    await alice.at('create-picture-input').setInputFiles(png('garden.png', landscape(320, 200, 140)));
    await alice.at('crop-save').click();
    await loaded(alice.at('create-picture-shown'));
    await alice.shoot('create-group');
    await expectAccessible(alice.page);
    await alice.at('create-submit').click();
    await alice.at('chat-name').filter({ hasText: 'Garden' }).waitFor();
    await alice.at('chat-note').filter({ hasText: '3 members' }).waitFor();
    garden = Number(/\/g\/(\d+)/.exec(alice.page.url())?.[1]);
    const info = await callRest(server.url, 'groupInfo', { group_id: garden }, account('alice'));
    expect(info).toMatchObject({ description: 'Tomatoes, mostly.', type: 0, apply_approval: 1, count: 3 });
    expect(info.avatar).toBeTruthy();
    await bob.open('/contacts');
    await bob.at('tab-groups').click();
    await bob.at('group').filter({ hasText: 'Garden' }).waitFor();
    await bob.shoot('contacts-groups-phone');
    await expectAccessible(bob.page);
  });

  test('is made without those who cannot come, and says who they are', async () => {
    await callRest(server.url, 'rosterBlock', { user_id: account('alice').uid }, account('carol'));
    await alice.open('/contacts/new-group');
    await alice.at('pick').filter({ hasText: 'carol' }).click();
    await alice.at('create-name').fill('Compost');
    await alice.at('create-submit').click();
    await alice.at('create-absent').filter({ hasText: 'carol' }).waitFor();
    await alice.shoot('create-group-absent');
    await expectAccessible(alice.page);
    await alice.at('create-open').click();
    await alice.at('chat-name').filter({ hasText: 'Compost' }).waitFor();
    await callRest(server.url, 'rosterUnblock', { user_id: account('alice').uid }, account('carol'));
  });

  test('asks those who want to be asked, who hear of it wherever they are', async () => {
    await callRest(server.url, 'userSettingsUpdate', { group_confirm: true }, account('bob'));
    const club = { name: 'Book club', user_list: [account('bob').uid] };
    await callRest(server.url, 'groupCreate', club, account('alice'));
    await bob.page.getByText('alice invites you to Book club.').waitFor();
    await bob.page.getByRole('button', { name: 'Show' }).click();
    await bob.at('nav-people-count').waitFor();
    const invitation = bob.at('request').filter({ hasText: 'Book club' });
    await invitation.waitFor();
    await bob.shoot('invitation-phone');
    await expectAccessible(bob.page);
    await invitation.getByTestId('invitation-accept').click();
    await invitation.filter({ hasText: 'Accepted' }).waitFor();
    await expect.poll(() => bob.at('nav-people-count').count()).toBe(0);
    await bob.at('nav-chats').click();
    await bob.conversation('Book club').waitFor();
  });

  test('is joined by its link, when the owner agrees', async () => {
    await dave.open(`/join/${garden}`);
    await dave.at('username').fill('dave');
    await dave.at('password').fill(password);
    await dave.at('submit').click();
    await dave.at('group-card').filter({ hasText: 'Garden' }).waitFor();
    await dave.at('join-rule').filter({ hasText: '审核' }).waitFor();
    await dave.at('join-reason').fill('我种黄瓜');
    await dave.shoot('join-small-zh-dark');
    await expectAccessible(dave.page);
    expect(await dave.page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
    await dave.at('join').click();
    await dave.at('join-sent').waitFor();
    await dave.page.reload();
    await dave.at('join-sent').waitFor();
    const answer = { group_id: garden, user_id: account('dave').uid };
    const no = { ...answer, approval: false, reason: 'No cucumbers' };
    await callRest(server.url, 'groupApplyHandle', no, account('alice'));
    await dave.at('join-declined').filter({ hasText: 'No cucumbers' }).waitFor();
    await Promise.all([alice.page.getByText('dave wants to join Garden.').waitFor(), dave.at('join').click()]);
    await dave.at('join-sent').waitFor();
    await alice.conversation('Garden').getByTestId('conversation-requests').waitFor();
    await alice.at('nav-people').click();
    await alice.at('requests').click();
    await alice.at('applicants').filter({ hasText: 'To Garden' }).waitFor();
    await alice.shoot('requests-to-groups');
    await expectAccessible(alice.page);
    await Promise.all([dave.page.getByText('你已加入 Garden').waitFor(), alice.at('applicant-accept').click()]);
    await alice.at('applicants').waitFor({ state: 'detached' });
    await dave.at('join-open').click();
    await dave.at('chat-name').filter({ hasText: 'Garden' }).waitFor();
  });

  test('is made on the smallest phone too', async () => {
    await dave.open('/contacts');
    await dave.shoot('contacts-small-zh-dark');
    await expectAccessible(dave.page);
    await dave.at('new').click();
    await dave.at('new-group').waitFor();
    await dave.shoot('new-menu-small-zh-dark');
    await dave.at('new-group').click();
    await dave.at('pick').filter({ hasText: 'carol' }).click();
    await dave.at('chosen').waitFor();
    await dave.shoot('create-group-small-zh-dark');
    await expectAccessible(dave.page);
    expect(await dave.page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
    await dave.at('create-submit').click();
    await dave.at('chat-name').filter({ hasText: 'dave, carol' }).waitFor();
  });

  test('is looked for by what somebody types', async () => {
    await bob.open('/join');
    await bob.at('join-input').fill('https://elsewhere.example/join/7');
    await bob.at('join-find').click();
    await bob.page.getByText('neither a number nor a link').waitFor();
    await bob.at('join-input').fill(`${server.url}/join/${garden}`);
    await bob.at('join-find').click();
    await bob.at('join-in').waitFor();
  });
});

describe('a QR code', () => {
  test('is kept as a picture, and read from it by somebody else', async () => {
    await bob.open('/contacts/code');
    const download = bob.page.waitForEvent('download');
    await bob.shoot('my-code-phone');
    await expectAccessible(bob.page);
    await bob.at('qr-save').click();
    const code = await readFile(await (await download).path());
    await dave.open('/contacts');
    await chooseNew(dave, 'scan');
    await dave.at('scan-camera-failure').waitFor();
    await dave.shoot('scan-small-zh-dark');
    await expectAccessible(dave.page);
    await scanFile(dave, 'hills.png', landscape(320, 200, 10));
    await dave.at('scan-file-failure').filter({ hasText: '没有找到二维码' }).waitFor();
    await scanFile(dave, 'broken.png', Buffer.from('no picture'));
    await dave.at('scan-file-failure').filter({ hasText: '无法' }).waitFor();
    await scanFile(dave, 'bob.png', code);
    await dave.at('person-name').filter({ hasText: 'bob' }).waitFor();
    // It is said for some seconds only.
    await Promise.all([bob.page.getByText('dave wants to be your friend.').waitFor(), dave.at('apply').click()]);
    await dave.at('apply-sent').waitFor();
    await dave.shoot('person-small-zh-dark');
    await dave.open('/contacts/requests');
    await dave.at('sent').getByText('bob').waitFor();
    await dave.shoot('requests-small-zh-dark');
  });

  test('is read by the camera', async () => {
    const film = await filmOf(qrSvgPath(`${server.url}/join/${garden}`));
    const withCamera = await launchBrowser([
      '--use-fake-ui-for-media-stream',
      '--use-fake-device-for-media-stream',
      `--use-file-for-fake-video-capture=${film}`,
    ]);
    const carol = await Visitor.arrive(withCamera, server.url, 'carol', { viewport: { width: 390, height: 844 } });
    await carol.logIn(password);
    await carol.open('/contacts/scan');
    await carol.at('group-card').filter({ hasText: 'Garden' }).waitFor();
    await carol.at('join-in').waitFor();
    expect(carol.complaints).toEqual([]);
    await withCamera.close();
    await rm(film);
  });

  test('of something else is shown as what it says', async () => {
    await dave.open('/contacts/scan');
    await scanFile(dave, 'other.png', await codeOf('https://evil.example/join/1'));
    await expect.poll(() => dave.at('scan-text').inputValue()).toBe('https://evil.example/join/1');
    expect(new URL(dave.page.url()).pathname).toBe('/contacts/scan');
    await dave.shoot('scan-other-small-zh-dark');
    await expectAccessible(dave.page);
  });
});

test('all of it without a single error in the pages', () => {
  expect([...alice.complaints, ...bob.complaints, ...dave.complaints]).toEqual([]);
});
