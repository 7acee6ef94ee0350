import { FaultProxy } from '@flooim/testkit';
import type { Meta, SocketClass } from 'flooim';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { groupOf } from './group-town.ts';
import { type Person, say, town } from './people.ts';
import { profile, until } from './support.ts';

const where = town();
const { person, device } = where;

let proxy: FaultProxy;
beforeAll(async () => {
  proxy = await FaultProxy.start(where.server.url);
});
afterEach(() => proxy.set({ kind: 'pass' }));
afterAll(() => proxy.close());

const proxied = () => ({ dnsServer: `${proxy.url}/v2/app_dns` });

const shown = (of: Person, cid: number, mid: string): Meta | undefined =>
  [...of.im.rosterManage.getRosterMessageByRid(cid)].find((meta) => meta.id === mid);
const content = (of: Person, cid: number, mid: string) => shown(of, cid, mid)?.content;
const reads = (of: Person, cid: number, mid: string, wanted: string) =>
  until(
    () => content(of, cid, mid) === wanted,
    `"${wanted}" with ${of.name}, who has "${content(of, cid, mid)}"`,
    20_000,
  );

test('a message that its sender changes is changed on every device of both, and says when', async () => {
  const ada = await person('ada');
  const phone = await device(ada);
  const bob = await person('bob');
  const mid = await say(ada, bob, 'one');
  await bob.next('onRosterMessage');
  await phone.next('onRosterMessage');
  const { timestamp } = await ada.im.sysManage.asyncAppendMessageContent({ uid: bob.uid, mid, content: ' two' });
  const views: [Person, number][] = [
    [ada, bob.uid],
    [phone, bob.uid],
    [bob, ada.uid],
  ];
  for (const [one, cid] of views) {
    await reads(one, cid, mid, 'one two');
    expect(one.of('onMessageEdited')).toEqual([{ uid: String(cid), mid }]);
    expect(one.of('onMessageStatusChanged').filter((ref) => ref.mid === mid && one === bob)).toEqual([]);
    expect(shown(one, cid, mid)?.edited).toBe(timestamp);
    expect(one.im.userManage.getConversationList()).toMatchObject([{ content: 'one two' }]);
  }
  expect(bob.of('onRosterMessage')).toHaveLength(1);
  expect(bob.im.rosterManage.getUnreadCount(ada.uid)).toBe(1);
  phone.im.sysManage.replaceMessage({ uid: bob.uid, mid, content: 'three' });
  for (const [one, cid] of views) await reads(one, cid, mid, 'three');
  expect(Number(shown(ada, bob.uid, mid)?.edited)).toBeGreaterThan(Number(timestamp));
});

test('objects in config and ext are merged deeply, the word null is a word, and what is not given stays', async () => {
  const ada = await person('ada');
  const bob = await person('bob');
  const said = { content: 'a', config: { mentionAll: false }, ext: { ai: { stream: true, n: 1 }, list: [1, 2] } };
  const { mid } = await ada.im.sysManage.asyncSendRosterMessage({ uid: bob.uid, ...said });
  await bob.next('onRosterMessage');
  const { sysManage } = ada.im;
  sysManage.appendMessageContent({ uid: bob.uid, mid, content: 'null', ext: { ai: { n: 2 }, list: [3] } });
  await sysManage.asyncReplaceMessage({ uid: bob.uid, mid, ext: { ai: { finish: true } } });
  await until(() => bob.of('onMessageEdited').length === 2, 'both');
  for (const [one, cid] of [[ada, bob.uid] as const, [bob, ada.uid] as const]) {
    expect(shown(one, cid, mid)).toMatchObject({
      content: 'anull',
      config: { mentionAll: false },
      ext: { ai: { stream: true, n: 2, finish: true }, list: [3] },
    });
  }
});

