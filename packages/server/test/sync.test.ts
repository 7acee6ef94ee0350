import { closeCodes, decodeRosterNotice, limits, Namespace, OperationType, RosterNoticeType } from '@flooim/protocol';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Chat, startChat } from './support/chat.ts';
import { texts } from './support/phone.ts';

let chat: Chat;
beforeEach(async () => {
  chat = await startChat({ messagesPerSec: 100_000, messageBurst: 100_000 });
});
afterEach(() => chat.close());

async function connectOnce(person: Chat['alice'], guid: string): Promise<void> {
  const phone = await chat.phone(person, guid);
  phone.raw.close();
  await phone.raw.closed();
}

describe('a device that was away', () => {
  test('learns from the unread list what it lacks and pulls it, page by page, in order', async () => {
    await connectOnce(chat.bob, 'phone');
    const alice = await chat.phone(chat.alice);
    const sent = Array.from({ length: 150 }, (_, i) => `while you were away ${i}`);
    await Promise.all(sent.map((text) => alice.text(chat.bob.uid, text)));
    const bob = await chat.phone(chat.bob, 'phone');
    const row = (await bob.unread()).find(({ xid }) => xid.uid === chat.alice.uid);
    expect(row).toMatchObject({ n: 150, type: 1, readMid: 0 });
    const got: string[] = [];
    let key = 0;
    for (;;) {
      const page = await bob.pull(chat.alice.uid, key, 40);
      if (page.nextKey === 0) break;
      got.push(...texts(page));
      key = page.nextKey;
    }
    expect(got).toEqual(sent);
  });

  test('goes on from its cursor after reconnecting and after a restart of the server', async () => {
    await connectOnce(chat.bob, 'phone');
    const alice = await chat.phone(chat.alice);
    await alice.text(chat.bob.uid, 'one');
    const bob = await chat.phone(chat.bob, 'phone');
    const first = await bob.pull(chat.alice.uid);
    bob.acknowledge(chat.alice.uid, first.nextKey);
    await bob.settle();
    await alice.text(chat.bob.uid, 'two');
    await bob.pushedText('two');
    await chat.restart();
    const again = await chat.phone(chat.bob, 'phone');
    expect((await again.unread()).find(({ xid }) => xid.uid === chat.alice.uid)?.n).toBeGreaterThan(0);
    expect(texts(await again.pull(chat.alice.uid))).toEqual(['two']);
  });

  test('has an empty unread row for a conversation that it has in full', async () => {
    const [alice, bob] = [await chat.phone(chat.alice), await chat.phone(chat.bob)];
    const { serverMid } = await alice.text(chat.bob.uid, 'seen');
    bob.acknowledge(chat.alice.uid, serverMid + 10);
    await bob.pushedWhere((sync) => sync.metas.some((meta) => meta.from?.uid === chat.bob.uid), 'the delivery receipt');
    const row = (await bob.unread()).find(({ xid }) => xid.uid === chat.alice.uid);
    // The receipt itself is an entry that this device was pushed and has not acknowledged.
    expect(row?.n).toBe(1);
  });
});

describe('a device new to the user', () => {
  test('pulls the last entries by itself and finds older ones in the history', async () => {
    await connectOnce(chat.bob, 'phone');
    const alice = await chat.phone(chat.alice);
    const total = limits.newDeviceEntries + 30;
    await Promise.all(Array.from({ length: total }, (_, i) => alice.text(chat.bob.uid, `${i}`)));
    const reader = await chat.phone(chat.bob, 'desk');
    await reader.operate(
      chat.alice.uid,
      OperationType.READ_ACK,
      (await reader.history(chat.alice.uid)).metas[0]?.id ?? 0,
    );
    const fresh = await chat.phone(chat.bob, 'new tablet');
    const pulled = texts(await fresh.pull(chat.alice.uid));
    // The receipt of reading is one of the entries.
    expect(pulled).toHaveLength(limits.newDeviceEntries - 1);
    expect(pulled.at(-1)).toBe(`${total - 1}`);
    const history = await fresh.history(chat.alice.uid, 0, 200);
    expect(texts(history)).toHaveLength(total);
    // The device that was only away gets everything.
    const phone = await chat.phone(chat.bob, 'phone');
    expect(texts(await phone.pull(chat.alice.uid))).toHaveLength(total);
  });
});

