import {
  DeliveryStatus,
  type MessageBody,
  MessageType,
  Namespace,
  OperationType,
  StatusCode,
  type SyncDL,
} from '@flooim/protocol';
import { until } from '@flooim/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Chat, type Person, startChat } from './support/chat.ts';
import { bodies, type Phone, texts } from './support/phone.ts';
import { marked, marksIn, oldPhone, pullAll, say } from './support/version-one.ts';

const { READ_ACK, READ_ALL, READ_CANCEL, DELIVER_ACK, APPEND, RECALL } = OperationType;

let chat: Chat;
beforeEach(async () => {
  chat = await startChat();
});
afterEach(() => chat.close());

const old = (person: Person, guid?: string) => oldPhone(chat, person, guid);

const withText = (pages: SyncDL[], content: string): MessageBody | undefined =>
  pages.flatMap(bodies).find((body) => body.content === content);

describe('a version 1 device knows marks of single messages, and', () => {
  test('hears of each message that the other user has read or got at once', async () => {
    const [alice, bob] = [await old(chat.alice), await chat.phone(chat.bob)];
    await pullAll(alice, chat.bob.uid);
    const mids = await say(alice, chat.bob, 'one', 'two', 'three');
    await pullAll(alice, chat.bob.uid);
    bob.acknowledge(chat.alice.uid, mids[2] as number);
    await until(() => marked(alice, DELIVER_ACK).length === 3, 'three messages that arrived');
    await bob.operate(chat.alice.uid, READ_ACK, mids[2] as number);
    await until(() => marked(alice, READ_ACK).length === 3, 'three messages that were read');
    expect([marked(alice, DELIVER_ACK), marked(alice, READ_ACK)]).toEqual([mids, mids]);
  });

  test('hears what another device of its user has read, and not of own messages', async () => {
    const [alice, bob, bobNew] = [await chat.phone(chat.alice), await old(chat.bob), await chat.phone(chat.bob, 'new')];
    const mids = await say(alice, chat.bob, 'one', 'two');
    await pullAll(bob, chat.alice.uid);
    await say(bob, chat.alice, 'mine');
    mids.push(...(await say(alice, chat.bob, 'three')));
    await bobNew.operate(chat.alice.uid, READ_ACK, mids[2] as number);
    await until(() => marked(bob, READ_ACK).length === 3, 'three messages that were read');
    expect(marked(bob, READ_ACK)).toEqual(mids);
  });

  test('that was away hears of each when it pulls, of a conversation with itself too', async () => {
    const [alice, bobNew] = [await old(chat.alice), await chat.phone(chat.bob, 'new')];
    const bob = await old(chat.bob);
    const mids = await say(alice, chat.bob, 'one', 'two', 'three');
    await pullAll(bob, chat.alice.uid);
    await pullAll(bob, 0);
    alice.raw.close();
    bob.raw.close();
    await bobNew.operate(chat.alice.uid, READ_ACK, mids[1] as number);
    await bobNew.operate(chat.bob.uid, READ_ALL, mids[2] as number, chat.alice.uid);
    expect(marksIn(await pullAll(await old(chat.alice), chat.bob.uid), READ_ACK)).toEqual(mids.slice(0, 2));
    const again = await old(chat.bob);
    expect(marksIn(await pullAll(again, chat.alice.uid), READ_ACK)).toEqual(mids.slice(0, 2));
    expect(marksIn(await pullAll(again, 0), READ_ALL)).toEqual(mids);
  });

  test('hears of a message that was marked unread and read again', async () => {
    const [alice, bob, bobNew] = [await chat.phone(chat.alice), await old(chat.bob), await chat.phone(chat.bob, 'new')];
    const mids = await say(alice, chat.bob, 'one', 'two');
    await pullAll(bob, chat.alice.uid);
    await pullAll(bob, 0);
    await bobNew.operate(chat.alice.uid, READ_ACK, mids[1] as number);
    await bobNew.operate(chat.bob.uid, READ_CANCEL, mids[0] as number, chat.alice.uid);
    await until(() => marked(bob, READ_CANCEL).length === 1, 'the mark');
    await bobNew.operate(chat.alice.uid, READ_ACK, mids[1] as number);
    await until(() => marked(bob, READ_ACK).length === 4, 'both, twice');
    expect(marked(bob, READ_ACK)).toEqual([...mids, ...mids]);
  });

  test('is given what its user has read already as read, in pulls and in history', async () => {
    const [alice, bobNew] = [await chat.phone(chat.alice), await chat.phone(chat.bob, 'new')];
    const mids = await say(alice, chat.bob, 'read', 'marked', 'not read');
    await bobNew.operate(chat.alice.uid, READ_ACK, mids[1] as number);
    await bobNew.operate(chat.bob.uid, READ_CANCEL, mids[1] as number, chat.alice.uid);
    const bob = await old(chat.bob);
    for (const pages of [await pullAll(bob, chat.alice.uid), [await bob.history(chat.alice.uid)]]) {
      expect(withText(pages, 'read')?.status).toBe(DeliveryStatus.READ);
      expect(withText(pages, 'marked')?.status).toBe(DeliveryStatus.UNREAD);
      expect(withText(pages, 'not read')?.status).toBe(DeliveryStatus.UNREAD);
    }
    expect(withText([await bobNew.pull(chat.alice.uid)], 'read')?.status).toBe(DeliveryStatus.UNREAD);
  });

  test('says of one message what counts for all before it, and its user’s other devices hear the same', async () => {
    const [alice, bob, bobNew] = [await chat.phone(chat.alice), await old(chat.bob), await chat.phone(chat.bob, 'new')];
    const mids = await say(alice, chat.bob, 'one', 'two');
    await pullAll(bob, chat.alice.uid);
    for (const mid of mids) await bob.operate(chat.alice.uid, READ_ACK, mid);
    await until(() => marked(bobNew, READ_ACK).includes(mids[1] as number), 'the other device hears');
    await until(() => marked(alice, READ_ACK).includes(mids[1] as number), 'the sender hears');
    expect((await bobNew.unread()).find((row) => row.xid.uid === chat.alice.uid)?.readMid).toBe(mids[1]);
  });
});

