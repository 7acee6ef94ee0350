import { encodeMessageBody, MessageType, Namespace } from '@flooim/protocol';
import { callRest, RawClient, type SpawnedServer, spawnServer } from '@flooim/testkit';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser, Visitor } from './browser.ts';
import { landscape } from './png.ts';
import { choose, loaded, png } from './with-files.ts';

const password = 'correct-horse-1';

interface Account {
  uid: number;
  token: string;
}

let server: SpawnedServer;
let browser: Browser;
let alice: Visitor;
let bob: Visitor;
let owner: Account;
let member: Account;
let gid = 0;

async function accountOf(name: string): Promise<Account> {
  const { user_id: uid, token } = await callRest(server.url, 'tokenByName', { name, password });
  return { uid, token };
}

beforeAll(async () => {
  [server, browser] = await Promise.all([spawnServer(), launchBrowser()]);
  alice = await Visitor.arrive(browser, server.url, 'alice');
  bob = await Visitor.arrive(browser, server.url, 'bob', { viewport: { width: 390, height: 844 }, hasTouch: true });
  await Promise.all([alice.register(password), bob.register(password)]);
  [owner, member] = [await accountOf('alice'), await accountOf('bob')];
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
});

describe('a group', () => {
  test('appears with those who are in it, and says who made it', async () => {
    const group = { name: 'Design team', user_list: [member.uid] };
    ({ group_id: gid } = await callRest(server.url, 'groupCreate', group, owner));
    await alice.conversation('Design team').click();
    await alice.at('chat-note').filter({ hasText: '2 members' }).waitFor();
    await alice.at('group-notice').filter({ hasText: 'You created the group' }).waitFor();
    await alice.at('group-notice').filter({ hasText: 'bob joined the group' }).waitFor();
    await bob.conversation('Design team').waitFor();
  });

  test('shows who said what, and that somebody has read it', async () => {
    await callRest(server.url, 'groupReadAck', { group_id: gid, value: true }, owner);
    await alice.say('Good morning, everybody');
    await alice.sees('Good morning', 'sent');
    const row = bob.conversation('Design team');
    await row.filter({ hasText: 'alice: Good morning, everybody' }).waitFor();
    await row.getByTestId('conversation-unread').waitFor();
    await bob.shoot('group-list-phone');
    await row.click();
    await bob.message('Good morning').getByTestId('message-author').filter({ hasText: 'alice' }).waitFor();
    await alice.sees('Good morning', 'read');
    await bob.at('composer-input').fill('Morning! Shall we meet at ten?');
    await bob.at('send').click();
    await alice.message('Shall we meet').getByTestId('message-author').filter({ hasText: 'bob' }).waitFor();
  });

  test('takes files', async () => {
    await choose(alice, png('plan.png', landscape(320, 200, 140)));
    await alice.at('send').click();
    const picture = bob.at('message').locator('[data-testid=picture]').first();
    expect((await loaded(picture)).width).toBeGreaterThan(0);
  });

  test('marks where somebody was mentioned, and calls people as they wish', async () => {
    await bob.at('back').click();
    // In an open conversation it would be read at once.
    await bob.at('chat').waitFor({ state: 'detached' });
    await callRest(server.url, 'groupDisplayName', { group_id: gid, value: 'Ally' }, owner);
    const phone = await RawClient.login(server.url, { ...owner, guid: 'alice’s phone' });
    const config = JSON.stringify({ mentionList: [member.uid] });
    const payload = encodeMessageBody({ type: MessageType.GROUPCHAT, content: 'Ten is fine', config });
    phone.sync({ meta: { id: 1, to: { uid: gid }, ns: Namespace.MESSAGE, payload } });
    const row = bob.conversation('Design team').filter({ hasText: 'Ten is fine' });
    await row.getByTestId('conversation-mentioned').waitFor();
    phone.close();
    await bob.shoot('group-mentioned-phone');
    await row.click();
    await bob.message('Ten is fine').waitFor();
    await bob.at('message-author').filter({ hasText: 'Ally' }).first().waitFor();
  });

  test('is renamed before the eyes of all', async () => {
    await callRest(server.url, 'groupName', { group_id: gid, value: 'Design & research' }, owner);
    await bob.at('chat-name').filter({ hasText: 'Design & research' }).waitFor();
    await bob.at('group-notice').filter({ hasText: 'renamed the group to “Design & research”' }).waitFor();
    await alice.conversation('Design & research').waitFor();
    await alice.shoot('group-chat');
    await bob.shoot('group-chat-phone');
    await bob.page.emulateMedia({ colorScheme: 'dark' });
    await alice.page.emulateMedia({ colorScheme: 'dark' });
    await alice.shoot('group-chat-dark');
    await bob.shoot('group-chat-phone-dark');
  });

  test('is there again after a reload', async () => {
    await alice.page.reload();
    await alice.message('Good morning').waitFor();
    await alice.at('chat-name').filter({ hasText: 'Design & research' }).waitFor();
    await alice.at('chat-note').filter({ hasText: '2 members' }).waitFor();
    await alice.at('composer-input').waitFor();
  });

  test('fits the smallest phone, in Chinese, with long names', async () => {
    const small = { viewport: { width: 320, height: 568 }, hasTouch: true, locale: 'zh-CN' };
    const night = await Visitor.arrive(browser, server.url, 'bob', small);
    await night.logIn(password);
    const name = 'A very long name of a group that nobody would ever choose 设计组';
    await callRest(server.url, 'groupName', { group_id: gid, value: name }, owner);
    await callRest(server.url, 'groupDisplayName', { group_id: gid, value: 'A'.repeat(30) }, owner);
    await night.conversation('A very long').click();
    await night.at('group-notice').filter({ hasText: '将群名改为' }).last().waitFor();
    await night.at('chat-note').filter({ hasText: '2 位成员' }).waitFor();
    await night.at('message-author').filter({ hasText: 'AAAA' }).first().waitFor();
    await night.shoot('group-chat-small-zh');
    expect(await night.page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
    expect(night.complaints).toEqual([]);
    await callRest(server.url, 'groupDisplayName', { group_id: gid, value: 'Ally' }, owner);
    await night.page.context().close();
  });

  test('loses a message that is taken back, by its sender or by who owns the group', async () => {
    await alice.message('Ten is fine').getByText('Ten is fine').click({ button: 'right' });
    await alice.at('menu-recall').click();
    await bob.at('recalled').filter({ hasText: 'Ally' }).waitFor();
    expect(await bob.message('Ten is fine').count()).toBe(0);
    await alice.message('Shall we meet').getByText('Shall we meet').click({ button: 'right' });
    await alice.at('menu-recall').click();
    await bob.at('recalled').filter({ hasText: 'Your message was taken back' }).waitFor();
  });

  test('says clearly why nothing can be written, as long as it is so', async () => {
    const banned = { group_id: gid, user_list: [member.uid], duration: 10 };
    await callRest(server.url, 'groupBan', banned, owner);
    await bob.at('group-silence').filter({ hasText: 'muted in this group until' }).waitFor();
    await bob.shoot('group-muted-phone-dark');
    await callRest(server.url, 'groupUnban', { group_id: gid, user_list: [member.uid] }, owner);
    await bob.at('composer-input').waitFor();
    await callRest(server.url, 'groupBanAll', { group_id: gid, duration: -1 }, owner);
    await bob.at('group-silence').filter({ hasText: 'Only the owner and administrators' }).waitFor();
    await alice.at('group-notice').filter({ hasText: 'muted everybody' }).waitFor();
    await alice.at('composer-input').waitFor();
    await callRest(server.url, 'groupUnbanAll', { group_id: gid }, owner);
    await bob.at('composer-input').waitFor();
    await callRest(server.url, 'groupKick', { group_id: gid, user_list: [member.uid] }, owner);
    await bob.at('group-silence').filter({ hasText: 'not in this group any more' }).waitFor();
    await bob.message('Good morning').waitFor();
    await alice.at('group-notice').filter({ hasText: 'You removed bob' }).waitFor();
    await alice.at('chat-note').filter({ hasText: '1 member' }).waitFor();
    await callRest(server.url, 'groupInvite', { group_id: gid, user_list: [member.uid] }, owner);
    await bob.at('composer-input').waitFor();
    await callRest(server.url, 'groupBan', banned, owner);
    await bob.at('group-silence').filter({ hasText: 'muted in this group until' }).waitFor();
  });

  test('is gone when it was dissolved', async () => {
    await callRest(server.url, 'groupDestroy', { group_id: gid }, owner);
    await alice.at('group-silence').filter({ hasText: 'was dissolved' }).waitFor();
    await alice.at('conversations-empty').waitFor();
    await alice.shoot('group-dissolved');
  });

  test('without a single error in the pages', () => {
    expect([...alice.complaints, ...bob.complaints]).toEqual([]);
  });
});