test('a device new to the user pulls all that he has not read, however far back', async () => {
  await connectOnce(chat.bob, 'phone');
  const alice = await chat.phone(chat.alice);
  const total = limits.newDeviceEntries + 80;
  await Promise.all(Array.from({ length: total }, (_, i) => alice.text(chat.bob.uid, `${i}`)));
  const fresh = await chat.phone(chat.bob, 'new tablet');
  expect((await fresh.unread()).find(({ xid }) => xid.uid === chat.alice.uid)?.n).toBe(total);
  expect(texts(await fresh.pull(chat.alice.uid))).toHaveLength(total);
});

describe('notices', () => {
  test('wait in the system conversation for a device that was away', async () => {
    await connectOnce(chat.bob, 'phone');
    await chat.call(chat.bob, 'userAuthMode', { value: 1 });
    await chat.call(chat.alice, 'rosterApply', { user_id: chat.bob.uid, reason: 'it is me' });
    const bob = await chat.phone(chat.bob, 'phone');
    expect((await bob.unread()).find(({ xid }) => xid.uid === 0)?.n).toBe(1);
    const page = await bob.pull(0);
    const meta = page.metas.find(({ ns }) => ns === Namespace.ROSTER_NOTICE);
    const notice = meta && decodeRosterNotice(meta.payload);
    expect(notice).toMatchObject({
      type: RosterNoticeType.APPLIED,
      from: { uid: chat.alice.uid },
      to: [{ uid: chat.bob.uid }],
      content: 'it is me',
    });
  });
});

describe('history', () => {
  test('comes newest first, page by page, and says where it ends', async () => {
    const alice = await chat.phone(chat.alice);
    const sent = Array.from({ length: 25 }, (_, i) => `h${i}`);
    await Promise.all(sent.map((text) => alice.text(chat.bob.uid, text)));
    const got: string[] = [];
    let key = 0;
    let pages = 0;
    do {
      const page = await alice.history(chat.bob.uid, key, 10);
      expect(page).toMatchObject({ isFullSync: true, xid: { uid: chat.bob.uid } });
      got.push(...texts(page));
      key = page.nextKey;
      pages += 1;
    } while (key > 0);
    expect(got).toEqual(sent.toReversed());
    expect(pages).toBe(3);
  });

  test('of a conversation that only began is one empty page', async () => {
    const alice = await chat.phone(chat.alice);
    const { serverMid } = await alice.text(chat.bob.uid, 'only one');
    expect(await alice.history(chat.bob.uid, serverMid)).toMatchObject({ metas: [], nextKey: 0, isFullSync: true });
  });

  test('is the same for both', async () => {
    const [alice, bob] = [await chat.phone(chat.alice), await chat.phone(chat.bob)];
    await Promise.all(
      Array.from({ length: 20 }, (_, i) => (i % 2 ? alice : bob).text((i % 2 ? chat.bob : chat.alice).uid, `m${i}`)),
    );
    const [a, b] = [await alice.history(chat.bob.uid), await bob.history(chat.alice.uid)];
    expect(a.metas.map((meta) => meta.id)).toEqual(b.metas.map((meta) => meta.id));
  });
});

describe('a graceful stop', () => {
  test('answers what it took, tells clients when to come back, and loses nothing', async () => {
    const alice = await chat.phone(chat.alice);
    const acked: number[] = [];
    const sends = Array.from({ length: 300 }, (_, i) =>
      alice.text(chat.bob.uid, `s${i}`).then((answer) => acked.push(answer.serverMid)),
    );
    await Promise.race(sends);
    const began = performance.now();
    await chat.restart();
    expect(performance.now() - began).toBeLessThan(10_000);
    expect(await alice.raw.closed()).toBe(closeCodes.shutdown.code);
    const again = await chat.phone(chat.alice);
    const mids = (await again.history(chat.bob.uid, 0, 200)).metas.map((meta) => meta.id);
    const older = await again.history(chat.bob.uid, mids.at(-1) ?? 0, 200);
    const all = new Set([...mids, ...older.metas.map((meta) => meta.id)]);
    expect(acked.filter((mid) => !all.has(mid))).toEqual([]);
  });
});
