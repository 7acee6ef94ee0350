import { callRest, registerUsers, SdkDevice, type SpawnedServer, spawnServer, type TestAccount } from '@flooim/testkit';
import type { Browser, Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectAccessible } from './axe.ts';
import { launchBrowser, Visitor } from './browser.ts';

let server: SpawnedServer;
let browser: Browser;
let alice: Visitor;
let her: TestAccount;
let bob: SdkDevice;
let carol: SdkDevice;
/** Bob's. */
let token = '';
/** What she is answered in the end was said long before. */
let firstMid = '';

type Said = { content: string; ext?: Record<string, unknown> };

/** Says it to alice; gives the mid. */
async function says({ im }: SdkDevice, { content, ext }: Said): Promise<string> {
  return (await im.sysManage.asyncSendRosterMessage({ uid: her.uid, content, ...(ext && { ext }) })).mid;
}

/** Without waiting for each. */
async function saysMany(device: SdkDevice, what: string, count: number): Promise<void> {
  for (let n = 2; n < count; n += 1) device.say(her.uid, `${what} ${n}`);
  await says(device, { content: `${what} ${count}` });
}

const inView = (one: Locator): Promise<boolean> =>
  one.evaluate((element) => {
    const { top, bottom } = element.getBoundingClientRect();
    const list = element.closest('[data-testid=messages]')?.getBoundingClientRect();
    return !!list && top >= list.top && bottom <= list.bottom;
  });

/** The first of what was unread stands below the divider, at the top of the list. */
async function expectAtDivider(text: string): Promise<void> {
  await alice.message(text).first().waitFor();
  await expect.poll(() => inView(alice.message(text).first())).toBe(true);
  await expect.poll(() => inView(alice.at('unread-divider'))).toBe(true);
}

async function choose(text: string, item: string): Promise<void> {
  await alice.message(text).first().getByText(text).first().click({ button: 'right' });
  await alice.at(item).click();
}

beforeAll(async () => {
  [server, browser] = await Promise.all([spawnServer(), launchBrowser()]);
  const [a, b, c] = await registerUsers(server.url, { friends: true });
  if (!a || !b || !c) throw new Error('three users are needed');
  [her, token] = [a, b.token];
  [bob, carol] = [b, c].map(({ name }) => new SdkDevice({ url: server.url, name: `${name}’s phone` })) as [
    SdkDevice,
    SdkDevice,
  ];
  await Promise.all([bob.login('bob', b.password), carol.login('carol', c.password)]);
  [firstMid] = await Promise.all([
    says(bob, { content: 'Where it began' }),
    says(carol, { content: 'Much has happened' }),
  ]);
  await Promise.all([saysMany(bob, 'Thought', 150), saysMany(carol, 'Event', 480)]);
  alice = await Visitor.arrive(browser, server.url, 'alice');
  await alice.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await alice.logIn(her.password);
});
afterAll(async () => {
  await Promise.all([bob?.im.dispose(), carol?.im.dispose()]);
  await browser?.close();
  await server?.close();
});

