import { encodeMessageBody, MessageType, type Meta, Namespace, OperationType } from '@flooim/protocol';
import { IDBObjectStore } from 'fake-indexeddb';
import { afterEach, expect, test } from 'vitest';
import { me, signInStored, xid } from './fake-server.ts';
import type { FakeSocket } from './fakes.ts';
import { closeAll, profile, until } from './support.ts';

afterEach(closeAll);

const gid = 5000;
const members = 2000;

function message(id: number): Meta {
  const payload = encodeMessageBody({ type: MessageType.GROUPCHAT, content: `m${id}` });
  return { id, from: xid(me), to: xid(gid), timestamp: id, ns: Namespace.MESSAGE, payload };
}

/** Each of the members has read the message `mid`, one after the other, as the own log tells from its beginning. */
function allRead(socket: FakeSocket, mid: number): void {
  const payload = encodeMessageBody({
    type: MessageType.OPER,
    operation: { type: OperationType.READ_ACK, mid, xid: xid(gid) },
  });
  for (let id = 1; id <= members; id++) {
    const meta = { id, from: xid(10_000 + id), to: xid(me), timestamp: id, ns: Namespace.MESSAGE, payload };
    socket.sync({ xid: xid(me), metas: [meta], prevMid: id - 1, nextKey: id, isEagerSync: true });
  }
}

test('thousands of readers are known, also after a reload, and cost a message in the group nothing', async () => {
  const browser = profile();
  const { world, socket } = await signInStored(browser);
  socket.sync({ xid: xid(gid), metas: [message(1)], prevMid: 0, nextKey: 1, isEagerSync: true });
  allRead(socket, 1);
  const { sysManage } = world.im;
  await until(() => world.of('onMessageStatusChanged').length === members, 'all told');
  expect(sysManage.getMessageReaders(gid, 1)).toHaveLength(members);
  expect(sysManage.getMessageReaders(gid, 2)).toEqual([]);
  expect(sysManage.getMessageStatus(gid, 1)).toBe('read');
  const { put } = IDBObjectStore.prototype;
  const sizes: number[] = [];
  IDBObjectStore.prototype.put = function (value, key) {
    sizes.push(JSON.stringify(value instanceof Map ? [...value] : value).length);
    return put.call(this, value, key);
  };
  try {
    socket.sync({ xid: xid(gid), metas: [message(2)], prevMid: 1, nextKey: 2, isEagerSync: true });
    await until(() => world.of('onGroupMessage').length === 2, 'came');
  } finally {
    IDBObjectStore.prototype.put = put;
  }
  expect(sizes.length).toBeGreaterThan(0);
  expect(Math.max(...sizes)).toBeLessThan(2000);
  await world.im.dispose();
  const again = await signInStored(browser);
  expect(again.world.im.sysManage.getMessageReaders(gid, 1)).toHaveLength(members);
});