test('only the sender changes a message, in a group too, and not one that is gone', async () => {
  const ada = await person('ada');
  const bob = await person('bob');
  const gid = await groupOf(ada, [bob]);
  const { mid } = await ada.im.sysManage.asyncSendGroupMessage({ gid, content: 'one' });
  await bob.next('onGroupMessage');
  const phone = await device(bob);
  expect(() => bob.im.sysManage.replaceMessage({ gid, mid, content: 'x' })).toThrow('params.mid');
  await phone.im.sysManage.asyncForwardMessage({ gid, mid }).catch(() => {});
  await ada.im.sysManage.asyncAppendMessageContent({ gid, mid, content: ' two' });
  await until(() => bob.of('onMessageEdited').length === 1, 'changed');
  expect(bob.im.groupManage.getGruopMessage(gid)[0]).toMatchObject({ content: 'one two', toType: 'group' });
  await ada.im.sysManage.asyncRecallMessage({ gid, mid });
  const late = ada.im.sysManage.asyncReplaceMessage({ gid, mid, content: 'x' });
  await expect(late).rejects.toMatchObject({ code: 'REJECTED' });
  expect(ada.of('flooError').at(-1)?.category).toBe('MESSAGE');
});

test('a message that is being sent cannot be changed yet', async () => {
  const ada = await person('ada');
  const bob = await person('bob');
  const clientMid = ada.im.sysManage.sendRosterMessage({ uid: bob.uid, content: 'x' });
  const edit = { uid: bob.uid, mid: clientMid, content: 'y' };
  expect(() => ada.im.sysManage.appendMessageContent(edit)).toThrow('params.mid');
});

test('a device that was away has everything as it is now, however the changes fell', async () => {
  const ada = await person('ada');
  const platform = profile();
  const bob = await person('bob', { platform });
  const known = await say(ada, bob, 'known');
  await bob.next('onRosterMessage');
  await bob.im.dispose();
  const unknown = await say(ada, bob, 'unknown');
  for (const mid of [known, unknown]) {
    for (const more of [' a', ' b']) ada.im.sysManage.appendMessageContent({ uid: bob.uid, mid, content: more });
  }
  await reads(ada, bob.uid, unknown, 'unknown a b');
  const again = await device(bob, { platform });
  await reads(again, ada.uid, known, 'known a b');
  await reads(again, ada.uid, unknown, 'unknown a b');
  const fresh = await device(bob);
  await reads(fresh, ada.uid, known, 'known a b');
  const { messages } = await fresh.im.sysManage.requireHistoryMessage(ada.uid);
  expect(messages.map((meta) => meta.content)).toEqual(['known a b', 'unknown a b']);
});

test('an old message that is in the store alone is changed there', async () => {
  const ada = await person('ada');
  const platform = profile();
  const bob = await person('bob', { platform });
  const mid = await say(ada, bob, 'old');
  for (let i = 0; i < 55; i++) ada.im.sysManage.sendRosterMessage({ uid: bob.uid, content: `${i}` });
  await until(() => bob.of('onRosterMessage').length === 56, 'all');
  await bob.im.dispose();
  const again = await device(bob, { platform });
  expect(shown(again, ada.uid, mid)).toBeUndefined();
  ada.im.sysManage.replaceMessage({ uid: bob.uid, mid, content: 'new' });
  expect(await again.next('onMessageEdited')).toEqual({ uid: String(ada.uid), mid });
  await again.im.sysManage.requireHistoryMessage(ada.uid, 0, 200);
  expect(content(again, ada.uid, mid)).toBe('new');
});

const count = 100;
const pieces = (name: string, n = count) => Array.from({ length: n }, (_, i) => `${name}${i} `);

