import { StatusCode } from '@flooim/protocol';
import { afterEach, expect, test } from 'vitest';
import { memoryKeyValue } from '../src/platform/platform.ts';
import { fakeWorld, me, signIn } from './fake-server.ts';
import { FakeSocket, settle } from './fakes.ts';
import { closeAll, profile } from './support.ts';

afterEach(closeAll);

const actions = (world: ReturnType<typeof fakeWorld>) =>
  world.of('flooNotice').filter((notice) => notice.category === 'action');

test('a token that ends is replaced once with the password of this page, without a word to the user', async () => {
  const world = fakeWorld();
  const socket = await signIn(world);
  world.answers['/token/user'] = { user_id: me, token: 't2' };
  socket.end(4100);
  for (let i = 0; i < 5; i++) await settle();
  expect(actions(world)).toEqual([{ category: 'action', desc: 'relogin' }]);
  FakeSocket.last.accept(me);
  expect(world.im.userManage.getToken()).toBe('t2');
  expect(world.im.isLogin()).toBe(true);
  expect(world.of('loginSuccess')).toHaveLength(1);
});

test('a new token that ends at once ends the session: one terminal notice, no loop', async () => {
  const world = fakeWorld();
  const socket = await signIn(world);
  socket.end(4100);
  for (let i = 0; i < 5; i++) await settle();
  FakeSocket.last.refuse(StatusCode.INVALID_TOKEN);
  await world.clock.advance(120_000);
  expect(actions(world).map((notice) => notice.desc)).toEqual(['relogin', 'relogin_manually']);
  expect(world.im.connection.state.name).toBe('failed');
  expect(world.clock.pending).toBe(0);
});

test('a REST call with a token that ended rejects, and starts the same', async () => {
  const world = fakeWorld();
  await signIn(world);
  world.answers['/user/profile'] = { code: 402, message: 'access-token is invalid or expired' };
  await expect(world.im.userManage.asyncGetProfile()).rejects.toMatchObject({ code: 'TOKEN_INVALID' });
  await settle();
  expect(actions(world)).toEqual([{ category: 'action', desc: 'relogin' }]);
});

test('without a password in memory the first refusal is terminal, and only one', async () => {
  const keyValue = memoryKeyValue();
  keyValue.setItem('flooim:flooim:session', JSON.stringify({ uid: me, token: 'old' }));
  const world = fakeWorld({ autoLogin: true, platform: { keyValue } });
  expect(await world.im.ready).toBe(true);
  for (let i = 0; i < 5; i++) await settle();
  FakeSocket.last.refuse(StatusCode.INVALID_TOKEN);
  await world.clock.advance(120_000);
  expect(actions(world)).toEqual([{ category: 'action', desc: 'relogin_manually' }]);
  expect(keyValue.getItem('flooim:flooim:session')).toBeNull();
  expect(world.im.isLogin()).toBe(false);
});

test.each([
  [StatusCode.USER_FROZEN, 'USER_FROZEN'],
  [StatusCode.APP_FROZEN, 'APP_FROZEN'],
  [StatusCode.LICENSE_LIMIT, 'LICENSE'],
])('a login that the realtime service refuses with %i fails as %s', async (status, code) => {
  const world = fakeWorld();
  const login = world.im.login({ name: 'ada', password: 'correct horse 1' });
  for (let i = 0; i < 5; i++) await settle();
  FakeSocket.last.refuse(status);
  await expect(login).rejects.toMatchObject({ code, status });
  expect(world.of('loginFail')).toHaveLength(1);
  expect(world.of('flooNotice').at(-1)).toEqual({ category: 'loginMessage', desc: 'login socket failure ......' });
});

test('a login whose socket never opens fails after a while', async () => {
  const world = fakeWorld();
  const login = world.im.login({ name: 'ada', password: 'correct horse 1' });
  for (let i = 0; i < 5; i++) await settle();
  await Promise.all([expect(login).rejects.toMatchObject({ code: 'TIMEOUT' }), world.clock.advance(20_000)]);
  expect(world.im.connection.state.name).toBe('idle');
  expect(world.clock.pending).toBe(0);
});

