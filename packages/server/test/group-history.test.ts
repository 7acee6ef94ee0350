import { limits, Namespace, OperationType, StatusCode } from '@flooim/protocol';
import { describe, expect, test } from 'vitest';
import { groupText, pullAll, rowOf, say, textsOf, useTalk } from './support/group-talk.ts';
import { texts } from './support/phone.ts';
import type { Person } from './support/rest.ts';

const talk = useTalk();

const historyTexts = async (person: Person) => {
  const { gid, phone } = talk();
  return texts(await (await phone(person, 'looking back')).history(gid, 0, 100));
};

describe('who comes later', () => {
  test('pulls what follows, from the entry that tells of him on', async () => {
    const { owner, outsider, gid, phone, ok } = talk();
    const [speaker, newcomer] = [await phone(owner), await phone(outsider)];
    await say(speaker, gid, 'before');
    await ok(owner, 'groupInvite', { user_list: [outsider.uid] });
    await say(speaker, gid, 'after');
    const metas = await pullAll(newcomer, gid, 1);
    expect(metas.map(({ ns }) => ns)).toEqual([Namespace.GROUP_NOTICE, Namespace.MESSAGE]);
    expect(textsOf(metas)).toEqual(['after']);
    expect(textsOf(await pullAll(await phone(outsider, 'new device'), gid))).toEqual(['after']);
  });

  test('does not get at what came before by asking for it', async () => {
    const { owner, outsider, gid, phone, ok } = talk();
    const [speaker, newcomer] = [await phone(owner), await phone(outsider)];
    const [first] = await say(speaker, gid, 'before');
    await ok(owner, 'groupInvite', { user_list: [outsider.uid] });
    for (const key of [1, (first as number) - 1]) expect(texts(await newcomer.pull(gid, key))).toEqual([]);
    expect((await newcomer.history(gid, (first as number) + 1)).metas).toEqual([]);
  });

  test('sees in history what was said since, page by page, and all of it where the group shows it', async () => {
    const { owner, outsider, gid, phone, ok } = talk();
    const speaker = await phone(owner);
    await say(speaker, gid, 'one', 'two');
    await ok(owner, 'groupInvite', { user_list: [outsider.uid] });
    await say(speaker, gid, 'three', 'four', 'five');
    const newcomer = await phone(outsider);
    const page = await newcomer.history(gid, 0, 2);
    expect(texts(page)).toEqual(['five', 'four']);
    const rest = await newcomer.history(gid, page.nextKey, 2);
    expect([texts(rest), rest.nextKey]).toEqual([['three'], 0]);
    await ok(owner, 'groupHistoryVisible', { value: true });
    expect(await historyTexts(outsider)).toEqual(['five', 'four', 'three', 'two', 'one']);
    expect(textsOf(await pullAll(await phone(outsider, 'new device'), gid))).toEqual(['three', 'four', 'five']);
    await ok(owner, 'groupHistoryVisible', { value: false });
    expect(await historyTexts(outsider)).toEqual(['five', 'four', 'three']);
  });
});

test('a device new to a member pulls what he has not read, or the last entries, but never what came before him', async () => {
  const { owner, outsider, gid, phone, ok } = talk();
  const speaker = await phone(owner);
  const saying = (count: number) =>
    Promise.all(Array.from({ length: count }, (_, i) => groupText(speaker, gid, `${i}`)));
  await saying(30);
  await ok(owner, 'groupInvite', { user_list: [outsider.uid] });
  const mids = (await saying(limits.newDeviceEntries + 20)).map(({ serverMid }) => serverMid);
  const unread = await phone(outsider, 'unread');
  expect(textsOf(await pullAll(unread, gid))).toHaveLength(mids.length);
  await unread.operate(gid, OperationType.READ_ACK, mids.at(-1) as number);
  const afterwards = await phone(outsider, 'read');
  expect((await rowOf(afterwards, gid))?.n).toBe(limits.newDeviceEntries);
  expect(textsOf(await pullAll(afterwards, gid))).toHaveLength(limits.newDeviceEntries);
});

