import {
  Command,
  ConversationType,
  decodeFrame,
  decodeUnreadUL,
  encodeUnreadDL,
  StatusCode,
  UnreadScope,
} from '@flooim/protocol';
import { FaultProxy } from '@flooim/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { fakeWorld, me, peer, signIn, xid } from './fake-server.ts';
import { FakeSocket, settle } from './fakes.ts';
import { type Person, say, texts, town } from './people.ts';
import { until } from './support.ts';

const where = town();
const { person, device } = where;

let proxy: FaultProxy;
beforeAll(async () => {
  proxy = await FaultProxy.start(where.server.url);
});
afterEach(() => proxy.set({ kind: 'pass' }));
afterAll(() => proxy.close());

const items = ({ im }: Person) =>
  im.userManage
    .getConversationList()
    .map(({ id, pinned, draft, unread, content }) => ({ id, pinned, draft, unread, content }));

describe('a device that was away', () => {
  test('has what was said, pinned and begun to be written meanwhile, and what is so no more', async () => {
    const ada = await person('ada', { dnsServer: `${proxy.url}/v2/app_dns` });
    const phone = await device(ada);
    const [bob, cyd, dan, eve] = [await person('bob'), await person('cyd'), await person('dan'), await person('eve')];
    for (const one of [bob, cyd, dan]) await say(one, ada, `from ${one.name}`);
    const { userManage } = phone.im;
    await userManage.asyncPinConversation({ conversation_id: bob.uid, pinned: true });
    await userManage.asyncSetDraft({ conversation_id: cyd.uid, draft: 'dear cyd' });
    await until(
      () => items(ada).length === 3 && JSON.stringify(items(ada)) === JSON.stringify(items(phone)),
      'the same on both',
    );
    proxy.set({ kind: 'stall' });
    proxy.cut();
    await ada.next('connectionChange', (state) => state.name === 'waiting');
    await userManage.asyncPinConversation({ conversation_id: bob.uid, pinned: false });
    await userManage.asyncSetDraft({ conversation_id: cyd.uid, draft: '' });
    await userManage.asyncPinConversation({ conversation_id: dan.uid, pinned: true });
    await say(dan, ada, 'again');
    await say(eve, ada, 'new here');
    await until(() => items(phone).length === 4, 'all on the phone');
    proxy.set({ kind: 'pass' });
    ada.im.connection.reconnectNow();
    await until(() => texts(ada, eve).length === 1 && texts(ada, dan).length === 2, 'what was said');
    await until(() => JSON.stringify(items(ada)) === JSON.stringify(items(phone)), 'the same on both again');
    expect(items(ada)).toMatchObject([
      { id: dan.uid, pinned: true },
      { id: eve.uid },
      { id: cyd.uid, draft: '' },
      { id: bob.uid, pinned: false },
    ]);
  });
});

describe('the unread list', () => {
  const asks = (socket: FakeSocket) =>
    socket.received
      .map((bytes) => decodeFrame(bytes))
      .filter(({ command }) => command === Command.UNREAD)
      .map(({ payload }) => decodeUnreadUL(payload).newsOnly);

  async function cameBack(
    scope: UnreadScope,
    row = { xid: xid(peer), n: 0, type: ConversationType.CHAT, pinnedAt: 5 },
  ) {
    const world = fakeWorld();
    const socket = await signIn(world);
    const status = { code: StatusCode.OK, reason: '' };
    socket.say(Command.UNREAD, encodeUnreadDL({ status, unread: [row], scope }));
    await settle();
    expect(asks(socket)).toEqual([false]);
    socket.end(1006);
    await world.clock.advance(1000);
    FakeSocket.last.accept(me);
    await settle();
    return { world, socket: FakeSocket.last, status };
  }

  test('is asked for news once a whole one is stored, and what it leaves out is kept no more', async () => {
    const { world, socket, status } = await cameBack(UnreadScope.ALL);
    expect(asks(socket)).toEqual([true]);
    const pinned = () => world.im.userManage.getConversationList().map((item) => item.pinned);
    expect(pinned()).toEqual([true]);
    socket.say(Command.UNREAD, encodeUnreadDL({ status, unread: [], scope: UnreadScope.SOME }));
    await settle();
    expect(pinned()).toEqual([true]);
    socket.say(Command.UNREAD, encodeUnreadDL({ status, unread: [], scope: UnreadScope.NEWS }));
    await settle();
    expect(pinned()).toEqual([false]);
  });

  test('is asked for as a whole where the server never said that it was one', async () => {
    const { socket } = await cameBack(UnreadScope.SOME);
    expect(asks(socket)).toEqual([false]);
  });
});
