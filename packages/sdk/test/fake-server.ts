import {
  Command,
  ConversationType,
  encodeMessageBody,
  encodeUnreadDL,
  encodeUserNotice,
  type MessageBody,
  MessageType,
  type Meta,
  Namespace,
  OperationType,
  StatusCode,
  type UserNoticeType,
} from '@flooim/protocol';
import type { FlooimConfig, PlatformOptions } from 'flooim';
import { FakeClock, FakeSocket, fakePlatform, settle } from './fakes.ts';
import { type Client, open, until } from './support.ts';

export const me = 7;
export const peer = 9;

/** REST answers by path; a function is asked, anything else is the `data`. */
export type Answers = Record<string, unknown>;

const dns = (hosts: string[]) => ({
  app_status: 'normal',
  dns_list: [
    {
      group_level: 0,
      clusters: [
        {
          ratel: hosts.map(host),
          webim: hosts.map(host),
          rtc: [],
          xsync: hosts.map((name) => ({ ...host(name), path: '/xsync' })),
        },
      ],
    },
  ],
});

const host = (name: string) => ({ protocol: 'http', host: name });

export interface FakeWorld extends Client {
  clock: FakeClock;
  /** Paths asked for, with their hosts. */
  asked: string[];
  answers: Answers;
}

/** An instance with no outside but this test: its clock stands still, its sockets and REST answers are the test's. */
export function fakeWorld(more: Partial<FlooimConfig> = {}, hosts = ['a.test', 'b.test']): FakeWorld {
  const clock = new FakeClock();
  const asked: string[] = [];
  const answers: Answers = {
    '/v2/app_dns': dns(hosts),
    '/roster/list': [],
    '/token/user': { user_id: me, token: 't1' },
  };
  const fetch = (async (input: string, init: RequestInit) => {
    const url = new URL(input);
    asked.push(`${url.host}${url.pathname}`);
    const answer = answers[url.pathname];
    const data = typeof answer === 'function' ? await answer(url, init) : answer;
    return { ok: true, json: async () => (data?.code ? data : { code: 200, data }) };
  }) as unknown as typeof globalThis.fetch;
  const platform = fakePlatform(clock, { fetch, ...more.platform });
  const client = open({ appid: 'flooim', dnsServer: 'http://dns.test/v2/app_dns', ...more, platform });
  return Object.assign(client, { clock, asked, answers });
}

/** Signs in and leaves the instance online with nothing to pull. */
export async function signIn(world: FakeWorld): Promise<FakeSocket> {
  const login = world.im.login({ name: 'ada', password: 'correct horse 1' });
  for (let i = 0; i < 5; i++) await settle();
  FakeSocket.last.accept(me);
  await login;
  FakeSocket.last.nothingUnread();
  await settle();
  return FakeSocket.last;
}

export /** Signs in where the store is a database, which takes real time. */
async function signInStored(platform: PlatformOptions): Promise<{ world: FakeWorld; socket: FakeSocket }> {
  const world = fakeWorld({ platform });
  const login = world.im.login({ name: 'ada', password: 'correct horse 1' });
  await until(() => FakeSocket.all.length > 0, 'connecting');
  const socket = FakeSocket.last;
  socket.accept(me);
  await login;
  socket.nothingUnread();
  return { world, socket };
}

export function text(id: number, content = `m${id}`, from = peer): Meta {
  const payload = encodeMessageBody({ type: MessageType.CHAT, content });
  return { id, from: xid(from), to: xid(from === me ? peer : me), timestamp: id, ns: Namespace.MESSAGE, payload };
}

/** An operation in the own system log. */
export function operation(id: number, type: OperationType, mid: number, cid = peer): Meta {
  const payload = encodeMessageBody({ type: MessageType.OPER, operation: { type, mid, xid: xid(cid) } });
  return { id, from: xid(me), to: xid(me), timestamp: id, ns: Namespace.MESSAGE, payload };
}

/** A change of the message `mid`, in the pair's log. */
export function edit(id: number, mid: number, body: Partial<MessageBody>, from = peer): Meta {
  const operation = { type: OperationType.APPEND, mid, xid: xid(peer) };
  const payload = encodeMessageBody({ type: MessageType.OPER, operation, editTimestamp: id, ...body });
  return { id, from: xid(from), to: xid(from === me ? peer : me), timestamp: id, ns: Namespace.MESSAGE, payload };
}

export function notice(id: number, type: UserNoticeType): Meta {
  const payload = encodeUserNotice({ type });
  return { id, from: xid(0), to: xid(me), timestamp: id, ns: Namespace.USER_NOTICE, payload };
}

export function unread(
  socket: FakeSocket,
  ...rows: { uid: number; n: number; type?: ConversationType; readMid?: number }[]
): void {
  const status = { code: StatusCode.OK, reason: '' };
  const all = rows.map(({ uid, n, type = ConversationType.CHAT, readMid = 0 }) => ({
    xid: xid(uid),
    n,
    type,
    readMid,
  }));
  socket.say(Command.UNREAD, encodeUnreadDL({ status, unread: all }));
}

export function push(socket: FakeSocket, prevMid: number, ...metas: Meta[]): void {
  socket.sync({ xid: xid(peer), metas, prevMid, nextKey: metas.at(-1)?.id ?? 0, isEagerSync: true });
}

export function page(socket: FakeSocket, nextKey: number, ...metas: Meta[]): void {
  socket.sync({ xid: xid(peer), metas, nextKey });
}

export function xid(uid: number): { uid: number; deviceSN: number } {
  return { uid, deviceSN: 0 };
}