describe('a version 1 device in a group', () => {
  async function startGroup(): Promise<number> {
    const { group_id: gid } = await chat.call(chat.alice, 'groupCreate', {
      name: 'all',
      user_list: [chat.bob.uid, chat.carol.uid],
    });
    await chat.call(chat.alice, 'groupReadAck', { group_id: gid, value: true });
    return gid;
  }
  const sayInGroup = async (phone: Phone, gid: number, ...contents: string[]) => {
    const mids: number[] = [];
    for (const content of contents)
      mids.push((await phone.message(gid, { type: MessageType.GROUPCHAT, content })).serverMid);
    return mids;
  };

  test('hears of each of its messages that somebody has read at once', async () => {
    const gid = await startGroup();
    const [alice, bob] = [await old(chat.alice), await chat.phone(chat.bob)];
    await pullAll(alice, 0);
    const mids = await sayInGroup(alice, gid, 'one', 'two');
    await bob.operate(gid, READ_ACK, mids[1] as number);
    await until(() => marked(alice, READ_ACK).length === 2, 'both');
    expect(marked(alice, READ_ACK)).toEqual(mids);
  });

  test('hears what another device of its user has read there', async () => {
    const gid = await startGroup();
    const [alice, bob, bobNew] = [await chat.phone(chat.alice), await old(chat.bob), await chat.phone(chat.bob, 'new')];
    await pullAll(bob, 0);
    const mids = await sayInGroup(alice, gid, 'one', 'two');
    await bobNew.operate(gid, READ_ACK, mids[1] as number);
    await until(() => marked(bob, READ_ALL).length === 2, 'both');
    expect(marked(bob, READ_ALL)).toEqual(mids);
  });

  test('that tells the sender of one message tells its user’s other devices too', async () => {
    const gid = await startGroup();
    const [alice, bob, bobNew] = [await chat.phone(chat.alice), await old(chat.bob), await chat.phone(chat.bob, 'new')];
    const mids = await sayInGroup(alice, gid, 'one', 'two');
    await pullAll(bob, gid);
    for (const mid of mids) expect((await bob.operate(chat.alice.uid, READ_ACK, mid)).status?.code).toBe(1);
    await until(() => marked(alice, READ_ACK).includes(mids[1] as number), 'the sender hears');
    await until(() => marked(bobNew, READ_ALL).includes(mids[1] as number), 'the other device hears');
    expect((await bobNew.unread()).find((row) => row.xid.uid === gid)?.readMid).toBe(mids[1]);
  });
});