test('a stream of a hundred additions with cuts in its middle comes whole, once and in order, to everybody', async () => {
  const ada = await person('ada', proxied());
  const phone = await device(ada);
  const bob = await person('bob', proxied());
  const mid = await say(ada, bob, '');
  const cuts = setInterval(() => proxy.cut(), 400);
  for (const piece of pieces('')) ada.im.sysManage.appendMessageContent({ uid: bob.uid, mid, content: piece });
  const whole = pieces('').join('');
  await reads(ada, bob.uid, mid, whole).finally(() => clearInterval(cuts));
  await reads(bob, ada.uid, mid, whole);
  await reads(phone, bob.uid, mid, whole);
  const fresh = await device(bob);
  await reads(fresh, ada.uid, mid, whole);
}, 60_000);

test('two devices that change a message at once, one of them through cuts, come to the same', async () => {
  const ada = await person('ada', proxied());
  const phone = await device(ada);
  const bob = await person('bob');
  const mid = await say(ada, bob, '');
  await phone.next('onRosterMessage');
  const edit = (of: Person, piece: string) =>
    of.im.sysManage.asyncAppendMessageContent({ uid: bob.uid, mid, content: piece });
  const cuts = setInterval(() => proxy.cut(), 300);
  const all = pieces('a', 40).flatMap((piece, i) => [edit(ada, piece), edit(phone, `p${i} `)]);
  await Promise.all(all).finally(() => clearInterval(cuts));
  const fresh = await device(bob);
  await until(() => (content(fresh, ada.uid, mid) ?? '').split(' ').length === 81, 'all in place');
  const whole = content(fresh, ada.uid, mid) ?? '';
  // Each device's own are in its order.
  for (const name of ['a', 'p']) {
    const own = whole.split(' ').filter((piece) => piece.startsWith(name));
    expect(own).toEqual(pieces(name, 40).map((piece) => piece.trim()));
  }
  for (const one of [ada, phone]) await reads(one, bob.uid, mid, whole);
  await reads(bob, ada.uid, mid, whole);
}, 60_000);

/** A socket that can be made not to hear. */
class DeafSocket extends WebSocket {
  static isDeaf = false;
  static last: DeafSocket | undefined;

  constructor(url: string) {
    super(url);
    DeafSocket.last = this;
  }

  override set onmessage(listener: ((event: { data: unknown }) => void) | null) {
    super.onmessage = listener && ((event) => void (DeafSocket.isDeaf || listener(event)));
  }
}

test('a change whose answer was lost, and that another device overtook meanwhile, is not put on top', async () => {
  const ada = await person('ada', { WebSocket: DeafSocket as unknown as SocketClass });
  const phone = await device(ada);
  const bob = await person('bob');
  const mid = await say(ada, bob, 'one');
  await phone.next('onRosterMessage');
  DeafSocket.isDeaf = true;
  const changed = ada.im.sysManage.asyncAppendMessageContent({ uid: bob.uid, mid, content: ' mine' });
  await reads(bob, ada.uid, mid, 'one mine');
  await phone.im.sysManage.asyncAppendMessageContent({ uid: bob.uid, mid, content: ' other' });
  await reads(bob, ada.uid, mid, 'one mine other');
  expect(content(ada, bob.uid, mid)).toBe('one');
  DeafSocket.isDeaf = false;
  DeafSocket.last?.close(4000);
  await reads(ada, bob.uid, mid, 'one mine other');
  await expect(changed).resolves.toMatchObject({ mid });
  expect(content(ada, bob.uid, mid)).toBe('one mine other');
});

test('additions that were queued before a reload go on after it, once', async () => {
  const platform = profile();
  const ada = await person('ada', { platform, ...proxied() });
  const bob = await person('bob');
  const mid = await say(ada, bob, '');
  await bob.next('onRosterMessage');
  for (const piece of pieces('', 20)) ada.im.sysManage.appendMessageContent({ uid: bob.uid, mid, content: piece });
  await until(() => (content(bob, ada.uid, mid) ?? '') !== '', 'begun');
  await ada.im.dispose();
  const again = await device(ada, { platform });
  const whole = pieces('', 20).join('');
  await reads(bob, ada.uid, mid, whole);
  await reads(again, bob.uid, mid, whole);
});
