import { Vsn } from '@flooim/protocol';
import { RawClient, until } from '@flooim/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Chat, startChat } from './support/chat.ts';
import { texts } from './support/phone.ts';

let chat: Chat;
beforeAll(async () => {
  chat = await startChat({ messagesPerSec: 1_000_000, messageBurst: 1_000_000 });
});
afterAll(() => chat.close());

test('a device that does not read stops being pushed to, is told what to pull later, and misses nothing', async () => {
  const [alice, bob] = [await chat.phone(chat.alice), await chat.phone(chat.bob)];
  // More than the system's socket buffers and the outbox hold together.
  const count = 3000;
  const body = 'x'.repeat(8000);
  bob.raw.socket.pause();
  for (let from = 0; from < count; from += 500) {
    await Promise.all(Array.from({ length: 500 }, (_, i) => alice.text(chat.bob.uid, `${from + i} ${body}`)));
  }
  bob.raw.socket.resume();
  await until(() => bob.notices.includes(chat.alice.uid), 'the notice of what to pull');
  await bob.settle();
  const got: string[] = [];
  let key = 0;
  // What comes after a gap is dropped: the pull brings it, in its place.
  for (const push of bob.pushed) {
    if (push.prevMid > key) continue;
    got.push(...texts(push));
    key = push.nextKey;
  }
  expect(got.length).toBeLessThan(count);
  while (key > 0) {
    const page = await bob.pull(chat.alice.uid, key);
    got.push(...texts(page));
    key = page.nextKey;
  }
  expect(got.map((text) => Number(text.split(' ')[0]))).toEqual(Array.from({ length: count }, (_, i) => i));
}, 60_000);

test.each(['xsync', 'socketio4'] as const)(
  'a version 1 device on %s that does not read misses nothing either',
  async (door) => {
    // Somebody else each time: what the other device was sent is no backlog of this one.
    const sender = door === 'xsync' ? chat.alice : chat.bob;
    const phone = await chat.phone(sender);
    const login = { uid: chat.carol.uid, token: chat.carol.token, guid: door };
    const old = await RawClient.login(chat.url, login, Vsn.V1, door);
    const peer = { uid: sender.uid };
    const got: number[] = [];
    let noticed = 0;
    old.onNotice = () => noticed++;
    old.onSync = (sync) => got.push(...sync.metas.map((meta) => meta.id));
    const sent = [(await phone.text(chat.carol.uid, 'the first')).serverMid];
    old.sync({ xid: peer });
    await until(() => got.length === 1, 'the first');
    noticed = 0;
    old.socket.pause();
    for (let i = 0; i < 6; i++) {
      const texts = Array.from({ length: 500 }, () => phone.text(chat.carol.uid, 'x'.repeat(8000)));
      sent.push(...(await Promise.all(texts)).map((answer) => answer.serverMid));
    }
    old.socket.resume();
    await until(() => noticed > 0, 'the notice of what to pull');
    for (let before = -1; before !== got.length; ) {
      before = got.length;
      const answered = old.nextSync((sync) => sync.xid?.uid === peer.uid);
      old.sync({ xid: peer });
      got.push(...(await answered).metas.map((meta) => meta.id));
    }
    expect(got).toEqual(sent);
    old.terminate();
  },
  60_000,
);
