import {
  decodeMessageBody,
  encodeMessageBody,
  MessageType,
  type Meta,
  OperationType,
  StatusCode,
} from '@flooim/protocol';
import { afterEach, expect, test } from 'vitest';
import {
  edit,
  type FakeWorld,
  fakeWorld,
  me,
  page,
  peer,
  push,
  signIn,
  signInStored,
  text,
  unread,
  xid,
} from './fake-server.ts';
import { type FakeSocket, settle } from './fakes.ts';
import { closeAll, profile, until } from './support.ts';

afterEach(closeAll);

/** A conversation with an own message 1 and one of the peer, 2. */
async function start(): Promise<{ world: FakeWorld; socket: FakeSocket }> {
  const world = fakeWorld();
  const socket = await signIn(world);
  push(socket, 0, text(1, 'one', me), text(2, 'two'));
  await settle();
  return { world, socket };
}

const messages = ({ im }: FakeWorld) => im.rosterManage.getRosterMessageByRid(peer);
const content = (world: FakeWorld, id = 1) => messages(world).find((meta) => meta.id === String(id))?.content;
const append = (world: FakeWorld, added: string) =>
  world.im.sysManage.appendMessageContent({ uid: peer, mid: 1, content: added });

/** The server took an edit: its entry, the one before it, the edit's time. */
async function taken(socket: FakeSocket, clientMid: number, serverMid: number, prevMid: number): Promise<void> {
  socket.sync({ xid: xid(peer), clientMid, serverMid, prevMid, editTimestamp: serverMid });
  await settle();
}

/** Questions for one message as it is now. */
const asked = (socket: FakeSocket) => socket.syncs().filter((one) => one.isFullSync);

/** A message in its present state, as a page has it. */
function state(id: number, now: string, editTimestamp: number, from = me): Meta {
  const payload = encodeMessageBody({ type: MessageType.CHAT, content: now, editTimestamp });
  return { ...text(id, now, from), payload };
}

async function answerAsked(socket: FakeSocket, ...metas: Meta[]): Promise<void> {
  socket.sync({ xid: xid(peer), isFullSync: true, metas, nextKey: 0 });
  await settle();
}

test('a message whose answer was lost is shown as another device has changed it meanwhile', async () => {
  const { world, socket } = await start();
  const clientMid = world.im.sysManage.sendRosterMessage({ uid: peer, content: 'three' });
  await settle();
  push(socket, 2, edit(4, 3, { content: ' and more' }, me));
  await settle();
  socket.sync({ xid: xid(peer), clientMid, serverMid: 3, prevMid: 3, serverTime: 3 });
  await settle();
  expect(content(world, 3)).toBe('three');
  expect(asked(socket)).toMatchObject([{ key: 4, fullSyncNum: 1 }]);
  await answerAsked(socket, state(3, 'three and more', 4));
  expect(content(world, 3)).toBe('three and more');
});

test('a change is applied when it is newer than what is held, wherever it comes from', async () => {
  const { world, socket } = await start();
  push(socket, 2, edit(3, 2, { content: ' and a half' }));
  push(socket, 3, edit(4, 2, { content: 'never', editTimestamp: 3 }));
  await settle();
  expect(content(world, 2)).toBe('two and a half');
  expect(messages(world)[1]).toMatchObject({ edited: '3' });
  expect(world.of('onMessageEdited')).toEqual([{ uid: String(peer), mid: '2' }]);
  push(socket, 4, edit(5, 2, { content: 'new', operation: { type: OperationType.REPLACE, mid: 2 } }));
  await settle();
  expect(content(world, 2)).toBe('new');
  expect(world.im.userManage.getConversationList()).toMatchObject([{ content: 'new' }]);
});

test('what is fetched later has its present state, and older changes of it that come after do nothing', async () => {
  const { world, socket } = await start();
  const asking = world.im.sysManage.requireHistoryMessage(peer, 0, 10);
  await answerAsked(socket, state(2, 'two, changed', 9, peer), text(1, 'one', me));
  await asking;
  expect(content(world, 2)).toBe('two, changed');
  push(socket, 2, edit(9, 2, { content: ', changed' }));
  await settle();
  expect(content(world, 2)).toBe('two, changed');
});

test('an own change goes out like a message and shows when the server took it', async () => {
  const { world, socket } = await start();
  const clientMid = append(world, ' more');
  await settle();
  const sent = socket.syncs().find((one) => one.meta?.id === clientMid)?.meta as Meta;
  expect(sent.to).toEqual(xid(peer));
  expect(decodeMessageBody(sent.payload)).toMatchObject({
    type: MessageType.OPER,
    content: ' more',
    operation: { type: OperationType.APPEND, mid: 1 },
  });
  expect(content(world)).toBe('one');
  await taken(socket, clientMid, 3, 2);
  expect(content(world)).toBe('one more');
  expect(world.of('onMessageEdited')).toEqual([{ uid: String(peer), mid: '1' }]);
  expect(asked(socket)).toEqual([]);
});

