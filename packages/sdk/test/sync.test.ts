import {
  Command,
  decodeSyncUL,
  encodeNotice,
  encodeSyncDL,
  type Meta,
  Namespace,
  type SyncUL,
  UserNoticeType,
} from '@flooim/protocol';
import { afterEach, expect, test } from 'vitest';
import { Conversations } from '../src/conversation/conversations.ts';
import { Emitter } from '../src/event/emitter.ts';
import { MemoryStorage } from '../src/storage/memory.ts';
import { Transactions } from '../src/storage/transaction.ts';
import { Sync } from '../src/sync/sync.ts';
import { fakeWorld, me, notice, page, peer, push, signIn, text, unread, xid } from './fake-server.ts';
import { FakeClock, FakeSocket, settle } from './fakes.ts';
import { closeAll } from './support.ts';

afterEach(closeAll);

const contents = (world: ReturnType<typeof fakeWorld>) => world.of('onRosterMessage').map((meta) => meta.content);

test('a push that continues the log is applied, and acknowledged once for many', async () => {
  const world = fakeWorld();
  const socket = await signIn(world);
  push(socket, 0, text(1));
  push(socket, 1, text(2), text(3));
  await settle();
  expect(contents(world)).toEqual(['m1', 'm2', 'm3']);
  expect(socket.syncs()).toEqual([]);
  await world.clock.advance(200);
  expect(socket.syncs()).toMatchObject([{ xid: xid(peer), key: 3, fullSyncNum: 0 }]);
});

test('a push that leaves a gap is dropped, and what is missing is pulled, also what came meanwhile', async () => {
  const world = fakeWorld();
  const socket = await signIn(world);
  push(socket, 0, text(1));
  await settle();
  push(socket, 2, text(3));
  push(socket, 3, text(4));
  await settle();
  expect(socket.syncs()).toMatchObject([{ xid: xid(peer), key: 1, fullSyncNum: 200 }]);
  page(socket, 3, text(2), text(3));
  await settle();
  expect(socket.syncs().at(-1)).toMatchObject({ key: 3 });
  page(socket, 0);
  await settle();
  expect(socket.syncs()).toHaveLength(3);
  page(socket, 4, text(4));
  await settle();
  page(socket, 0);
  await settle();
  expect(contents(world)).toEqual(['m1', 'm2', 'm3', 'm4']);
});

/** A sync over a store that is done when the test says so. */
function slowSync() {
  const clock = new FakeClock();
  const finish: (() => void)[] = [];
  const storage = new MemoryStorage();
  storage.commit = () => new Promise((resolve) => finish.push(resolve));
  const transactions = new Transactions(storage, new Emitter());
  const told: SyncUL[] = [];
  const connection = { isUp: true, send: (_: number, payload: Uint8Array) => told.push(decodeSyncUL(payload)) > 0 };
  const cursors = new Conversations([]);
  const parts = { uid: me, clock, transactions, cursors, handlers: { message() {} }, answers: {} };
  const sync = new Sync({ ...parts, connection } as never);
  const push = (prevMid: number, id: number) => {
    const answer = { xid: xid(peer), metas: [text(id)], prevMid, nextKey: id, isEagerSync: true };
    sync.receive({ vsn: 1, command: Command.SYNC, payload: encodeSyncDL(answer) } as never);
  };
  return { clock, finish, told, push };
}

test('only what is stored is acknowledged, and a pull begins there', async () => {
  const { clock, finish, told, push } = slowSync();
  push(0, 1);
  push(1, 2);
  finish[0]?.();
  await settle();
  await clock.advance(200);
  expect(told).toMatchObject([{ key: 1 }]);
  push(5, 6);
  expect(told.at(-1)).toMatchObject({ key: 1, fullSyncNum: 200 });
});

