import { decodeConversation, decodeMessageBody, Namespace, OperationType, StatusCode } from '@flooim/protocol';
import { afterEach, expect, test } from 'vitest';
import { type FakeWorld, fakeWorld, me, operation, peer, push, signIn, text, xid } from './fake-server.ts';
import { FakeSocket, settle } from './fakes.ts';
import { closeAll } from './support.ts';

afterEach(closeAll);

async function start(): Promise<{ world: FakeWorld; socket: FakeSocket }> {
  const world = fakeWorld();
  const socket = await signIn(world);
  push(socket, 0, text(1), text(2));
  await settle();
  return { world, socket };
}

const lastMeta = (socket: FakeSocket) => socket.syncs().findLast((one) => one.meta)?.meta;

/** The server's answer to the newest send: taken at `serverMid`, or refused. */
async function answer(socket: FakeSocket, serverMid: number): Promise<void> {
  const status = serverMid ? undefined : { code: StatusCode.FAIL, reason: 'no' };
  const prevMid = Math.max(0, serverMid - 1);
  socket.sync({ clientMid: lastMeta(socket)?.id ?? 0, serverMid, prevMid, xid: xid(me), ...(status && { status }) });
  await settle();
}

const unreadNumber = (world: FakeWorld) => world.im.rosterManage.getUnreadCount(peer);
const ids = (world: FakeWorld) => world.im.rosterManage.getRosterMessageByRid(peer).map((meta) => meta.id);

test('a mark and a deletion that the server refuses are undone', async () => {
  const { world, socket } = await start();
  world.im.rosterManage.readRosterMessage(peer);
  await settle();
  await answer(socket, 3);
  world.im.rosterManage.unreadMessage(peer, 1);
  await settle();
  expect(unreadNumber(world)).toBe(1);
  await answer(socket, 0);
  expect(unreadNumber(world)).toBe(0);
  world.im.rosterManage.deleteMessage(peer, 2);
  await settle();
  expect(ids(world)).toEqual(['1']);
  await answer(socket, 0);
  expect(ids(world)).toEqual(['1', '2']);
  expect(unreadNumber(world)).toBe(0);
});

test('a refused deletion does not bring back what was recalled meanwhile', async () => {
  const { world, socket } = await start();
  world.im.rosterManage.deleteMessage(peer, 2);
  await settle();
  push(socket, 2, { ...operation(3, OperationType.RECALL, 2), from: xid(peer) });
  await settle();
  await answer(socket, 0);
  expect(ids(world)).toEqual(['1']);
});

test('a mark of a message that is gone here counts nothing', async () => {
  const { world, socket } = await start();
  world.im.rosterManage.readRosterMessage(peer);
  world.im.rosterManage.deleteMessage(peer, 2);
  await settle();
  const mark = operation(5, OperationType.READ_CANCEL, 2);
  socket.sync({ xid: xid(me), metas: [mark], prevMid: 0, nextKey: 5, isEagerSync: true });
  await settle();
  expect(unreadNumber(world)).toBe(0);
});

test('a reading after a mark goes out after it, although an earlier one still waits', async () => {
  const { world, socket } = await start();
  socket.end(1006);
  const { rosterManage } = world.im;
  rosterManage.readRosterMessage(peer);
  rosterManage.unreadMessage(peer, 1);
  rosterManage.readRosterMessage(peer);
  await world.clock.advance(1000);
  FakeSocket.last.accept(me);
  FakeSocket.last.nothingUnread();
  await settle();
  const bodies = FakeSocket.last.syncs().flatMap(({ meta }) => (meta ? decodeMessageBody(meta.payload) : []));
  const { READ_ACK, READ_CANCEL } = OperationType;
  expect(bodies.map((body) => body.operation?.type)).toEqual([READ_ACK, READ_CANCEL, READ_ACK]);
});