test('an own change with unknown ones before it is not put on top: the server is asked how the message is', async () => {
  const { world, socket } = await start();
  const clientMid = append(world, ' mine');
  await settle();
  // Entry 3, a change by another own device, has not come.
  await taken(socket, clientMid, 4, 3);
  expect(content(world)).toBe('one');
  expect(asked(socket)).toMatchObject([{ xid: xid(peer), key: 2, fullSyncNum: 1 }]);
  page(socket, 3, edit(3, 1, { content: ' other' }, me));
  await settle();
  expect(content(world)).toBe('one');
  await answerAsked(socket, state(1, 'one other mine', 4));
  expect(content(world)).toBe('one other mine');
  push(socket, 4, edit(5, 1, { content: ' last' }, me));
  await settle();
  page(socket, 4);
  push(socket, 4, edit(5, 1, { content: ' last' }, me));
  await settle();
  expect(content(world)).toBe('one other mine last');
});

test('a change that comes together with the answer is not lost: what the answer lacks is asked for once more', async () => {
  const { world, socket } = await start();
  const clientMid = append(world, ' mine');
  await settle();
  await taken(socket, clientMid, 4, 3);
  page(socket, 4, edit(3, 1, { content: ' other' }, me));
  await settle();
  void answerAsked(socket, state(1, 'one other mine', 4));
  push(socket, 4, edit(5, 1, { content: ' last' }, me));
  await settle();
  expect(asked(socket)).toHaveLength(2);
  await answerAsked(socket, state(1, 'one other mine last', 5));
  expect(content(world)).toBe('one other mine last');
  push(socket, 5, edit(6, 1, { content: '!' }, me));
  await settle();
  expect(content(world)).toBe('one other mine last!');
  expect(asked(socket)).toHaveLength(2);
});

test('an own change that another one overtook is not put on top either', async () => {
  const { world, socket } = await start();
  const clientMid = append(world, ' mine');
  await settle();
  // The answer was lost with the connection; the pull after it left the own entry 3 out.
  push(socket, 2, edit(4, 1, { content: ' other' }, me));
  await settle();
  await taken(socket, clientMid, 3, 3);
  await answerAsked(socket, state(1, 'one mine other', 4));
  expect(content(world)).toBe('one mine other');
});

test('what could not be asked is asked in the next session, also after a reload', async () => {
  const browser = profile();
  const before = await signInStored(browser);
  push(before.socket, 0, text(1, 'one', me), text(2, 'two'));
  await until(() => content(before.world) === 'one', 'arrived');
  const clientMid = append(before.world, ' mine');
  await until(() => before.socket.syncs().some((one) => one.meta), 'sent');
  await taken(before.socket, clientMid, 4, 3);
  await until(() => asked(before.socket).length === 1, 'asked');
  await before.world.im.dispose();
  const { world, socket } = await signInStored(browser);
  await until(() => asked(socket).length === 1, 'asked again');
  await answerAsked(socket, state(1, 'one other mine', 4));
  await until(() => content(world) === 'one other mine', 'in its present state');
  socket.nothingUnread();
  await settle();
  expect(asked(socket)).toHaveLength(1);
});

test('a change of a message that this device never had asks nothing', async () => {
  const { world, socket } = await start();
  push(socket, 2, edit(8, 7, { content: ' more' }));
  await settle();
  expect(asked(socket)).toEqual([]);
  expect(world.of('onMessageEdited')).toEqual([]);
  unread(socket);
  await settle();
  expect(asked(socket)).toEqual([]);
});

test('a message that is gone meanwhile stays gone', async () => {
  const { world, socket } = await start();
  const clientMid = append(world, ' mine');
  await settle();
  await taken(socket, clientMid, 4, 3);
  page(socket, 4, edit(3, 1, { operation: { type: OperationType.RECALL, mid: 1 } }, me));
  await settle();
  await answerAsked(socket);
  expect(content(world)).toBeUndefined();
});

test('a change that the server refuses changes nothing and is told', async () => {
  const { world, socket } = await start();
  const changed = world.im.sysManage.asyncReplaceMessage({ uid: peer, mid: 1, content: 'x' });
  await settle();
  const clientMid = socket.syncs().find((one) => one.meta)?.meta?.id ?? 0;
  socket.sync({ clientMid, status: { code: StatusCode.FAIL, reason: 'only the sender can change a message' } });
  await expect(changed).rejects.toMatchObject({ code: 'REJECTED', status: StatusCode.FAIL });
  expect(content(world)).toBe('one');
  expect(world.of('flooError')).toEqual([{ category: 'MESSAGE', desc: 'only the sender can change a message' }]);
});

test('bad changes throw at once', async () => {
  const { world } = await start();
  const { sysManage } = world.im;
  const cases: [object, string][] = [
    [{ mid: 1, content: 'x' }, 'params.uid'],
    [{ uid: peer, gid: 5, mid: 1, content: 'x' }, 'params.uid'],
    [{ uid: peer, mid: 0, content: 'x' }, 'params.mid'],
    [{ uid: peer, mid: 2, content: 'x' }, 'params.mid'],
    [{ uid: peer, mid: 1 }, 'params.content'],
    [{ uid: peer, mid: 1, content: 5 }, 'params.content'],
    [{ uid: peer, mid: 1, ext: 5 }, 'params.ext'],
  ];
  for (const [params, field] of cases) {
    const bad = expect.objectContaining({ code: 'INVALID_PARAMETER', field });
    expect(() => sysManage.appendMessageContent(params as never), field).toThrow(bad);
    await expect(sysManage.asyncReplaceMessage(params as never)).rejects.toMatchObject({ field });
  }
});