describe('the history of a conversation', () => {
  test('opens at the first of many unread messages, which was not loaded yet', async () => {
    await alice.conversation('bob').click();
    await expectAtDivider('Where it began');
    await alice.at('to-newest').waitFor();
    expect(await alice.at('to-unread').count()).toBe(0);
    await alice.shoot('message-many-unread');
    await expectAccessible(alice.page);
  });

  test('is read at its end, and the way back to what was new is offered', async () => {
    await alice.at('to-newest').click();
    await alice.message('Thought 150').waitFor();
    await alice.at('to-newest').waitFor({ state: 'detached' });
    await alice.conversation('bob').getByTestId('conversation-unread').waitFor({ state: 'detached' });
    await alice.at('to-unread').click();
    await expectAtDivider('Where it began');
  });

  test('of which more is unread than is loaded unasked leads to the first on request', async () => {
    await alice.conversation('carol').click();
    // The conversation before has one, too.
    await alice.at('chat-name').filter({ hasText: 'carol' }).waitFor();
    await alice.at('to-unread').click();
    await expectAtDivider('Much has happened');
  });

  test('says of which day it is while somebody scrolls, and not before', async () => {
    await alice.conversation('bob').click();
    await alice.message('Thought 150').waitFor();
    expect(await alice.at('day-pill').count()).toBe(0);
    await alice.at('messages').hover();
    const today = alice.at('day-pill').filter({ hasText: 'Today' });
    await Promise.all([today.waitFor(), alice.page.mouse.wheel(0, -600)]);
    await alice.at('day-pill').waitFor({ state: 'detached' });
  });

  test('is left at its end by who scrolls, also while rows change their size', async () => {
    const list = alice.at('messages');
    await list.press('End');
    await alice.at('to-newest').waitFor({ state: 'detached' });
    const changing = await alice.message('Thought 150').evaluateHandle((row: HTMLElement) => {
      let tall = false;
      return setInterval(() => {
        tall = !tall;
        row.style.paddingBottom = tall ? '40px' : '';
      }, 50);
    });
    const fromEnd = () => list.evaluate((box) => box.scrollHeight - box.clientHeight - box.scrollTop);
    // Who does nothing stays there, but for the moment until the change is seen.
    for (let look = 0; look < 5; look += 1) {
      await alice.page.waitForTimeout(70);
      expect(await fromEnd()).toBeLessThan(50);
    }
    await list.hover();
    await alice.page.mouse.wheel(0, -300);
    await alice.at('to-newest').waitFor();
    for (let look = 0; look < 5; look += 1) {
      await alice.page.waitForTimeout(70);
      expect(await fromEnd()).toBeGreaterThan(200);
    }
    await changing.evaluate((timer) => clearInterval(timer));
  });

  test('is gone back in to what an answer quotes, or it is said that it is not there', async () => {
    const quote = (mid: string, text: string) => ({ reply: { mid, from: String(bob.uid), type: 'text', text } });
    await says(bob, { content: 'You remember', ext: quote(firstMid, 'Where it began') });
    const anew = await Visitor.arrive(browser, server.url, 'alice', {
      viewport: { width: 390, height: 844 },
      locale: 'zh-CN',
    });
    await anew.logIn(her.password);
    await anew.conversation('bob').click();
    const answer = anew.message('You remember');
    await answer.waitFor();
    expect(await anew.page.getByText('Where it began').count()).toBe(1);
    const lit = anew.page.locator('.lit').filter({ hasText: 'Where it began' });
    await Promise.all([lit.waitFor(), answer.getByTestId('quote').click()]);
    await says(bob, { content: 'But this not', ext: quote('1', 'Never said') });
    await anew.at('to-newest').click();
    await anew.message('But this not').getByTestId('quote').click();
    await anew.at('toast').filter({ hasText: '这条消息已不存在。' }).waitFor();
    await anew.shoot('message-quote-gone-phone-zh');
    expect(anew.complaints).toEqual([]);
    await anew.page.context().close();
  });

  test('keeps the place of what was taken back while the conversation was not open', async () => {
    await alice.page.reload();
    await alice.conversation('carol').click();
    const mid = await says(bob, { content: 'Sent to the wrong one' });
    await alice.conversation('bob').filter({ hasText: 'Sent to the wrong one' }).waitFor();
    bob.im.rosterManage.recallMessage(her.uid, mid);
    await alice.conversation('bob').filter({ hasText: 'But this not' }).waitFor();
    await alice.conversation('bob').click();
    await alice.at('recalled').filter({ hasText: 'bob took back a message.' }).waitFor();
    expect(await alice.message('Sent to the wrong one').count()).toBe(0);
  });
});

describe('a message that could not be sent', () => {
  const bobs = (change: 'rosterBlock' | 'rosterUnblock') =>
    callRest(server.url, change, { user_id: her.uid }, { token });

  test('says why, and is copied, sent again or deleted', async () => {
    await bobs('rosterBlock');
    await alice.say('Can you hear me?');
    const message = alice.message('Can you hear me?');
    await message.getByTestId('message-failed').waitFor();
    await alice.conversation('bob').getByTestId('mark-failed').waitFor();
    await alice.shoot('message-failed');
    await expectAccessible(alice.page);
    await choose('Can you hear me?', 'menu-copy');
    await expect.poll(() => alice.page.evaluate(() => navigator.clipboard.readText())).toBe('Can you hear me?');
    await bobs('rosterUnblock');
    await message.getByTestId('message-resend').click();
    await alice.sees('Can you hear me?', 'sent');
    await bobs('rosterBlock');
    await alice.say('And this?');
    await alice.message('And this?').getByTestId('message-discard').click();
    await alice.message('And this?').waitFor({ state: 'detached' });
    await alice.say('Or that?');
    await alice.message('Or that?').getByTestId('message-failed').waitFor();
    await choose('Or that?', 'menu-discard');
    await alice.message('Or that?').waitFor({ state: 'detached' });
    await bobs('rosterUnblock');
  });
});

describe('several messages', () => {
  test('are forwarded one by one, as they are', async () => {
    await choose('You remember', 'menu-select');
    await alice.at('select-count').filter({ hasText: '1 selected' }).waitFor();
    await alice.page
      .locator('.row', { has: alice.message('But this not') })
      .getByTestId('select-tick')
      .click();
    await alice.at('select-count').filter({ hasText: '2 selected' }).waitFor();
    await alice.at('select-forward').click();
    await alice.at('recipient').filter({ hasText: 'carol' }).click();
    await alice.at('forward-each').check();
    await alice.at('forward-send').click();
    await alice.at('forward-dialog').waitFor({ state: 'detached' });
    const heard = () =>
      carol.im.rosterManage
        .getRosterMessageByRid(her.uid)
        .slice(-2)
        .map(({ content }) => content);
    await expect.poll(heard).toEqual(['You remember', 'But this not']);
  });

  test('without a single error in the page', () => {
    expect(alice.complaints).toEqual([]);
  });
});