describe('what a version 1 device is given', () => {
  test('never begins or ends with a page of nothing', async () => {
    const [alice, bob] = [await old(chat.alice), await chat.phone(chat.bob)];
    await say(alice, chat.bob, 'one', 'two', 'three');
    const [mid] = await say(bob, chat.alice, 'gone');
    await bob.operate(chat.alice.uid, RECALL, mid as number, chat.alice.uid);
    const pages = await pullAll(alice, chat.bob.uid);
    expect(pages.map((page) => page.metas.length > 0)).toEqual([...pages.slice(1).map(() => true), false]);
    expect(pages.at(-1)?.nextKey).toBe(0);
  });

  test('is no backlog where it is what the device said itself', async () => {
    const alice = await old(chat.alice);
    await pullAll(alice, chat.bob.uid);
    const behind = async () => (await alice.unread()).find((row) => row.xid.uid === chat.bob.uid)?.n;
    await say(alice, chat.bob, 'one');
    await pullAll(alice, chat.bob.uid);
    await until(async () => (await behind()) === 0, 'nothing that waits');
    await say(alice, chat.bob, 'two', 'three');
    await until(async () => (await behind()) === 0, 'nothing that waits still');
    alice.raw.close();
    const again = await old(chat.alice);
    expect((await again.unread()).find((row) => row.xid.uid === chat.bob.uid)?.n).toBe(0);
  });

  test('is pushed, also after it has sent something itself', async () => {
    const [alice, bob] = [await old(chat.alice), await chat.phone(chat.bob)];
    await say(bob, chat.alice, 'first');
    await pullAll(alice, chat.bob.uid);
    await say(alice, chat.bob, 'mine');
    await say(bob, chat.alice, 'second');
    await alice.pushedText('second');
    expect(alice.notices.length).toBeLessThanOrEqual(1);
  });

  test('has each edit once, in the message or after it', async () => {
    const [alice, bob] = [await chat.phone(chat.alice), await old(chat.bob)];
    const [first] = await say(alice, chat.bob, 'seen');
    await pullAll(bob, chat.alice.uid);
    const heartbeat = async () => {
      const row = (await bob.unread()).find(({ xid }) => xid.uid === chat.alice.uid);
      if (row?.n) await pullAll(bob, chat.alice.uid);
      return row?.n;
    };
    await until(async () => (await heartbeat()) === 0, 'that it is known to have it');
    bob.raw.close();
    const append = (mid: number, content: string) => alice.edit(chat.bob.uid, { type: APPEND, mid, content });
    const [second] = await say(alice, chat.bob, 'new');
    await append(first as number, ' 1');
    await append(second as number, ' 2');
    const again = await old(chat.bob);
    const pages = await pullAll(again, chat.alice.uid);
    expect(pages.flatMap(texts)).toEqual(['new 2']);
    expect(marksIn(pages, APPEND)).toEqual([first]);
    await append(second as number, ' 3');
    await until(() => marked(again, APPEND).length === 1, 'the edit that came later');
  });
});

test('an acknowledgement that meets a Notice on its way brings what the Notice tells of', async () => {
  const user_list = [chat.bob.uid];
  const { group_id: gid } = await chat.call(chat.alice, 'groupCreate', { name: 'all', user_list });
  const [alice, bob] = [await chat.phone(chat.alice), await old(chat.bob)];
  const acked = (await pullAll(bob, gid)).at(-2)?.nextKey as number;
  await chat.call(chat.bob, 'groupMuteMode', { group_id: gid, msg_mute_mode: 2 });
  await alice.message(gid, { type: MessageType.GROUPCHAT, content: 'not for him' });
  await chat.call(chat.alice, 'groupName', { group_id: gid, value: 'renamed' });
  await until(() => bob.notices.includes(gid), 'the Notice');
  const { metas } = await bob.pull(gid, acked);
  expect(metas.map((meta) => meta.ns)).toEqual([Namespace.GROUP_NOTICE]);
});

test('who reads very many messages at once can say something right after', async () => {
  await chat.close();
  chat = await startChat({ messagesPerSec: 20, messageBurst: 60 });
  const bob = await old(chat.bob);
  const mids: number[] = [];
  for (const person of [chat.alice, chat.carol]) {
    const phone = await chat.phone(person);
    for (let i = 0; i < 50; i++) mids.push((await phone.text(chat.bob.uid, `${i}`)).serverMid);
  }
  const reads = mids.flatMap((mid, i) =>
    Array.from({ length: 4 }, () => bob.operate((i < 50 ? chat.alice : chat.carol).uid, READ_ACK, mid)),
  );
  const startedAt = performance.now();
  await bob.text(chat.alice.uid, 'seen');
  // 20 a second would be 17 seconds.
  expect(performance.now() - startedAt).toBeLessThan(8000);
  expect(new Set((await Promise.all(reads)).map(({ status }) => status?.code))).toEqual(new Set([1]));
  const rows = await (await chat.phone(chat.bob, 'new')).unread();
  expect(
    rows
      .filter((row) => row.xid.uid > 0)
      .map((row) => row.readMid)
      .sort(),
  ).toEqual([mids[49], mids[99]].sort());
});

test('of messages that were read at once, one that was recalled is refused alone', async () => {
  await chat.close();
  chat = await startChat({ messagesPerSec: 5, messageBurst: 5 });
  const user_list = [chat.bob.uid];
  const { group_id: gid } = await chat.call(chat.alice, 'groupCreate', { name: 'all', user_list });
  const [alice, bob] = [await chat.phone(chat.alice), await old(chat.bob)];
  const mids: number[] = [];
  for (const content of ['one', 'two', 'three']) {
    mids.push((await alice.message(gid, { type: MessageType.GROUPCHAT, content })).serverMid);
  }
  await alice.operate(gid, RECALL, mids[2] as number, gid);
  const answers = [mids[0], mids[0], mids[0], mids[0], mids[0], ...mids].map((mid) =>
    bob.operate(chat.alice.uid, READ_ACK, mid as number),
  );
  const codes = (await Promise.all(answers)).map(({ status }) => status?.code);
  expect(codes).toEqual([...Array(7).fill(StatusCode.OK), StatusCode.INVALID_PARAMETER]);
});
