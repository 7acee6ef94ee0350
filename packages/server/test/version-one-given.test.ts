import { decodeGroupNotice, MessageType, Namespace, OperationType, type SyncDL } from '@flooim/protocol';
import { callRest, until } from '@flooim/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Chat, type Person, startChat } from './support/chat.ts';
import { HeldExecutor } from './support/held-executor.ts';
import { type Phone, texts } from './support/phone.ts';
import { marked, marksIn, oldPhone, pullAll, say } from './support/version-one.ts';

const { READ_ACK, APPEND } = OperationType;

let chat: Chat;
let executor: HeldExecutor;
beforeEach(async () => {
  const overrides = {
    executor: (path: string) => {
      executor = new HeldExecutor(path);
      return executor;
    },
  };
  chat = await startChat({ messagesPerSec: 100_000, messageBurst: 100_000 }, overrides);
});
afterEach(() => {
  executor.release();
  return chat.close();
});

async function startGroup(...members: number[]): Promise<number> {
  const { group_id } = await chat.call(chat.alice, 'groupCreate', { name: 'all', user_list: members });
  await chat.call(chat.alice, 'groupReadAck', { group_id, value: true });
  return group_id;
}

const password = 'correct-horse-1';

async function register(username: string): Promise<number> {
  return (await callRest(chat.url, 'userRegister', { username, password })).user_id;
}

async function join(name: string): Promise<Person> {
  const uid = await register(name);
  return { name, uid, token: (await callRest(chat.url, 'tokenByName', { name, password })).token };
}

/** Who came into a group, by each notice of it. */
function notices(frames: SyncDL[]): { mid: number; xid: number }[] {
  const metas = frames.flatMap((frame) => frame.metas).filter((meta) => meta.ns === Namespace.GROUP_NOTICE);
  return metas.map((meta) => ({ mid: meta.id, xid: decodeGroupNotice(meta.payload).from?.uid ?? 0 }));
}

async function sayInGroup(phone: Phone, gid: number, ...contents: string[]): Promise<number[]> {
  const mids: number[] = [];
  for (const content of contents)
    mids.push((await phone.message(gid, { type: MessageType.GROUPCHAT, content })).serverMid);
  return mids;
}

describe('a version 1 device', () => {
  test('gets the rest of a long conversation also after it told somebody in it of a message in a group', async () => {
    const gid = await startGroup(chat.bob.uid);
    const [alice, bob] = [await chat.phone(chat.alice), await oldPhone(chat, chat.bob)];
    const said = Array.from({ length: 205 }, (_, i) => `m${i}`);
    await Promise.all(said.map((text) => alice.text(chat.bob.uid, text)));
    const page = await bob.pull(chat.alice.uid);
    expect(page.metas).toHaveLength(200);
    const [mid] = await sayInGroup(alice, gid, 'in the group');
    expect((await bob.operate(chat.alice.uid, READ_ACK, mid as number)).status?.code).toBe(1);
    const rest = await pullAll(bob, chat.alice.uid, page.nextKey);
    expect([page, ...rest].flatMap(texts)).toHaveLength(205);
  });

  test('is given nothing again that it acknowledged right before it lost the connection', async () => {
    const [alice, bob] = [await chat.phone(chat.alice), await oldPhone(chat, chat.bob)];
    await say(alice, chat.bob, 'one', 'two');
    await pullAll(bob, chat.alice.uid);
    executor.hold();
    bob.raw.close();
    const again = await oldPhone(chat, chat.bob);
    expect((await pullAll(again, chat.alice.uid)).flatMap(texts)).toEqual([]);
    await until(() => executor.isHolding, 'the cursor on the disk');
    await again.settle();
    executor.release();
  });

  test('is not pushed an edit that it saw in history before it was told', async () => {
    const [alice, bob] = [await chat.phone(chat.alice), await oldPhone(chat, chat.bob)];
    const [mid] = await say(alice, chat.bob, 'text');
    await pullAll(bob, chat.alice.uid);
    executor.hold();
    const edited = alice.edit(chat.bob.uid, { type: APPEND, mid: mid as number, content: ' more' });
    await until(() => executor.isHolding, 'the edit on the disk');
    await until(async () => texts(await bob.history(chat.alice.uid)).includes('text more'), 'the edit in history');
    executor.release();
    await edited;
    await say(alice, chat.bob, 'later');
    await bob.pushedText('later');
    expect(marked(bob, APPEND)).toEqual([]);
  });
});