test('a mark that was made again after a reading stays, though the answers come after all of them', async () => {
  const { world, socket } = await start();
  const { rosterManage } = world.im;
  rosterManage.readRosterMessage(peer);
  rosterManage.unreadMessage(peer, 1);
  rosterManage.readRosterMessage(peer);
  rosterManage.unreadMessage(peer, 1);
  await settle();
  const sent = socket.syncs().flatMap(({ meta }) => meta?.id ?? []);
  for (const [i, clientMid] of sent.entries()) {
    socket.sync({ clientMid, serverMid: 3 + i, prevMid: 2 + i, xid: xid(i % 2 === 0 ? peer : me) });
    await settle();
  }
  expect(sent).toHaveLength(4);
  expect(unreadNumber(world)).toBe(1);
});

test('own messages are never unread, whoever says so', async () => {
  const { world, socket } = await start();
  push(socket, 2, text(3, 'mine', me));
  await settle();
  expect(() => world.im.rosterManage.unreadMessage(peer, 3)).toThrow(
    expect.objectContaining({ code: 'INVALID_PARAMETER' }),
  );
  world.im.rosterManage.readRosterMessage(peer, 3);
  const mark = operation(5, OperationType.READ_CANCEL, 3);
  socket.sync({ xid: xid(me), metas: [mark], prevMid: 0, nextKey: 5, isEagerSync: true });
  await settle();
  expect(unreadNumber(world)).toBe(0);
});

test('a mark that the log has before the reading is gone when both are known', async () => {
  const { world, socket } = await start();
  world.im.rosterManage.readRosterMessage(peer);
  await settle();
  const read = lastMeta(socket)?.id ?? 0;
  const mark = operation(3, OperationType.READ_CANCEL, 2);
  socket.sync({ xid: xid(me), metas: [mark], prevMid: 0, nextKey: 3, isEagerSync: true });
  await settle();
  expect(unreadNumber(world)).toBe(1);
  socket.sync({ clientMid: read, serverMid: 9, prevMid: 2, xid: xid(peer) });
  await settle();
  expect(unreadNumber(world)).toBe(0);
  expect(world.of('onUnreadChange').length).toBeGreaterThan(2);
});

test('the deletion of a conversation says up to where, and takes what was not sent with it', async () => {
  const { world, socket } = await start();
  socket.end(1006);
  world.im.sysManage.sendRosterMessage({ uid: peer, content: 'never sent' });
  world.im.sysManage.deleteConversation(peer);
  await settle();
  expect(world.im.userManage.getConversationList()).toEqual([]);
  await world.clock.advance(1000);
  FakeSocket.last.accept(me);
  FakeSocket.last.nothingUnread();
  await settle();
  const metas = FakeSocket.last.syncs().flatMap((one) => one.meta ?? []);
  expect(metas.map((meta) => meta.ns)).toEqual([Namespace.CONVERSATION]);
  expect(decodeConversation(metas[0]?.payload as Uint8Array).operation?.mid).toBe(2);
  push(FakeSocket.last, 2, text(3));
  await settle();
  expect(ids(world)).toEqual(['3']);
});

test('what the history brings was counted before', async () => {
  const world = fakeWorld();
  const socket = await signIn(world);
  push(socket, 0, text(8));
  await settle();
  const asked = world.im.sysManage.requireHistoryMessage(peer, 8, 10);
  socket.sync({ xid: xid(peer), isFullSync: true, metas: [text(7), text(6)], nextKey: 0 });
  await asked;
  expect(ids(world)).toEqual(['6', '7', '8']);
  expect(unreadNumber(world)).toBe(1);
});

test('a failed message does not hide a newer one in the list', async () => {
  const { world, socket } = await start();
  world.im.sysManage.sendRosterMessage({ uid: peer, content: 'failed' });
  await settle();
  await answer(socket, 0);
  expect(world.im.userManage.getConversationList()[0]?.content).toBe('failed');
  const later = { ...text(3, 'newer'), timestamp: world.clock.now() + 1 };
  push(socket, 2, later);
  await settle();
  expect(world.im.userManage.getConversationList()[0]?.content).toBe('newer');
});
