import { Command, encodeProvision, StatusCode } from '@flooim/protocol';
import { expect, test } from 'vitest';
import { memoryKeyValue } from '../src/platform/platform.ts';
import { fakeWorld, me, peer, signIn } from './fake-server.ts';
import { FakeSocket, settle } from './fakes.ts';
import { say, texts, town } from './people.ts';
import { closeAll, profile, until } from './support.ts';

const { person, device } = town();

test('where tabs cannot be told apart the session lives in memory and says so', async () => {
  const ada = await person('ada', { platform: { ...profile(), locks: undefined } });
  expect(ada.of('flooNotice').filter((notice) => notice.category === 'STORAGE')).toHaveLength(1);
  const bob = await person('bob');
  await say(bob, ada, 'hello');
  await until(() => texts(ada, bob).length === 1, 'arrived');
});

test('where the database cannot be opened the session lives in memory and says so', async () => {
  const broken = {
    open() {
      throw new DOMException('private mode', 'SecurityError');
    },
  };
  const ada = await person('ada', { platform: { ...profile(), indexedDB: broken as unknown as IDBFactory } });
  const [notice] = ada.of('flooNotice').filter((one) => one.category === 'STORAGE');
  expect(notice?.desc).toContain('private mode');
  const bob = await person('bob');
  await say(ada, bob, 'hello');
  await until(() => texts(bob, ada).length === 1, 'arrived');
});

test('a database that is taken away while in use costs nothing of this session', async () => {
  const platform = profile();
  const ada = await person('ada', { platform });
  const bob = await person('bob');
  await say(bob, ada, 'before');
  await until(() => texts(ada, bob).length === 1, 'arrived');
  // Another page upgrades or deletes it: the connection has to close.
  await new Promise((resolve, reject) => {
    const request = platform.indexedDB?.deleteDatabase(`flooim:flooim:${ada.uid}:0`);
    if (!request) return reject(new Error('no database'));
    request.onsuccess = resolve;
    request.onerror = reject;
  });
  await say(bob, ada, 'after');
  await until(() => texts(ada, bob).join() === 'before,after', 'both');
  await say(ada, bob, 'answer');
  expect(ada.of('flooNotice').filter((notice) => notice.category === 'STORAGE')).toHaveLength(1);
  await ada.im.dispose();
  // The server heard of what the database never had: under a new name the device gets it again.
  const again = await device(ada, { platform });
  await until(() => texts(again, bob).join() === 'before,after,answer', 'everything again');
});

test('storage can be memory by choice, without a word', async () => {
  const platform = profile();
  const ada = await person('ada', { platform, storage: 'memory' });
  expect(ada.of('flooNotice').filter((notice) => notice.category === 'STORAGE')).toEqual([]);
  expect(await platform.indexedDB?.databases()).toEqual([]);
});

test('conversations that were not read at the start are read when asked for', async () => {
  const platform = profile();
  const ada = await person('ada', { platform });
  const bob = await person('bob');
  for (let i = 0; i < 60; i++) ada.im.sysManage.sendRosterMessage({ uid: bob.uid, content: `m${i}` });
  await until(() => texts(bob, ada).length === 60, 'all arrived');
  await until(
    () => ada.of('onSendingMessageStatusChanged').filter((one) => one.status === 'sent').length === 60,
    'sent',
  );
  await ada.im.dispose();
  const again = await device(ada, { platform });
  expect(texts(again, bob)).toEqual(Array.from({ length: 50 }, (_, i) => `m${i + 10}`));
  const oldest = again.im.rosterManage.getRosterMessageByRid(bob.uid)[0]?.id as string;
  await again.im.sysManage.requireHistoryMessage(bob.uid, oldest, 50);
  expect(texts(again, bob)).toHaveLength(60);
});

const pending = (world: ReturnType<typeof fakeWorld>) =>
  world.im.rosterManage.getRosterMessageByRid(peer).map((meta) => [meta.content, meta.sending]);

const messagesSent = (socket: FakeSocket) => socket.syncs().filter((one) => one.meta !== undefined);

test('under another device number nothing that was on its way goes again: it is failed for the user to decide', async () => {
  const world = fakeWorld();
  const socket = await signIn(world);
  world.im.sysManage.sendRosterMessage({ uid: peer, content: 'one' });
  await settle();
  socket.end(1006);
  await world.clock.advance(1000);
  const status = { code: StatusCode.OK, reason: '' };
  FakeSocket.last.open();
  FakeSocket.last.say(Command.PROVISION, encodeProvision({ status, xid: { uid: me, deviceSN: 2 } }));
  await settle();
  expect(messagesSent(FakeSocket.last)).toEqual([]);
  expect(pending(world)).toEqual([['one', 'failed']]);
  world.im.sysManage.sendRosterMessage({ uid: peer, content: 'two' });
  await settle();
  expect(messagesSent(FakeSocket.last)).toHaveLength(1);
});

/** Signs in where the store needs real turns of the event loop. */
async function signInStored(world: ReturnType<typeof fakeWorld>): Promise<void> {
  const before = FakeSocket.all.length;
  const login = world.im.login({ name: 'ada', password: 'correct horse 1' });
  await until(() => FakeSocket.all.length > before, 'a socket');
  FakeSocket.last.accept(me);
  await login;
  FakeSocket.last.nothingUnread();
}

test('a message that waited for more than a day since an earlier start fails visibly, a younger one goes out', async () => {
  const platform = profile();
  const world = fakeWorld({ platform });
  await signInStored(world);
  FakeSocket.last.end(1006);
  world.im.sysManage.sendRosterMessage({ uid: peer, content: 'old' });
  await world.clock.advance(20 * 3600_000);
  world.im.sysManage.sendRosterMessage({ uid: peer, content: 'young' });
  await closeAll();
  const later = fakeWorld({ platform });
  await later.clock.advance(25 * 3600_000);
  await signInStored(later);
  await until(() => messagesSent(FakeSocket.last).length > 0, 'something is sent');
  expect(messagesSent(FakeSocket.last)).toHaveLength(1);
  expect(pending(later)).toEqual([
    ['old', 'failed'],
    ['young', 'sending'],
  ]);
});

test('a reloaded tab gets its own slot again, with what it had not sent', async () => {
  const shared = profile();
  const tab = () => ({ ...shared, tabKeyValue: memoryKeyValue() });
  await signInStored(fakeWorld({ platform: tab() }));
  const own = tab();
  const other = fakeWorld({ platform: own });
  await signInStored(other);
  FakeSocket.last.end(1006);
  other.im.sysManage.sendRosterMessage({ uid: peer, content: 'mine' });
  await closeAll();
  const reloaded = fakeWorld({ platform: own });
  await signInStored(reloaded);
  expect(pending(reloaded)).toEqual([['mine', 'sending']]);
});
