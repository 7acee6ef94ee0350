import { callRest, SdkDevice, type SpawnedServer, spawnServer } from '@flooim/testkit';
import type { Browser, Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectAccessible } from './axe.ts';
import { launchBrowser, Visitor } from './browser.ts';

const password = 'correct-horse-1';
const at = new Date().setHours(12) - 86_400_000;
const items = [
  { name: 'dora', at, type: 'text', text: 'Did you see https://example.org/tea?' },
  { name: 'eve', at: at + 60_000, type: 'image', text: '' },
  { name: 'eve', at: at + 90_000, type: 'text', text: 'That one!' },
  { name: 'dora', at: at + 3_600_000, type: 'file', text: 'list.pdf' },
];
const forwarded = { title: 'Dora & Eve', items };

const plan = `## The plan

Two things **first**, @alice, then [the page](https://example.org/plan):

- [x] buy \`tea\`
- [ ] write to @carol
   1. shortly

> quietly
> and *slowly*

\`\`\`ts
// One for each of us.
export function cups(people: number): string {
  return \`\${people * 2} cups, and nothing else that would make this line longer than a phone is wide\`;
}
\`\`\`

| what | how many | for whom, and when it has to be there |
|:-----|---------:|---------|
| tea | 12 | everybody |
| cake | ~~3~~ 4 | those who come late |

<b onclick="alert(1)">no markup</b> and [no trick](javascript:alert(1))

That is all.`;

let server: SpawnedServer;
let browser: Browser;
let alice: Visitor;
let bob: SdkDevice;
/** Alice's other device, whose messages are her own. */
let laptop: SdkDevice;
let carol: { uid: number; token: string };
let gid = 0;
let aliceUid = 0;

type Said = Parameters<SdkDevice['im']['sysManage']['asyncSendGroupMessage']>[0];
type Extras = Omit<Said, 'gid' | 'content'>;

async function bobSays(content: string, extras: Extras = {}): Promise<string> {
  return (await bob.im.sysManage.asyncSendGroupMessage({ gid, content, ...extras })).mid;
}

const inView = (one: Locator): Promise<boolean> =>
  one.evaluate((element) => {
    const list = element.closest('[data-testid=messages]');
    return !!list && element.getBoundingClientRect().bottom <= list.getBoundingClientRect().bottom;
  });
const copied = (): Promise<string> => alice.page.evaluate(() => navigator.clipboard.readText());
const bubble = (mid: string): Locator => alice.page.locator(`[data-mid="${mid}"]`);
/** These come and go by their clocks: caught while they fade they are faint. */
const passing = { exclude: ['[data-testid=day-pill]', '[data-testid=toast]'] };
const markdown = { format: 'markdown' };

beforeAll(async () => {
  [server, browser] = await Promise.all([spawnServer(), launchBrowser()]);
  const names = ['alice', 'bob', 'carol'];
  for (const username of names) await callRest(server.url, 'userRegister', { username, password });
  const [a, b, c] = await Promise.all(names.map((name) => callRest(server.url, 'tokenByName', { name, password })));
  if (!a || !b || !c) throw new Error('three users are needed');
  aliceUid = a.user_id;
  carol = { uid: c.user_id, token: c.token };
  const group = { name: 'Tea party', user_list: [aliceUid, carol.uid] };
  ({ group_id: gid } = await callRest(server.url, 'groupCreate', group, { uid: b.user_id, token: b.token }));
  bob = new SdkDevice({ url: server.url, name: 'bob’s laptop' });
  laptop = new SdkDevice({ url: server.url, name: 'alice’s laptop' });
  [alice] = await Promise.all([
    Visitor.arrive(browser, server.url, 'alice'),
    bob.login('bob', password),
    laptop.login('alice', password),
  ]);
  await alice.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await alice.logIn(password);
  await alice.conversation('Tea party').click();
  await alice.at('composer-input').waitFor();
});
afterAll(async () => {
  await Promise.all([bob?.im.dispose(), laptop?.im.dispose()]);
  await browser?.close();
  await server?.close();
});

