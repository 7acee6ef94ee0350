import { encodeMessageBody, MessageType, Namespace } from '@flooim/protocol';
import { callRest, RawClient, type SpawnedServer, spawnServer } from '@flooim/testkit';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser, Visitor } from './browser.ts';

const password = 'correct-horse-1';

let server: SpawnedServer;
let browser: Browser;
let alice: Visitor;
let bob: Visitor;

beforeAll(async () => {
  [server, browser] = await Promise.all([spawnServer(), launchBrowser()]);
  alice = await Visitor.arrive(browser, server.url, 'alice');
  bob = await Visitor.arrive(browser, server.url, 'bob');
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
});

describe('two people in two browsers', () => {
  test('register, with a hint for a weak password and a clear word for a taken name', async () => {
    await alice.register(password);
    await bob.open('/register');
    await bob.at('username').fill('alice');
    await bob.at('password').fill('short');
    await bob.at('submit').click();
    await bob.shoot('register-weak-password');
    await bob.at('password').fill(password);
    await bob.at('submit').click();
    await bob.page.getByText(/taken/i).first().waitFor();
    await bob.shoot('register-taken');
    await bob.register(password);
  });

  test('a wrong password is told apart from nothing', async () => {
    const stranger = await Visitor.arrive(browser, server.url, 'bob');
    await stranger.open('/login');
    await stranger.at('username').fill('bob');
    await stranger.at('password').fill('wrong-password-1');
    await stranger.at('submit').click();
    await stranger.at('form-error').waitFor();
    await stranger.shoot('login-refused');
    await stranger.page.context().close();
  });

  test('become friends by a request that is accepted', async () => {
    await bob.open('/settings/privacy');
    await bob.at('auth-mode').first().waitFor();
    await bob.at('auth-mode').getByText('People I accept', { exact: true }).click();
    await bob.at('verification-save').click();
    await bob.at('toast').first().waitFor();
    await alice.open('/contacts/add');
    await alice.at('search-input').fill('bob');
    await alice.at('search').click();
    await alice.at('apply-reason').fill('Alice from the office');
    await alice.at('apply').click();
    await alice.at('apply-sent').waitFor();
    await bob.at('nav-people-count').waitFor();
    await bob.at('nav-people').click();
    await bob.at('requests').click();
    await bob.at('request').filter({ hasText: 'Alice from the office' }).waitFor();
    await bob.shoot('friend-request');
    await bob.at('request-accept').click();
    await alice.open('/contacts');
    await alice.at('friend').filter({ hasText: 'bob' }).waitFor();
    await alice.shoot('contacts');
  });

  test('chat, see each other typing, and what became of each message', async () => {
    await alice.at('friend').filter({ hasText: 'bob' }).click();
    await alice.at('person-message').click();
    await alice.say('Hello Bob!');
    await alice.sees('Hello Bob!', 'delivered');
    await bob.open('/');
    await bob.conversation('alice').getByTestId('conversation-unread').waitFor();
    await expect.poll(() => bob.page.title()).toContain('1');
    await bob.shoot('unread');
    await bob.conversation('alice').click();
    await bob.message('Hello Bob!').waitFor();
    await alice.sees('Hello Bob!', 'read');
    await bob.at('composer-input').pressSequentially('Hi Al', { delay: 60 });
    await alice.page
      .getByText(/typing/i)
      .first()
      .waitFor();
    await alice.shoot('typing');
    await bob.say('Hi Alice, good to hear from you 👋');
    await alice.message('good to hear').waitFor();
    await alice.shoot('chat');
  });

  test('markup in a message stays text', async () => {
    await alice.say('<img src=x onerror="document.title=1"><b>bold</b> https://example.org/?a=1');
    const bubble = bob.message('<b>bold</b>');
    await bubble.waitFor();
    expect(await bubble.locator('img, b').count()).toBe(0);
    expect(await bubble.locator('a').getAttribute('href')).toBe('https://example.org/?a=1');
    expect(await bubble.locator('a').getAttribute('rel')).toContain('noopener');
  });

  test('read what comes while the message before it is being marked as read, and click on what stands there', async () => {
    const { user_id: uid, token } = await callRest(server.url, 'tokenByName', { name: 'alice', password });
    const script = await RawClient.login(server.url, { uid, token, guid: 'alice’s script' });
    const to = { uid: Number(await alice.at('chat').getAttribute('data-uid')) };
    let sent = 0;
    const write = (content: string) => {
      const payload = encodeMessageBody({ type: MessageType.CHAT, content });
      script.sync({ meta: { id: ++sent, to, ns: Namespace.MESSAGE, payload } });
    };
    const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
    for (let gapMs = 1; gapMs <= 30; gapMs++) {
      write(`One, ${gapMs} ms before`);
      await pause(gapMs);
      write(`the other after ${gapMs} ms`);
      await alice.sees(`the other after ${gapMs} ms`, 'read');
    }
    // The list follows what comes: what stands there can be clicked all the same.
    const isClickable = () =>
      bob.at('messages').evaluate((list) => {
        const { top, bottom } = list.getBoundingClientRect();
        const inMiddle = [...list.querySelectorAll('[data-testid=message]')].find((bubble) => {
          const box = bubble.getBoundingClientRect();
          return box.top > top && box.top < (top + bottom) / 2;
        });
        const { left, top: y, width, height } = (inMiddle as Element).getBoundingClientRect();
        return inMiddle?.contains(document.elementFromPoint(left + width / 2, y + height / 2));
      });
    for (let i = 0; i < 20; i++) {
      write(`One of many, ${i}`);
      await pause(50);
      expect(await isClickable()).toBe(true);
    }
    script.close();
  });

  test('recall a message for both', async () => {
    await alice.say('Oops, wrong window');
    await bob.message('Oops').waitFor();
    await alice.sees('Oops', 'read');
    await alice.message('Oops').getByText('Oops').click({ button: 'right' });
    await alice.at('menu-recall').click();
    await alice.at('recalled').waitFor();
    await bob.at('recalled').waitFor();
    expect(await bob.message('Oops').count()).toBe(0);
    await bob.shoot('recalled');
  });

  test('read on upwards through older messages, keeping their place', async () => {
    const grant = await callRest(server.url, 'tokenByName', { name: 'alice', password });
    const phone = await RawClient.login(server.url, { uid: grant.user_id, token: grant.token, guid: 'alice’s phone' });
    const bobId = Number(await alice.at('chat').getAttribute('data-uid')) || Number(alice.page.url().split('/c/')[1]);
    for (let i = 1; i <= 160; i++) {
      const payload = encodeMessageBody({ type: MessageType.CHAT, content: `Line ${i} of a long talk` });
      phone.sync({ meta: { id: i, to: { uid: bobId }, ns: Namespace.MESSAGE, payload } });
    }
    await bob.message('Line 160 of').waitFor();
    phone.close();
    const fresh = await Visitor.arrive(browser, server.url, 'bob', {
      viewport: { width: 390, height: 844 },
      hasTouch: true,
    });
    await fresh.logIn(password);
    await fresh.shoot('phone-list');
    await fresh.conversation('alice').click();
    await fresh.message('Line 160 of').waitFor();
    await fresh.shoot('phone-chat');
    await expect
      .poll(
        async () => {
          await fresh.at('messages').evaluate((list) => {
            const scrollers = [list, ...list.querySelectorAll('*')].filter((e) => e.scrollHeight > e.clientHeight + 50);
            for (const scroller of scrollers) scroller.scrollTop = 0;
          });
          return fresh.message('Hello Bob!').count();
        },
        { timeout: 30_000, interval: 200 },
      )
      .toBe(1);
    await fresh.shoot('phone-history');
    expect(fresh.complaints).toEqual([]);
    await fresh.page.context().close();
  });

  test('lose the server to kill -9 in mid-sentence, and find everything again', async () => {
    await server.kill9();
    await alice.at('connection-banner').waitFor();
    await alice.say('Said while the server was down');
    await alice.sees('Said while', 'sending');
    await alice.shoot('offline');
    await server.restart();
    await alice.at('connection-banner').waitFor({ state: 'detached', timeout: 45_000 });
    await alice.sees('Said while', 'read');
    await bob.message('Said while').waitFor({ timeout: 45_000 });
    for (const visitor of [alice, bob]) {
      await visitor.page.reload();
      await visitor.message('Said while').waitFor();
      await expect.poll(() => visitor.message('Line 160 of').count()).toBe(1);
      expect(await visitor.message('Said while').count()).toBe(1);
    }
  });

  test('a message waiting in the outbox survives a reload of the page', async () => {
    await server.kill9();
    await alice.at('connection-banner').waitFor();
    await alice.say('Written, then reloaded');
    await alice.sees('Written, then', 'sending');
    await server.restart();
    await alice.page.reload();
    await bob.message('Written, then').waitFor({ timeout: 45_000 });
    await alice.sees('Written, then', 'read');
    expect(await alice.message('Written, then').count()).toBe(1);
  });

  test('in the dark, and in Chinese', async () => {
    const night = await Visitor.arrive(browser, server.url, 'alice', { colorScheme: 'dark', locale: 'zh-CN' });
    await night.open('/login');
    await night.shoot('login-zh-dark');
    await night.logIn(password);
    await night.conversation('bob').click();
    await night.message('Written, then').waitFor();
    await night.shoot('chat-zh-dark');
    expect(night.complaints).toEqual([]);
    await night.page.context().close();
  });

  test('sign out, and nothing is left to see', async () => {
    await bob.open('/settings');
    await bob.at('sign-out').click();
    await bob.at('confirm-yes').click();
    await bob.at('login-form').waitFor();
    await bob.open('/');
    await bob.at('login-form').waitFor();
  });

  test('without a single error in the pages', () => {
    expect([...alice.complaints, ...bob.complaints]).toEqual([]);
  });
});