test('a resumed session shows its data and keeps trying while the network is away', async () => {
  const keyValue = memoryKeyValue();
  keyValue.setItem('flooim:flooim:session', JSON.stringify({ uid: me, token: 't' }));
  const down = async () => {
    throw new TypeError('down');
  };
  const world = fakeWorld({ autoLogin: true, platform: { keyValue } });
  world.answers['/v2/app_dns'] = down;
  expect(await world.im.ready).toBe(true);
  expect(world.im.isLogin()).toBe(true);
  for (let i = 0; i < 5; i++) await settle();
  expect(world.im.connection.state.name).toBe('waiting');
  expect(world.of('loginFail')).toEqual([]);
});

const storedKey = 'flooim:flooim:session';

test('a session that ends leaves the stored token of another tab alone', async () => {
  const keyValue = memoryKeyValue();
  const world = fakeWorld({ autoLogin: true, platform: { keyValue } });
  const socket = await signIn(world);
  const other = JSON.stringify({ uid: me, token: 'of another tab' });
  keyValue.setItem(storedKey, other);
  socket.end(4203);
  await settle();
  expect(world.im.isLogin()).toBe(false);
  expect(keyValue.getItem(storedKey)).toBe(other);
});

test.each([
  ['too many attempts', { code: 10028 }],
  ['a server in trouble', { code: 500 }],
])('an automatic login that meets %s is tried again and ends nothing', async (_name, trouble) => {
  const world = fakeWorld();
  const socket = await signIn(world);
  world.answers['/token/user'] = trouble;
  socket.end(4100);
  for (let i = 0; i < 5; i++) await settle();
  expect(actions(world)).toEqual([{ category: 'action', desc: 'relogin' }]);
  expect(world.im.isLogin()).toBe(true);
  world.answers['/token/user'] = { user_id: me, token: 't2' };
  await world.clock.advance(2000);
  FakeSocket.last.refuse(StatusCode.INVALID_TOKEN);
  for (let i = 0; i < 5; i++) await settle();
  FakeSocket.last.accept(me);
  expect(world.im.userManage.getToken()).toBe('t2');
});

test('a logout ends the token on the server, and does not wait long for it', async () => {
  const world = fakeWorld();
  await signIn(world);
  let token: string | undefined;
  world.answers['/token/revoke'] = (_url: URL, init: RequestInit) => {
    token = (init.headers as Record<string, string>)['access-token'];
    return new Promise(() => {});
  };
  const done = world.im.logout();
  await settle();
  expect([token, world.im.isLogin()]).toEqual(['t1', false]);
  await world.clock.advance(2000);
  await done;
});

test('a failed login as somebody else leaves neither the session nor its stored token', async () => {
  const keyValue = memoryKeyValue();
  const world = fakeWorld({ autoLogin: true, platform: { keyValue } });
  await signIn(world);
  expect(keyValue.getItem(storedKey)).not.toBeNull();
  world.answers['/token/user'] = { code: 10004, message: 'wrong' };
  await expect(world.im.login({ name: 'bob', password: 'correct horse 1' })).rejects.toThrow();
  expect([world.im.isLogin(), keyValue.getItem(storedKey)]).toEqual([false, null]);
});

test('a dispose while the device is being opened resolves when nothing is open any more', async () => {
  const locks = profile().locks as LockManager;
  let held = 0;
  const counting = {
    request: (name: string, options: object, use: (lock: Lock | null) => Promise<void>) =>
      locks.request(name, options, async (lock) => {
        held += 1;
        await use(lock);
        held -= 1;
      }),
  } as unknown as LockManager;
  const world = fakeWorld({ platform: { ...profile(), locks: counting } });
  void world.im.login({ name: 'ada', password: 'correct horse 1' });
  for (let i = 0; i < 200 && held === 0; i++) await Promise.resolve();
  expect(held).toBe(1);
  await world.im.dispose();
  await settle();
  expect(held).toBe(0);
});