describe('a message', () => {
  test('in markdown has lists, tables and code, and names that lead to people', async () => {
    const mid = await bobSays(plan, { ext: markdown, config: { mentionList: [aliceUid, carol.uid] } });
    const shown = bubble(mid);
    await shown.locator('.hljs-keyword').first().waitFor();
    expect(await shown.locator('h4').textContent()).toBe('The plan');
    expect(
      await shown
        .locator('input[type=checkbox]')
        .evaluateAll((boxes) => boxes.map((one) => (one as HTMLInputElement).checked)),
    ).toEqual([true, false]);
    expect(await shown.locator('td').allTextContents()).toEqual([
      'tea',
      '12',
      'everybody',
      'cake',
      '3 4',
      'those who come late',
    ]);
    await shown.getByText('<b onclick="alert(1)">no markup</b> and [no trick](javascript:alert(1))').waitFor();
    const link = shown.getByRole('link', { name: 'the page' });
    expect(await link.getAttribute('rel')).toBe('noopener noreferrer nofollow');
    expect(await shown.getByTestId('mention').allTextContents()).toEqual(['@alice', '@carol']);
    await shown.getByTestId('copy-code').click();
    await expect.poll(copied).toContain('export function cups');
    await alice.at('conversation-text').filter({ hasText: 'bob: The plan Two things first, @alice' }).waitFor();
    await alice.shoot('markdown');
    await expectAccessible(alice.page, passing);
    await shown.getByRole('link', { name: '@carol' }).click();
    await alice.page.waitForURL(`**/contacts/${carol.uid}`);
    await alice.page.goBack();
    await bubble(mid).getByTestId('message-face').waitFor();
    await bubble(mid).getByTestId('message-author').getByRole('link').click();
    await alice.page.waitForURL(`**/contacts/${bob.uid}`);
    await alice.page.goBack();
  });

  test('names people where other clients write their numbers', async () => {
    const mid = await bobSays(`@{${aliceUid}}, is {${carol.uid}} there? {77}`, {
      config: { mentionList: [aliceUid, carol.uid] },
    });
    await bubble(mid).getByText('@alice, is carol there? {77}').waitFor();
    await alice.at('conversation-text').filter({ hasText: '@alice, is carol there?' }).waitFor();
    const all = await bobSays('@所有人 tea is ready', { config: { mentionAll: true } });
    await bubble(all).getByTestId('mention').filter({ hasText: '@所有人' }).waitFor();
  });

  test('grows as a program writes it, while the newest words stay in view', async () => {
    const mid = await bobSays('Let me', { ext: { ...markdown, ai: { stream: true } } });
    const shown = bubble(mid);
    await shown.getByTestId('writing').waitFor();
    expect(await shown.getAttribute('aria-busy')).toBe('true');
    const append = (content: string, ext?: Record<string, unknown>) =>
      bob.im.sysManage.asyncAppendMessageContent({ gid, mid, content, ...(ext && { ext }) });
    await append(' count:\n\n```js\n');
    for (let n = 1; n <= 12; n++) await append(`const cup${n} = ${n};\n`);
    await shown.getByText('const cup12 = 12;').waitFor();
    await shown.locator('.hljs-number').first().waitFor();
    await shown.getByTestId('writing').waitFor();
    await alice.shoot('message-growing');
    await append('```\n\nThat makes *twelve*.', { ai: { finish: true } });
    await shown.getByText('That makes twelve.').waitFor();
    await shown.getByTestId('writing').waitFor({ state: 'detached' });
    await expect.poll(() => shown.getAttribute('aria-busy')).toBeNull();
    expect(await shown.getByTestId('edited').count()).toBe(0);
    const belowView = () =>
      shown.evaluate((element) => {
        const list = element.closest('[data-testid=messages]') as HTMLElement;
        return element.getBoundingClientRect().bottom - list.getBoundingClientRect().bottom;
      });
    await expect.poll(belowView).toBeLessThanOrEqual(0);
    await expect.poll(() => alice.at('to-newest').count()).toBe(0);
    await alice.at('conversation-text').filter({ hasText: 'Let me count' }).waitFor();
  });

  test('says that it was changed, and when', async () => {
    const mid = await bobSays('At ten');
    await bubble(mid).getByText('At ten').waitFor();
    await bob.im.sysManage.asyncReplaceMessage({ gid, mid, content: 'At eleven' });
    await bubble(mid).getByText('At eleven').waitFor();
    expect(await bubble(mid).getByTestId('edited').getAttribute('title')).toMatch(/^Edited .*\d{4}/);
  });

  test('that answers another leads to it', async () => {
    const first = await bobSays('Which **cake** shall it be?', { ext: markdown });
    const reply = { mid: first, from: String(bob.uid), type: 'text', text: 'Which **cake** shall it be?' };
    const answer = await bobSays('The lemon one', { ext: { reply } });
    const quote = bubble(answer).getByTestId('quote');
    await quote.filter({ hasText: 'Which cake shall it be?' }).waitFor();
    await quote.filter({ hasText: 'bob' }).waitFor();
    const picture = { mid: first, from: String(aliceUid), type: 'image', text: '' };
    const second = await bobSays('Lovely', { ext: { reply: picture } });
    await bubble(second).getByTestId('quote').filter({ hasText: 'You' }).filter({ hasText: 'Picture' }).waitFor();
    await alice.at('conversation-text').filter({ hasText: 'bob: Lovely' }).waitFor();
    await Promise.all([alice.page.locator('.lit').waitFor(), quote.click()]);
  });

  test('tells of a place without asking another server', async () => {
    const attachment = { lat: 30.24308, lon: 120.15009, addr: 'West Lake, Hangzhou 西湖' };
    const mid = await bobSays('', { type: 'location', attachment });
    const shown = bubble(mid);
    await shown.getByTestId('place-name').filter({ hasText: '西湖' }).waitFor();
    expect(await shown.getByTestId('place-map').getAttribute('href')).toBe(
      'https://www.openstreetmap.org/?mlat=30.243080&mlon=120.150090#map=16/30.243080/120.150090',
    );
    await shown.getByTestId('place-copy').click();
    await expect.poll(copied).toBe('30.24308, 120.15009');
    await alice.at('conversation-text').filter({ hasText: '[Location] West Lake' }).waitFor();
  });

  test('carries others that were said elsewhere', async () => {
    const mid = await bobSays('Messages from Dora & Eve', { type: 'forward', ext: { forwarded } });
    const card = bubble(mid).getByTestId('forwarded');
    await card.filter({ hasText: '4 messages' }).filter({ hasText: 'Did you see' }).waitFor();
    await alice.at('conversation-text').filter({ hasText: '[Forwarded messages] Dora & Eve' }).waitFor();
    await alice.shoot('place-and-record');
    await card.click();
    const dialog = alice.at('forwarded-dialog');
    await dialog.getByText('[File] list.pdf').waitFor();
    expect(await dialog.getByTestId('forwarded-item').count()).toBe(4);
    await dialog.getByRole('link', { name: 'https://example.org/tea' }).waitFor();
    await alice.shoot('forwarded-record');
    await expectAccessible(alice.page, passing);
    await alice.page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    const plain = await bobSays('Said somewhere, without a record', { type: 'forward' });
    await bubble(plain).getByText('Said somewhere, without a record').waitFor();
  });

  test('is large where it is a face, folded where it is long, and written from the right where its words are', async () => {
    const face = await bobSays('🎉 👩‍🍳');
    const size = await bubble(face)
      .locator('.message-text')
      .evaluate((text) => Number.parseFloat(getComputedStyle(text).fontSize));
    expect(size).toBeGreaterThan(30);
    const right = await bobSays('שלום, מה שלומך?');
    expect(
      await bubble(right)
        .locator('.message-text')
        .evaluate((text) => getComputedStyle(text).direction),
    ).toBe('rtl');
    const wide = await bobSays('W'.repeat(400));
    expect(await bubble(wide).evaluate((element) => element.scrollWidth - element.clientWidth)).toBe(0);
    const long = await bobSays(Array.from({ length: 60 }, (_, i) => `Line ${i + 1}`).join('\n'));
    const text = bubble(long).getByTestId('long-text');
    const height = () => text.evaluate((element) => element.clientHeight);
    await bubble(long).getByTestId('fold').waitFor();
    // The list has come to its end.
    await expect.poll(() => inView(bubble(long).getByTestId('fold'))).toBe(true);
    const folded = await height();
    await alice.shoot('long-text');
    const top = () => text.evaluate((element) => Math.round(element.getBoundingClientRect().top));
    // Before it clicks, the browser's driver may scroll the button to where nothing is before it.
    await bubble(long).getByTestId('fold').hover();
    // What is above it may still be measured.
    let before: number;
    do {
      before = await top();
      await alice.page.waitForTimeout(200);
    } while (before !== (await top()));
    await bubble(long).getByTestId('fold').click();
    await expect.poll(height).toBeGreaterThan(folded * 2);
    // The page has drawn it: the list did not run to the end of what was unfolded.
    await alice.at('to-newest').waitFor();
    await expect.poll(async () => Math.abs((await top()) - before)).toBeLessThan(3);
    await bubble(long).getByTestId('fold').click();
    await expect.poll(height).toBe(folded);
  });

  test('of her own is as easy to read', async () => {
    const says = async (content: string, extras: Extras) =>
      (await laptop.im.sysManage.asyncSendGroupMessage({ gid, content, ...extras })).mid;
    const code =
      'So:\n\n```py\n# twice\nprint("tea", 2 * 3)\n```\n\n| a | b |\n|---|---|\n| `x` | y |\n\n@carol, [see](https://example.org)';
    const config = { mentionList: [carol.uid] };
    const reply = { mid: '1', from: String(bob.uid), type: 'file', text: '[File] list.pdf' };
    const first = await says(code, { ext: { ...markdown, reply }, config });
    await says('', { type: 'location', attachment: { lat: -33.86, lon: 151.21, addr: 'Sydney' } });
    await says('👍', {});
    await bubble(first).locator('.hljs-number').first().waitFor();
    await bubble(first).getByTestId('quote').filter({ hasText: 'list.pdf' }).waitFor();
    await alice.at('place').last().waitFor();
    await alice.shoot('message-kinds-own');
    await expectAccessible(alice.page, passing);
    await alice.page.emulateMedia({ colorScheme: 'dark' });
    await alice.shoot('message-kinds-own-dark');
    await expectAccessible(alice.page, passing);
  });

  test('reads as well on a phone, at night, in Chinese', async () => {
    const record = await bobSays('Messages from Dora & Eve', { type: 'forward', ext: { forwarded } });
    const options = {
      viewport: { width: 390, height: 844 },
      hasTouch: true,
      locale: 'zh-CN',
      colorScheme: 'dark',
    } as const;
    const phone = await Visitor.arrive(browser, server.url, 'alice', options);
    await phone.logIn(password);
    await phone.conversation('Tea party').click();
    await phone.page.locator(`[data-mid="${record}"]`).getByText('4 条消息').waitFor();
    await phone.at('place').last().waitFor();
    await phone.shoot('message-kinds-phone-dark');
    await expectAccessible(phone.page, passing);
    await phone.page.setViewportSize({ width: 320, height: 640 });
    const scroller = phone.at('messages');
    const beside = () => scroller.evaluate((list) => list.scrollWidth - list.clientWidth);
    await expect.poll(beside).toBe(0);
    await phone.shoot('message-kinds-small-dark');
    await phone.page.setViewportSize(options.viewport);
    const keywords = phone.at('message').locator('.hljs-keyword');
    // A window that has just grown keeps the end in view for a moment.
    const scrolledUp = async () => {
      await scroller.evaluate((list) => list.scrollTo(0, 0));
      return keywords.count();
    };
    await expect.poll(scrolledUp, { timeout: 20_000 }).toBeGreaterThan(0);
    await phone.page.getByRole('region', { name: '表格' }).first().scrollIntoViewIfNeeded();
    await phone.shoot('markdown-phone-dark');
    expect(await beside()).toBe(0);
    await expectAccessible(phone.page, passing);
    expect(phone.complaints).toEqual([]);
    await phone.page.context().close();
  });

  test('without a single error in the pages', () => {
    expect(alice.complaints).toEqual([]);
  });
});