describe('who was in it twice', () => {
  test('has both times, and nothing of what lies between', async () => {
    const { owner, member, gid, phone, ok } = talk();
    const speaker = await phone(owner);
    const online = await phone(member, 'online');
    await say(speaker, gid, 'first time 1', 'first time 2');
    await ok(member, 'groupLeave');
    await say(speaker, gid, 'without him');
    await ok(owner, 'groupInvite', { user_list: [member.uid] });
    await say(speaker, gid, 'second time');
    const both = ['first time 1', 'first time 2', 'second time'];
    for (const page of [1, 2, 200]) {
      expect(textsOf(await pullAll(await phone(member, `device ${page}`), gid, page))).toEqual(both);
    }
    await online.settle();
    expect(online.pushed.flatMap(texts)).toEqual(both);
    expect(await historyTexts(member)).toEqual(both.toReversed());
    const device = await phone(member);
    const first = await device.history(gid, 0, 2);
    expect(texts(await device.history(gid, first.nextKey, 2))).toEqual(['first time 1']);
  });

  test('has what he lacks counted without what lies between', async () => {
    const { owner, member, gid, phone, ok } = talk();
    const [speaker, device] = [await phone(owner), await phone(member, 'counting')];
    const lacking = (await rowOf(device, gid))?.n ?? 0;
    await say(speaker, gid, 'a', 'b');
    await ok(member, 'groupLeave');
    await say(speaker, gid, 'c', 'd', 'e');
    await ok(owner, 'groupInvite', { user_list: [member.uid] });
    await say(speaker, gid, 'f');
    // Two and the leaving, the coming back and one.
    expect((await rowOf(device, gid))?.n).toBe(lacking + 5);
    expect((await pullAll(device, gid)).length).toBe(lacking + 5);
  });
});

describe('who has left', () => {
  test('has a row in his unread list as long as a device lacks something, then none', async () => {
    const { owner, member, gid, phone, ok } = talk();
    const [speaker, device] = [await phone(owner), await phone(member)];
    await say(speaker, gid, 'hello');
    await ok(member, 'groupLeave');
    await say(speaker, gid, 'he is gone');
    expect((await rowOf(device, gid))?.n).toBeGreaterThan(0);
    const metas = await pullAll(device, gid);
    expect(textsOf(metas)).toEqual(['hello']);
    device.acknowledge(gid, metas.at(-1)?.id ?? 0);
    await expect.poll(() => rowOf(device, gid)).toBeUndefined();
    // A device that comes later has nothing to learn of it.
    expect(await rowOf(await phone(member, 'later'), gid)).toBeUndefined();
  });

  test('who deletes the conversation hears nothing of how it went on', async () => {
    const { owner, member, gid, phone, ok } = talk();
    const [speaker, device] = [await phone(owner), await phone(member)];
    await ok(member, 'groupLeave');
    const left = (await pullAll(device, gid)).at(-1)?.id ?? 0;
    await say(speaker, gid, 'he is gone');
    expect((await device.deleteConversation(gid, 1)).serverMid).toBe(left);
  });

  test('has no history', async () => {
    const { owner, left, outsider, foreigner, gid, phone } = talk();
    await say(await phone(owner), gid, 'secret');
    const refused = async (person: Person) => (await (await phone(person)).history(gid)).status;
    const code = StatusCode.FAIL;
    expect(await refused(left)).toEqual({ code, reason: 'only members of the group may do this' });
    expect(await refused(outsider)).toEqual({ code, reason: 'only members of the group may do this' });
    expect((await refused(foreigner))?.reason).toBe('the conversation does not exist');
  });
});

test('an outsider pulls nothing, is told of nothing, and cannot move a cursor', async () => {
  const { owner, outsider, foreigner, gid, phone } = talk();
  await say(await phone(owner), gid, 'secret');
  for (const person of [outsider, foreigner]) {
    const device = await phone(person);
    expect(await device.pull(gid)).toMatchObject({ metas: [], nextKey: 0 });
    expect(await rowOf(device, gid)).toBeUndefined();
    expect((await device.pull(gid, 5)).status?.reason).toBe('the conversation does not exist');
  }
});

