import { callRest, type SpawnedServer, spawnServer } from '@flooim/testkit';
import type { Browser, Locator } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser, Visitor } from './browser.ts';
import { type Site, startOldAppSite } from './old-app-site.ts';
import { landscape } from './png.ts';
import { choose, loaded, png } from './with-files.ts';

const password = 'correct-horse-1';

let server: SpawnedServer;
let browser: Browser;
let site: Site;
/** In the application of years ago. */
let alice: Visitor;
/** The same user, in the web app of today. */
let aliceToday: Visitor;
/** Hers too: the application of years ago, on another machine. */
let phone: Visitor;
let olderTab: Visitor;
let bob: Visitor;
/** Those in the application of years ago: how often each connected, and logged in with a password. */
const counts = new Map<Visitor, { connections: number; logins: number }>();

async function bobsRoster(change: 'rosterApply' | 'rosterBlock' | 'rosterUnblock'): Promise<void> {
  const [her, him] = await Promise.all([
    callRest(server.url, 'tokenByName', { name: 'alice', password }),
    callRest(server.url, 'tokenByName', { name: 'bob', password }),
  ]);
  await callRest(server.url, change, { user_id: her.user_id }, { token: him.token });
}

/** The page of the application, on its own site, told where the server is. */
async function openOldApp(visitor: Visitor): Promise<Visitor> {
  await visitor.open(`/?server=${server.url}`);
  return visitor;
}

function watch(visitor: Visitor): Visitor {
  const count = { connections: 0, logins: 0 };
  counts.set(visitor, count);
  visitor.page.on('websocket', () => count.connections++);
  visitor.page.on('request', (request) => {
    if (request.method() === 'POST' && request.url().includes('/token/')) count.logins++;
  });
  visitor.page.on('response', (response) => {
    if (response.status() >= 400) visitor.complaints.push(`${response.status()} ${response.url()}`);
  });
  return visitor;
}

async function signIn(visitor: Visitor, word: string): Promise<void> {
  await visitor.at('username').fill('alice');
  await visitor.at('password').fill(word);
  await visitor.at('submit').click();
}

async function is(visitor: Visitor, state: string): Promise<void> {
  await visitor.at('state').getByText(state, { exact: true }).waitFor();
}

async function openChat(visitor: Visitor, other: string): Promise<void> {
  await visitor.at('friend').filter({ hasText: other }).getByRole('button').click();
}

const unread = (visitor: Visitor, other: string): Locator =>
  visitor.conversation(other).getByTestId('conversation-unread').filter({ hasText: /\d/ });
const picture = (visitor: Visitor, name: string): Locator => visitor.at('messages').locator(`img[alt*="${name}"]`);
const gone = (what: Locator): Promise<void> => what.waitFor({ state: 'detached' });

beforeAll(async () => {
  [server, browser, site] = await Promise.all([spawnServer(), launchBrowser(), startOldAppSite()]);
  aliceToday = await Visitor.arrive(browser, server.url, 'alice');
  bob = await Visitor.arrive(browser, server.url, 'bob');
  await Promise.all([aliceToday.register(password), bob.register(password)]);
  await bobsRoster('rosterApply');
  alice = await openOldApp(watch(await Visitor.arrive(browser, site.url, 'alice')));
});
afterAll(async () => {
  site?.close();
  await browser?.close();
  await server?.close();
});

/** Where a client of those years would have thrown; a reload forgets them. */
afterEach(async () => {
  for (const each of counts.keys()) expect(await each.at('fault').allTextContents()).toEqual([]);
});

