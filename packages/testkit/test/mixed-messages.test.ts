import { ContentType, ConversationOperationType } from '@flooim/protocol';
import { until } from '@flooim/testkit';
import { describe, expect, test } from 'vitest';
import {
  allCount,
  allHaveStatus,
  allShow,
  converge,
  type MixedPerson,
  mixedTown,
  sayOld,
  saySdk,
  sdkMessages,
  views,
} from './support/mixed-town.ts';

const town = mixedTown();
const [delivered, read] = [1, 2];

/** The two ways round: who acts with a deployed client, who with the SDK. */
const byOld = ['a deployed client', 'the SDK'] as const;

const kinds = [
  ['text', ContentType.TEXT, {}],
  ['image', ContentType.IMAGE, { url: 'https://files.example.org/p?file_sign=a', dName: 'p.png', fLen: 10 }],
  ['audio', ContentType.AUDIO, { url: 'https://files.example.org/a?file_sign=b', duration: 3 }],
  ['video', ContentType.VIDEO, { url: 'https://files.example.org/v?file_sign=c', duration: 4, width: 8 }],
  ['file', ContentType.FILE, { url: 'https://files.example.org/f?file_sign=d', dName: '汉字.pdf' }],
  ['location', ContentType.LOCATION, { lat: 48.2, lon: 16.37, addr: 'Wien' }],
  ['command', ContentType.COMMAND, {}],
  ['forward', ContentType.FORWARD, { title: 'what was said' }],
] as const;

test.each(kinds)(
  'a message of type %s arrives whole, from old to new and from new to old',
  async (type, ctype, attachment) => {
    const [alice, bob] = await town.couple();
    const [config, ext] = [{ pushMessage: 'p' }, { k: 1, text: 'é 汉字 😀' }];
    const attached = Object.keys(attachment).length > 0 ? { attachment: JSON.stringify(attachment) } : {};
    await sayOld(alice.old, bob.uid, {
      ctype,
      content: `old ${type}`,
      config: JSON.stringify(config),
      ext: JSON.stringify(ext),
      ...attached,
    });
    await alice.sdk.im.sysManage.asyncSendRosterMessage({
      uid: bob.uid,
      type,
      content: `new ${type}`,
      config,
      ext,
      attachment,
    });
    for (const [person, peer] of [[alice, bob] as const, [bob, alice] as const]) {
      await allShow(person, peer.uid, [`old ${type}`, `new ${type}`]);
      for (const meta of sdkMessages(person, peer.uid)) {
        expect(meta).toMatchObject({ type, config, ext, from: String(alice.uid), to: String(bob.uid) });
        if (attached.attachment) expect(meta.attach).toEqual(attachment);
      }
      for (const device of [person.old, person.older]) {
        for (const message of device.messages(peer.uid)) {
          expect(message).toMatchObject({ ctype, from: alice.uid, to: bob.uid });
          expect([message.config, message.ext].map((text) => JSON.parse(text))).toEqual([config, ext]);
          if (attached.attachment) expect(JSON.parse(message.attachment)).toEqual(attachment);
        }
      }
    }
  },
);

test('a signal of a call arrives on both', async () => {
  const [alice, bob] = await town.couple();
  const config = JSON.stringify({ action: 'call', callId: `${alice.uid}_1`, roomId: 2 });
  await sayOld(alice.older, bob.uid, { ctype: ContentType.RTC, content: 'call', config });
  await allShow(bob, alice.uid, ['call']);
  expect(bob.old.messages(alice.uid)[0]).toMatchObject({ ctype: ContentType.RTC, config });
  expect(sdkMessages(bob, alice.uid)[0]?.type).toBe('rtc');
  // Whoever counts it would ring for it twice.
  expect(bob.old.unread(alice.uid)).toBe(0);
});

test('everybody shows the same in the same order when all devices talk at once', async () => {
  const [alice, bob] = await town.couple();
  const all = [alice, bob].flatMap((one) => [one.old, one.older, one.sdk]);
  for (let i = 0; i < 15; i++) {
    for (const [d, device] of all.entries()) device.say(device.uid === alice.uid ? bob.uid : alice.uid, `${i} of ${d}`);
  }
  const shown = () => [views(alice, bob.uid), views(bob, alice.uid)].flatMap((each) => Object.values(each));
  await converge(
    () => shown().every((each) => each.length === 90),
    () => shown().map((each) => each.length),
  );
  const mids = shown().map((each) => each.map(({ mid, content }) => `${mid} ${content}`));
  for (const each of mids) expect(each).toEqual(mids[0]);
});