describe('a member who wants none of the messages', () => {
  test('is pushed and pulls only the rest, and finds the messages in history', async () => {
    const { owner, admin, silent, gid, phone, ok } = talk();
    const [speaker, device] = [await phone(owner), await phone(silent)];
    await pullAll(device, gid);
    const [first] = await say(speaker, gid, 'noise 1', 'noise 2');
    await expect.poll(async () => (await rowOf(device, gid))?.n).toBe(0);
    await ok(admin, 'groupName', { value: 'a quieter name' });
    await speaker.operate(gid, OperationType.RECALL, first as number, gid);
    await say(speaker, gid, 'noise 3');
    expect((await rowOf(device, gid))?.n).toBe(2);
    await device.settle();
    const pushed = device.pushed.flatMap(({ metas }) => metas).map(({ ns }) => ns);
    expect(pushed).toEqual([Namespace.GROUP_NOTICE, Namespace.MESSAGE]);
    expect(device.pushed.flatMap(texts)).toEqual([]);
    const metas = await pullAll(device, gid);
    expect(metas.map(({ id }) => id)).toEqual(device.pushed.map(({ nextKey }) => nextKey));
    expect(await historyTexts(silent)).toEqual(['noise 3', 'noise 2']);
  });

  test('gets messages again once he wants them, and never those of the time between', async () => {
    const { owner, silent, gid, phone, ok } = talk();
    const [speaker, device] = [await phone(owner), await phone(silent)];
    await say(speaker, gid, 'noise 1', 'noise 2');
    await ok(silent, 'groupMuteMode', { msg_mute_mode: 0 });
    await say(speaker, gid, 'heard 1');
    await ok(silent, 'groupMuteMode', { msg_mute_mode: 2 });
    await say(speaker, gid, 'noise 3');
    await ok(silent, 'groupMuteMode', { msg_mute_mode: 1 });
    await say(speaker, gid, 'heard 2', 'heard 3');
    await device.settle();
    expect(device.pushed.flatMap(texts)).toEqual(['heard 1', 'heard 2', 'heard 3']);
    for (const page of [1, 2, 200]) {
      const fresh = await phone(silent, `fresh ${page}`);
      const n = (await rowOf(fresh, gid))?.n;
      const metas = await pullAll(fresh, gid, page);
      expect(textsOf(metas)).toEqual(['heard 1', 'heard 2', 'heard 3']);
      expect(n).toBe(metas.length);
    }
    expect(await historyTexts(silent)).toHaveLength(6);
  });

  test('is not far behind after much that was not for him', async () => {
    const { owner, silent, gid, phone } = talk();
    const [speaker, device] = [await phone(owner), await phone(silent)];
    const mids = await Promise.all(Array.from({ length: 300 }, (_, i) => groupText(speaker, gid, `${i}`)));
    const first = await device.pull(gid);
    // One answer tells that all of it was looked at.
    expect(first.nextKey).toBe(mids.at(-1)?.serverMid);
    expect((await device.pull(gid, first.nextKey)).nextKey).toBe(0);
  });
});

test('a page goes on where the one before was cut by its size', async () => {
  const { owner, member, gid, phone } = talk();
  const [speaker, device] = [await phone(owner), await phone(member)];
  const long = 'x'.repeat(15_000);
  await say(speaker, gid, ...Array.from({ length: 50 }, (_, i) => `${i} ${long}`));
  const got = textsOf(await pullAll(device, gid)).map((text) => Number.parseInt(text, 10));
  expect(got).toEqual(Array.from({ length: 50 }, (_, i) => i));
});

test('what a member deletes or hides is gone for him alone', async () => {
  const { owner, member, gid, phone } = talk();
  const [speaker, device] = [await phone(owner), await phone(member)];
  const [, second] = await say(speaker, gid, 'one', 'two', 'three');
  await device.operate(member.uid, OperationType.DELETE, second as number, gid);
  expect(await historyTexts(member)).toEqual(['three', 'one']);
  expect(textsOf(await pullAll(await phone(member, 'new'), gid))).toEqual(['one', 'three']);
  await device.deleteConversation(gid, 2);
  expect(await historyTexts(member)).toEqual([]);
  await say(speaker, gid, 'four');
  expect(await historyTexts(member)).toEqual(['four']);
  expect(await historyTexts(owner)).toEqual(['four', 'three', 'two', 'one']);
});