describe('an application of years ago, beside the web app of today', () => {
  test('a wrong password is told, the right one signs in', async () => {
    await signIn(alice, 'wrong-password-1');
    await alice.at('notice').filter({ hasText: 'Operation rejected' }).waitFor();
    await signIn(alice, password);
    await is(alice, 'connected');
    await alice.shoot('old-app-signed-in');
  });

  test('what it says comes everywhere, and every device learns how far it has come', async () => {
    await openChat(alice, 'bob');
    await alice.say('Hello from the past');
    await alice.sees('Hello from', 'delivered');
    await aliceToday.conversation('bob').click();
    await aliceToday.sees('Hello from', 'delivered');
    await bob.conversation('alice').click();
    await bob.message('Hello from').waitFor();
    await Promise.all([alice.sees('Hello from', 'read'), aliceToday.sees('Hello from', 'read')]);
  });

  test('it hears what others say, and tells that it is read', async () => {
    await bob.at('composer-input').pressSequentially('Hi Al', { delay: 30 });
    await alice.at('typing').getByText('typing').waitFor();
    await alice.shoot('old-app-typing');
    await aliceToday.open('/contacts');
    await bob.say('Hi Alice, still on that one?');
    await alice.message('still on that').waitFor();
    await bob.sees('still on that', 'read');
    await alice.at('composer-input').pressSequentially('Yes', { delay: 30 });
    await bob
      .at('chat-note')
      .filter({ hasText: /typing/i })
      .waitFor();
    await alice.at('composer-input').fill('');
  });

  test('what the same person says in the web app is there too', async () => {
    await aliceToday.open('/');
    await aliceToday.conversation('bob').click();
    await aliceToday.say('Now from the new one');
    await alice.message('Now from the new one').waitFor();
    await Promise.all([alice.sees('Now from', 'read'), aliceToday.sees('Now from', 'read')]);
    await alice.shoot('old-app-chat');
  });

  test('a picture goes each way', async () => {
    await alice.at('file-input').setInputFiles(png('past.png', landscape(1200, 800, 0.1)));
    await loaded(picture(bob, 'past.png'));
    await loaded(picture(aliceToday, 'past.png'));
    await choose(bob, png('today.png', landscape(1200, 800, 0.6)));
    await bob.page.keyboard.press('Enter');
    const { width } = await loaded(picture(alice, 'today.png'));
    // It asked for the small one.
    expect(width).toBeLessThan(1200);
    await loaded(picture(alice, 'past.png'));
    await alice.shoot('old-app-pictures');
    await bob.shoot('old-app-pictures-at-bob');
  });

  test('what is recalled is gone on all, whoever recalls it', async () => {
    await alice.say('Oops, from the past');
    await bob.message('Oops, from').waitFor();
    await alice.sees('Oops, from', 'read');
    await alice.message('Oops, from').getByTestId('recall').click();
    await Promise.all([alice, aliceToday, bob].map((each) => gone(each.message('Oops, from'))));
    await bob.say('Oops, from bob');
    await alice.message('Oops, from bob').waitFor();
    await bob.message('Oops, from bob').getByText('Oops').click({ button: 'right' });
    await bob.at('menu-recall').click();
    await Promise.all([alice, aliceToday, bob].map((each) => gone(each.message('Oops, from bob'))));
  });

  test('after a reload it is signed in by itself, with its chats and their history', async () => {
    const before = counts.get(alice)?.logins;
    const self = await alice.at('self').textContent();
    await alice.page.reload();
    await is(alice, 'connected');
    expect(counts.get(alice)?.logins).toBe(before);
    expect(await alice.at('self').textContent()).toBe(self);
    await openChat(alice, 'bob');
    for (const text of ['Hello from', 'Now from']) await alice.sees(text, 'read');
    await loaded(picture(alice, 'today.png'));
    await expect.poll(() => alice.at('message').count()).toBe(5);
    expect(await alice.message('Oops').count()).toBe(0);
    await alice.shoot('old-app-after-reload');
  });

  test('what is read on one is read on the other', async () => {
    await Promise.all([alice.page.reload(), aliceToday.open('/')]);
    await is(alice, 'connected');
    await bob.say('Who reads this first?');
    await Promise.all([unread(alice, 'bob').waitFor(), unread(aliceToday, 'bob').waitFor()]);
    await alice.shoot('old-app-unread');
    await aliceToday.conversation('bob').click();
    await gone(unread(alice, 'bob'));
    await aliceToday.open('/');
    await bob.say('And this?');
    await Promise.all([unread(alice, 'bob').waitFor(), unread(aliceToday, 'bob').waitFor()]);
    await openChat(alice, 'bob');
    await gone(unread(aliceToday, 'bob'));
    await bob.sees('And this?', 'read');
  });

  test('what happened while it was closed is there when it is opened', async () => {
    await Promise.all([alice.page.goto('about:blank'), aliceToday.open('/')]);
    for (const text of ['Missed one', 'Missed two', 'Missed three']) await bob.say(text);
    await bob.sees('Missed three', 'delivered');
    await bob.message('Missed two').getByText('Missed').click({ button: 'right' });
    await bob.at('menu-recall').click();
    await gone(bob.message('Missed two'));
    await openOldApp(alice);
    await unread(alice, 'bob').getByText('(2)').waitFor();
    await alice.page.goto('about:blank');
    await aliceToday.conversation('bob').click();
    await bob.sees('Missed three', 'read');
    await openOldApp(alice);
    await is(alice, 'connected');
    await openChat(alice, 'bob');
    await alice.message('Missed three').waitFor();
    await expect.poll(() => alice.message('Missed one').count()).toBe(1);
    expect(await alice.message('Missed two').count()).toBe(0);
    await gone(unread(alice, 'bob'));
  });

  test('a chat that is deleted everywhere is gone on both, and begins again with the next message', async () => {
    await alice.at('forget').click();
    await Promise.all([alice, aliceToday].map((each) => gone(each.conversation('bob'))));
    await bob.say('Are you still there?');
    await Promise.all([alice, aliceToday].map((each) => each.conversation('bob').waitFor()));
    await alice.at('older').click();
    await aliceToday.conversation('bob').click();
    await Promise.all([alice, aliceToday].map((each) => each.message('still there').waitFor()));
    for (const each of [alice, aliceToday]) expect(await each.at('message').count()).toBe(1);
    await aliceToday.at('chat-more').click();
    await aliceToday.at('menu-delete-everywhere').click();
    await aliceToday.at('confirm-yes').click();
    await Promise.all([alice, aliceToday].map((each) => gone(each.conversation('bob'))));
    expect(await bob.message('still there').count()).toBe(1);
  });

  test('a message to somebody who refuses it says so, and goes nowhere', async () => {
    await bobsRoster('rosterBlock');
    await alice.say('Let me in');
    await alice.message('Let me in').getByTestId('mark-failed').getByText('you have been blocked').waitFor();
    await bobsRoster('rosterUnblock');
    await alice.shoot('old-app-refused');
    await alice.say('Thank you');
    await alice.sees('Thank you', 'read');
    expect(await bob.message('Let me in').count()).toBe(0);
    expect(await aliceToday.message('Let me in').count()).toBe(0);
  });

  test('who is signed out in the list of devices is told so', async () => {
    phone = await openOldApp(watch(await Visitor.arrive(browser, site.url, 'alice')));
    await signIn(phone, password);
    await is(phone, 'connected');
    await openChat(phone, 'bob');
    await alice.say('Between my own devices');
    await Promise.all([alice, phone].map((each) => each.sees('Between my own', 'read')));
    await phone.at('show-devices').click();
    const sn = /device (\d+)/.exec((await alice.at('self').textContent()) ?? '')?.[1];
    const device = phone.page.locator(`[data-testid=device][data-sn="${sn}"]`);
    await device.waitFor();
    await phone.shoot('old-app-devices');
    await device.getByRole('button').click();
    await is(alice, 'signed out');
    await alice.at('notice').filter({ hasText: 'KICKED_BY_OTHER_DEVICE' }).waitFor();
    await alice.shoot('old-app-kicked');
    await is(phone, 'connected');
    expect(await aliceToday.at('connection-banner').count()).toBe(0);
  });

  test('of two tabs with the same device the older one ends', async () => {
    olderTab = phone;
    phone = await openOldApp(watch(await olderTab.openTab()));
    await is(phone, 'connected');
    await is(olderTab, 'ended');
    await olderTab.at('notice').filter({ hasText: 'another tab' }).waitFor();
    await olderTab.shoot('old-app-other-tab');
    expect(await phone.at('self').textContent()).toBe(await olderTab.at('self').textContent());
  });

  test('it survives a kill -9 of the server, and is back by itself', async () => {
    await openChat(phone, 'bob');
    await server.kill9();
    await is(phone, 'offline');
    await phone.say('Said to nobody');
    await phone.message('Said to nobody').getByTestId('mark-failed').waitFor();
    await phone.shoot('old-app-offline');
    await server.restart();
    await is(phone, 'connected');
    await bob.at('connection-banner').waitFor({ state: 'detached', timeout: 45_000 });
    await phone.say('Back again');
    await phone.sees('Back again', 'read');
    await bob.say('Welcome back');
    await phone.message('Welcome back').waitFor();
    await expect.poll(() => phone.message('Back again').count()).toBe(1);
    await expect.poll(() => bob.message('Back again').count()).toBe(1);
  });

  test('who was told to go did not come back, the one not even after a reload', async () => {
    await is(olderTab, 'ended');
    await is(alice, 'signed out');
    await alice.page.reload();
    await alice.at('login-form').waitFor();
    await is(alice, 'signed out');
    // When it signed in, and when it was opened again.
    expect(counts.get(alice)?.connections).toBe(5);
    expect(counts.get(olderTab)?.connections).toBe(1);
  });

  test('without a single error in the pages', () => {
    const everybody = [...counts.keys(), aliceToday, bob];
    expect(everybody.flatMap(({ complaints }) => complaints)).toEqual([]);
  });
});
