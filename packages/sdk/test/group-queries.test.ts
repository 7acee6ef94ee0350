import { encodeGroupNotice, GroupNoticeType, Namespace } from '@flooim/protocol';
import { afterEach, expect, test } from 'vitest';
import { type FakeWorld, fakeWorld, me, signIn, xid } from './fake-server.ts';
import { type FakeSocket, settle } from './fakes.ts';
import { closeAll } from './support.ts';

afterEach(closeAll);

const gid = 5000;
let last = 0;

async function start(): Promise<{ world: FakeWorld; socket: FakeSocket }> {
  last = 0;
  const world = fakeWorld();
  Object.assign(world.answers, { '/group/user_joined': [gid], '/group/info/batch': [] });
  return { world, socket: await signIn(world) };
}

/** Somebody comes into the group. */
function joined(socket: FakeSocket, uid: number): void {
  const payload = encodeGroupNotice({ type: GroupNoticeType.JOINED, gid: xid(gid), from: xid(uid) });
  const meta = { id: ++last, from: xid(uid), to: xid(gid), timestamp: last, ns: Namespace.GROUP_NOTICE, payload };
  socket.sync({ xid: xid(gid), metas: [meta], prevMid: last - 1, nextKey: last, isEagerSync: true });
}

test('where somebody comes all the time the members are told nevertheless', async () => {
  const { world, socket } = await start();
  const members = [{ user_id: me }];
  world.answers['/group/member_list'] = () => {
    joined(socket, 100 + last);
    return members;
  };
  expect(await world.im.groupManage.asyncGetGroupMembers(gid)).toEqual(members);
  expect(last).toBeLessThan(20);
});

test('who came while the server could not be asked about him is asked for when it can', async () => {
  const { world, socket } = await start();
  world.answers['/group/member_list'] = [{ user_id: me }];
  await world.im.groupManage.asyncGetGroupMembers(gid);
  world.answers['/group/members/display_name'] = () => Promise.reject(new TypeError('the network is away'));
  joined(socket, 8);
  await settle();
  expect(world.im.groupManage.getGroupMembers(gid)[1]).toMatchObject({ user_id: 8 });
  world.answers['/group/members/display_name'] = [{ user_id: 8, display_name: 'Cyd' }];
  await world.clock.advance(60_000);
  expect(world.im.groupManage.getGroupMembers(gid)[1]).toMatchObject({ user_id: 8, display_name: 'Cyd' });
});