test('what came together is given once, also if a pull gave the first of it before it was told', async () => {
  const gid = await startGroup(chat.bob.uid);
  const names = Array.from({ length: 25 }, (_, i) => `guest${i}`);
  const guests = await Promise.all(names.map((name) => register(name)));
  const [alice, bob] = [await chat.phone(chat.alice), await oldPhone(chat, chat.bob)];
  const behind = Array.from({ length: 185 }, (_, i) => `m${i}`);
  await Promise.all(behind.map((content) => alice.message(gid, { type: MessageType.GROUPCHAT, content })));
  executor.hold();
  const invited = chat.call(chat.alice, 'groupInvite', { group_id: gid, user_list: guests });
  await until(() => executor.isHolding, 'the guests on the disk');
  const page = await bob.pull(gid);
  const isCut = notices([page]).length > 0 && page.metas.length === 200;
  expect(isCut).toBe(true);
  executor.release();
  await invited;
  const rest = await pullAll(bob, gid, page.nextKey);
  await bob.settle();
  const given = notices([page, ...rest, ...bob.pushed]).filter(({ xid }) => guests.includes(xid));
  expect(given.map(({ xid }) => xid).sort()).toEqual([...guests].sort());
});

describe('marks of single messages', () => {
  test('of more than a page holds are all given, page by page', async () => {
    const names = Array.from({ length: 11 }, (_, i) => `reader${i}`);
    const readers = await Promise.all(names.map((name) => join(name)));
    const gid = await startGroup(...readers.map(({ uid }) => uid));
    const alice = await chat.phone(chat.alice);
    const said = await Promise.all(
      names.flatMap(() =>
        Array.from({ length: 10 }, () => alice.message(gid, { type: MessageType.GROUPCHAT, content: 'm' })),
      ),
    );
    const mids = said.map(({ serverMid }) => serverMid).sort((a, b) => a - b);
    for (const reader of readers) await (await chat.phone(reader)).operate(gid, READ_ACK, mids.at(-1) as number);
    const pages = await pullAll(await oldPhone(chat, chat.alice), 0);
    const counts = pages.map((page) => marksIn([page], READ_ACK).length);
    expect(counts).toEqual([1000, 100, 0]);
    expect(marksIn(pages, READ_ACK)).toEqual(readers.flatMap(() => mids.slice(-100)));
  });

  test('are looked for among a thousand entries, however long the conversation is', async () => {
    const [alice, bob] = [await oldPhone(chat, chat.alice), await chat.phone(chat.bob)];
    await say(alice, chat.bob, 'long ago');
    await pullAll(alice, chat.bob.uid);
    const said = await Promise.all(Array.from({ length: 1000 }, (_, i) => bob.text(chat.alice.uid, `m${i}`)));
    const last = Math.max(...said.map(({ serverMid }) => serverMid));
    await bob.operate(chat.alice.uid, READ_ACK, last);
    await say(bob, chat.alice, 'the end');
    await alice.pushedText('the end');
    expect(marked(alice, READ_ACK)).toEqual([]);
  });

  test('name no message of the reader, which the sender’s client would take for read', async () => {
    const [alice, bob] = [await oldPhone(chat, chat.alice), await chat.phone(chat.bob)];
    const [mid] = await say(alice, chat.bob, 'to bob');
    await pullAll(alice, chat.bob.uid);
    const [own] = await say(bob, chat.alice, 'to alice');
    await alice.pushedText('to alice');
    await bob.operate(chat.alice.uid, READ_ACK, own as number);
    await until(() => marked(alice, READ_ACK).length > 0, 'the mark');
    await alice.settle();
    expect(marked(alice, READ_ACK)).toEqual([mid]);
  });

  test('are told once each, where somebody reads one message of a group after the other', async () => {
    const gid = await startGroup(chat.bob.uid);
    const [alice, bob] = [await oldPhone(chat, chat.alice), await oldPhone(chat, chat.bob)];
    await pullAll(alice, 0);
    const mids = await sayInGroup(alice, gid, 'one', 'two', 'three');
    await pullAll(bob, gid);
    for (const mid of mids) await bob.operate(chat.alice.uid, READ_ACK, mid);
    await until(() => marked(alice, READ_ACK).includes(mids[2] as number), 'the last mark');
    expect(marked(alice, READ_ACK)).toEqual(mids);
  });

  test('name no message from before the reader came, where he does not see those', async () => {
    const gid = await startGroup(chat.bob.uid);
    await chat.call(chat.alice, 'groupHistoryVisible', { group_id: gid, value: false });
    const [alice, carol] = [await oldPhone(chat, chat.alice), await chat.phone(chat.carol)];
    await pullAll(alice, 0);
    await sayInGroup(alice, gid, 'before');
    await chat.call(chat.alice, 'groupInvite', { group_id: gid, user_list: [chat.carol.uid] });
    const mids = await sayInGroup(alice, gid, 'after');
    await pullAll(alice, 0);
    await carol.operate(gid, READ_ACK, mids[0] as number);
    await until(() => marked(alice, READ_ACK).length > 0, 'the mark');
    expect(marked(alice, READ_ACK)).toEqual(mids);
    alice.raw.close();
    const pages = await pullAll(await oldPhone(chat, chat.alice, 'another'), 0);
    expect(marksIn(pages, READ_ACK)).toEqual(mids);
  });
});