test('what comes twice is there once', async () => {
  const world = fakeWorld();
  const socket = await signIn(world);
  push(socket, 0, text(1), text(2));
  push(socket, 0, text(1), text(2));
  push(socket, 1, text(2), text(3));
  await settle();
  expect(contents(world)).toEqual(['m1', 'm2', 'm3']);
  expect(world.im.rosterManage.getUnreadCount(peer)).toBe(3);
});

test('the cursor passes entries that a page leaves out', async () => {
  const world = fakeWorld();
  const socket = await signIn(world);
  unread(socket, { uid: peer, n: 5 });
  page(socket, 9, text(2));
  await settle();
  page(socket, 0);
  push(socket, 9, text(10));
  await settle();
  expect(contents(world)).toEqual(['m2', 'm10']);
});

test('it is syncing until all that waited has come', async () => {
  const world = fakeWorld();
  const login = world.im.login({ name: 'ada', password: 'correct horse 1' });
  for (let i = 0; i < 5; i++) await settle();
  const socket = FakeSocket.last;
  socket.accept(me);
  await login;
  unread(socket, { uid: peer, n: 1 });
  expect(world.im.connection.state.name).toBe('syncing');
  page(socket, 1, text(1));
  await settle();
  expect(world.im.connection.state.name).toBe('syncing');
  page(socket, 0);
  await settle();
  expect(world.im.connection.state.name).toBe('online');
});

test('at most eight pulls are on their way at once', async () => {
  const world = fakeWorld();
  const socket = await signIn(world);
  unread(socket, ...Array.from({ length: 20 }, (_, i) => ({ uid: 100 + i, n: 1 })));
  expect(socket.syncs()).toHaveLength(8);
  socket.sync({ xid: xid(100), metas: [], nextKey: 0 });
  await settle();
  expect(socket.syncs()).toHaveLength(9);
});

test('a pull without an answer ends the connection after 20 s', async () => {
  const world = fakeWorld();
  const socket = await signIn(world);
  unread(socket, { uid: peer, n: 1 });
  await world.clock.advance(19_000);
  socket.say(Command.NOTICE, new Uint8Array());
  await world.clock.advance(1000);
  expect(world.im.connection.state.name).toBe('waiting');
});

test('a pull waits while the server answers other things, but not for ever', async () => {
  const world = fakeWorld();
  const socket = await signIn(world);
  unread(socket, { uid: 50, n: 1 });
  for (let i = 0; i < 5; i++) {
    await world.clock.advance(11_000);
    push(socket, i, text(i + 1));
    expect(world.im.connection.state.name).toBe('online');
  }
  await world.clock.advance(5000);
  expect(world.im.connection.state.name).toBe('waiting');
});

test('what waits is asked for before a filled outbox goes out', async () => {
  const world = fakeWorld();
  const socket = await signIn(world);
  socket.end(1006);
  world.im.sysManage.sendRosterMessage({ uid: peer, content: 'queued' });
  await world.clock.advance(1000);
  FakeSocket.last.accept(me);
  expect(FakeSocket.last.syncs()).toEqual([]);
  unread(FakeSocket.last, { uid: 50, n: 1 });
  expect(FakeSocket.last.syncs().map((one) => one.meta === undefined)).toEqual([true, false]);
});

test('a notice of the server makes this device pull', async () => {
  const world = fakeWorld();
  const socket = await signIn(world);
  socket.say(Command.NOTICE, encodeNotice({ xid: xid(peer) }));
  expect(socket.syncs()).toMatchObject([{ xid: xid(peer), key: 0, fullSyncNum: 200 }]);
});