test('an own message is shown on the own other devices and not given back to the one that sent it', async () => {
  const [alice, bob] = await town.couple();
  await sayOld(alice.old, bob.uid, 'by the old one');
  await saySdk(alice, bob.uid, 'by the new one');
  await allShow(alice, bob.uid, ['by the old one', 'by the new one']);
  await alice.old.settle();
  expect(alice.old.conversations.get(bob.uid)?.arrivals).toHaveLength(1);
  expect(alice.older.conversations.get(bob.uid)?.arrivals).toHaveLength(2);
  await allCount(alice, bob.uid, 0);
});

test('typing is told both ways, and leaves nothing behind', async () => {
  const [alice, bob] = await town.couple();
  alice.old.type(bob.uid);
  await until(() => bob.heard('onInputStatusMessage').length === 1, 'typing on the SDK');
  await until(() => bob.old.store.typing.length + bob.older.store.typing.length === 2, 'typing on the old ones');
  bob.sdk.im.sysManage.sendInputStatusMessage(alice.uid, 'typing');
  await until(() => alice.old.store.typing.length + alice.older.store.typing.length === 2, 'typing back');
  await saySdk(bob, alice.uid, 'done');
  await allShow(alice, bob.uid, ['done']);
});

describe.each(byOld)('with %s', (acts) => {
  const isOld = acts === 'a deployed client';
  const say = (from: MixedPerson, to: MixedPerson, content: string) =>
    isOld ? sayOld(from.old, to.uid, content) : saySdk(from, to.uid, content);

  test('the sender hears on all devices that his message was delivered, and that it was read', async () => {
    const [alice, bob] = await town.couple();
    const mid = await say(alice, bob, 'hello');
    await allHaveStatus(alice, bob.uid, mid, delivered);
    await allCount(bob, alice.uid, 1);
    if (isOld) bob.old.read(alice.uid);
    else bob.sdk.read(alice.uid);
    await allHaveStatus(alice, bob.uid, mid, read);
    await allHaveStatus(bob, alice.uid, mid, read);
    await allCount(bob, alice.uid, 0);
  });

  test('many messages read at once are read one by one, on all devices of both', async () => {
    const [alice, bob] = await town.couple();
    const mids = [];
    for (let i = 0; i < 7; i++) mids.push(await say(i % 2 === 0 ? alice : bob, i % 2 === 0 ? bob : alice, `${i}`));
    await allCount(bob, alice.uid, 4);
    if (isOld) bob.older.read(alice.uid);
    else bob.sdk.read(alice.uid);
    await allCount(bob, alice.uid, 0);
    for (const mid of mids.filter((_, i) => i % 2 === 0)) {
      await allHaveStatus(alice, bob.uid, mid, read);
      await allHaveStatus(bob, alice.uid, mid, read);
    }
    await allCount(alice, bob.uid, 3);
  });

  test('a message marked unread is so on all devices, until it is read', async () => {
    const [alice, bob] = await town.couple();
    await say(alice, bob, 'one');
    const mid = await say(alice, bob, 'two');
    await allCount(bob, alice.uid, 2);
    bob.old.read(alice.uid);
    await allCount(bob, alice.uid, 0);
    if (isOld) await bob.older.markUnread(alice.uid, mid);
    else bob.sdk.im.rosterManage.unreadMessage(alice.uid, mid);
    await allCount(bob, alice.uid, 1);
    if (isOld) bob.old.read(alice.uid);
    else bob.sdk.read(alice.uid);
    await allCount(bob, alice.uid, 0);
  });

  test('what is recalled is gone everywhere, also for who looks back', async () => {
    const [alice, bob] = await town.couple();
    const mid = await say(alice, bob, 'oh no');
    await say(alice, bob, 'stays');
    for (const [person, peer] of [[alice, bob] as const, [bob, alice] as const])
      await allShow(person, peer.uid, ['oh no', 'stays']);
    if (isOld) await alice.older.recall(bob.uid, mid);
    else await alice.sdk.im.sysManage.asyncRecallMessage({ uid: bob.uid, mid });
    for (const [person, peer] of [[alice, bob] as const, [bob, alice] as const])
      await allShow(person, peer.uid, ['stays']);
    expect((await bob.old.history(alice.uid)).map(({ content }) => content)).toEqual(['stays']);
    await allCount(bob, alice.uid, 1);
  });

  test('what is deleted is gone on the own devices alone', async () => {
    const [alice, bob] = await town.couple();
    const mid = await say(alice, bob, 'for you alone');
    await allShow(bob, alice.uid, ['for you alone']);
    await allShow(alice, bob.uid, ['for you alone']);
    if (isOld) await alice.old.delete(bob.uid, mid);
    else alice.sdk.im.rosterManage.deleteMessage(bob.uid, mid);
    await allShow(alice, bob.uid, []);
    expect(await alice.older.history(bob.uid)).toEqual([]);
    await allShow(bob, alice.uid, ['for you alone']);
  });

  test('an edit changes the message wherever the client knows edits, and in history', async () => {
    const [alice, bob] = await town.couple();
    const mid = await say(alice, bob, 'one');
    await allShow(bob, alice.uid, ['one']);
    await allShow(alice, bob.uid, ['one']);
    const shown = () =>
      [alice, bob].flatMap((one) => [
        one.old.messages(one === alice ? bob.uid : alice.uid)[0]?.content,
        sdkMessages(one, one === alice ? bob.uid : alice.uid)[0]?.content,
      ]);
    const all = (content: string) => converge(() => shown().every((each) => each === content), shown);
    if (isOld) await alice.old.append(bob.uid, mid, { content: ' two' });
    else await alice.sdk.im.sysManage.asyncAppendMessageContent({ uid: bob.uid, mid, content: ' two' });
    await all('one two');
    if (isOld) await alice.old.replace(bob.uid, mid, { content: 'three', config: '{"k":{"a":1}}' });
    else
      await alice.sdk.im.sysManage.asyncReplaceMessage({
        uid: bob.uid,
        mid,
        content: 'three',
        config: { k: { a: 1 } },
      });
    await all('three');
    if (isOld) await alice.old.replace(bob.uid, mid, { content: 'four' });
    else
      await alice.sdk.im.sysManage.asyncReplaceMessage({ uid: bob.uid, mid, content: 'four', config: { k: { b: 2 } } });
    await all('four');
    expect(bob.old.messages(alice.uid)[0]?.config).toBe(isOld ? '{"k":{"a":1}}' : '{"k":{"a":1,"b":2}}');
    expect(await bob.older.history(alice.uid)).toMatchObject([{ content: expect.stringContaining('four') }]);
  });

  test('a conversation deleted everywhere is gone on all own devices, one deleted here is not', async () => {
    const [alice, bob] = await town.couple();
    await say(bob, alice, 'one');
    await allShow(alice, bob.uid, ['one']);
    if (isOld) await alice.older.deleteConversation(bob.uid, ConversationOperationType.DELETE);
    else alice.sdk.im.sysManage.deleteConversation(bob.uid, false);
    const here = () => (isOld ? views(alice, bob.uid).older : views(alice, bob.uid).sdk);
    await converge(() => here().length === 0, here);
    await say(bob, alice, 'two');
    await converge(
      () => views(alice, bob.uid).old.length === 2,
      () => views(alice, bob.uid),
    );
    await converge(
      () =>
        here()
          .map(({ content }) => content)
          .join() === 'two',
      here,
    );
    if (isOld) await alice.old.deleteConversation(bob.uid, ConversationOperationType.DELETE_EVERYWHERE);
    else alice.sdk.im.sysManage.deleteConversation(bob.uid);
    await allShow(alice, bob.uid, []);
    expect(await alice.old.history(bob.uid)).toEqual([]);
    await say(bob, alice, 'three');
    await allShow(alice, bob.uid, ['three']);
    await allShow(bob, alice.uid, ['one', 'two', 'three']);
  });

  test('a device that was away hears of all this when it is back', async () => {
    const [alice, bob] = await town.couple();
    const mids = [];
    for (let i = 0; i < 4; i++) mids.push(await say(alice, bob, `${i}`));
    await allShow(bob, alice.uid, ['0', '1', '2', '3']);
    await allHaveStatus(alice, bob.uid, mids[3] as number, delivered);
    for (const one of [alice, bob]) await Promise.all([one.old.stop(), one.older.stop()]);
    const [recalled, deleted, edited] = mids as [number, number, number];
    await alice.sdk.im.sysManage.asyncRecallMessage({ uid: bob.uid, mid: recalled });
    bob.sdk.im.rosterManage.deleteMessage(alice.uid, deleted);
    await alice.sdk.im.sysManage.asyncReplaceMessage({ uid: bob.uid, mid: edited, content: 'edited' });
    await saySdk(alice, bob.uid, 'more');
    await until(() => sdkMessages(bob, alice.uid).length === 3, 'the new one to know');
    bob.sdk.read(alice.uid);
    await until(() => sdkMessages(alice, bob.uid).at(-1)?.status === read, 'reading');
    for (const one of [alice, bob]) await Promise.all([one.old.login(), one.older.login()]);
    await until(() => bob.old.messages(alice.uid).length === 3, 'what was missed');
    expect(bob.old.messages(alice.uid).map(({ content }) => content)).toEqual(['edited', '3', 'more']);
    await allCount(bob, alice.uid, 0);
    for (const { mid } of sdkMessages(alice, bob.uid).map(({ id }) => ({ mid: Number(id) }))) {
      await allHaveStatus(alice, bob.uid, mid, read);
    }
  });
});