test('an acknowledged message moves the cursor, or a gap before it is pulled', async () => {
  const world = fakeWorld();
  const socket = await signIn(world);
  world.im.sysManage.sendRosterMessage({ uid: peer, content: 'one' });
  await settle();
  const first = socket.syncs().at(-1)?.meta?.id ?? 0;
  socket.sync({ xid: xid(peer), clientMid: first, serverMid: 5, serverTime: 77, prevMid: 0 });
  await settle();
  expect(world.im.rosterManage.getRosterMessageByRid(peer)).toMatchObject([{ id: '5', timestamp: '77' }]);
  push(socket, 5, text(6));
  await settle();
  expect(contents(world)).toEqual(['m6']);
  world.im.sysManage.sendRosterMessage({ uid: peer, content: 'two' });
  await settle();
  const second = socket.syncs().at(-1)?.meta?.id ?? 0;
  socket.sync({ xid: xid(peer), clientMid: second, serverMid: 9, serverTime: 88, prevMid: 8 });
  await settle();
  expect(socket.syncs().at(-1)).toMatchObject({ key: 6, fullSyncNum: 200 });
  page(socket, 9, text(7), text(8));
  await settle();
  expect(world.im.rosterManage.getRosterMessageByRid(peer).map((meta) => meta.id)).toEqual(['5', '6', '7', '8', '9']);
});

test('an entry that cannot be read stops nothing', async () => {
  const world = fakeWorld();
  const socket = await signIn(world);
  push(socket, 0, text(1), { ...text(2), payload: new Uint8Array([255, 255]) }, text(3));
  await settle();
  expect(contents(world)).toEqual(['m1', 'm3']);
  expect(world.of('flooError')).toMatchObject([{ category: 'INTERNAL' }]);
});

test('the late answer to a history request is not taken for the answer to the next', async () => {
  const world = fakeWorld();
  const socket = await signIn(world);
  const answer = (...metas: Meta[]) => socket.sync({ xid: xid(peer), isFullSync: true, metas, nextKey: 0 });
  const first = world.im.sysManage.requireHistoryMessage(peer, 50, 2);
  await world.clock.advance(15_000);
  await expect(first).rejects.toMatchObject({ code: 'TIMEOUT' });
  const second = world.im.sysManage.requireHistoryMessage(peer, 9, 2);
  answer(text(40));
  answer(text(8));
  expect((await second).messages.map((meta) => meta.id)).toEqual(['8']);
});

test('what this version does not know is passed over and does not get in the way', async () => {
  const world = fakeWorld();
  const socket = await signIn(world);
  push(socket, 0, { ...text(1), ns: Namespace.RTC_SIGNAL }, text(2));
  await settle();
  expect(contents(world)).toEqual(['m2']);
});

test('an end of the session that a log tells late does not end this one, one told now does', async () => {
  const world = fakeWorld();
  const socket = await signIn(world);
  socket.sync({
    xid: xid(0),
    metas: [notice(3, UserNoticeType.PASSWORD_CHANGED)],
    prevMid: 0,
    nextKey: 3,
    isEagerSync: true,
  });
  await settle();
  expect(world.im.isLogin()).toBe(true);
  socket.sync({
    xid: xid(0),
    metas: [notice(0, UserNoticeType.KICKED_BY_OTHER_DEVICE)],
    nextKey: 0,
    isEagerSync: true,
  });
  await settle();
  expect(world.im.isLogin()).toBe(false);
  expect(world.im.connection.state).toEqual({ name: 'kicked', reason: 'KICKED_BY_OTHER_DEVICE' });
  expect(world.of('flooNotice').slice(-2)).toEqual([
    { category: 'userNotice', desc: 'KICKED_BY_OTHER_DEVICE' },
    { category: 'action', desc: 'relogin_manually' },
  ]);
});

test('positions that the server knows are taken over and never go back', async () => {
  const world = fakeWorld();
  const socket = await signIn(world);
  push(socket, 0, text(1), text(2), text(3));
  unread(socket, { uid: peer, n: 0, readMid: 2 });
  await settle();
  expect(world.im.rosterManage.getUnreadCount(peer)).toBe(1);
  unread(socket, { uid: peer, n: 0, readMid: 1 });
  await settle();
  expect(world.im.rosterManage.getUnreadCount(peer)).toBe(1);
});
