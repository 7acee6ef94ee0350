import { afterEach, expect, test } from 'vitest';
import { memoryKeyValue } from '../src/platform/platform.ts';
import { fakeWorld, signIn } from './fake-server.ts';
import { FakeSocket, settle } from './fakes.ts';
import { closeAll, until } from './support.ts';

afterEach(closeAll);

test('a host that does not answer makes room for the next, for REST and for the socket', async () => {
  const world = fakeWorld();
  await signIn(world);
  world.answers['/user/profile'] = (url: URL) => {
    if (url.host === 'a.test') throw new TypeError('down');
    return { user_id: 7, username: 'ada' };
  };
  expect(await world.im.userManage.asyncGetProfile()).toMatchObject({ username: 'ada' });
  expect(FakeSocket.last.url).toBe('ws://a.test/xsync');
  FakeSocket.last.end(1006);
  await world.clock.advance(1000);
  FakeSocket.last.end(1006);
  await world.clock.advance(2000);
  expect(FakeSocket.last.url).toBe('ws://b.test/xsync');
});

test('several calls that meet the same dead host count once, and only what changes something is not tried again', async () => {
  const world = fakeWorld();
  await signIn(world);
  const dead = (url: URL) => {
    if (url.host === 'a.test') throw new TypeError('down');
    return { user_id: 7, username: 'ada' };
  };
  world.answers['/user/profile'] = world.answers['/user/settings'] = world.answers['/roster/list'] = dead;
  world.answers['/roster/delete'] = dead;
  const calls = [
    world.im.rosterManage.asyncDeleteRoster({ user_id: 9 }),
    world.im.userManage.asyncGetProfile(true),
    world.im.userManage.asyncGetSettings(true),
  ];
  const results = await Promise.allSettled(calls);
  expect(results.map((one) => one.status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
  await world.im.userManage.asyncGetProfile(true);
  expect(world.asked.at(-1)).toBe('b.test/user/profile');
});

test('after all hosts failed the DNS server is asked again', async () => {
  const world = fakeWorld();
  await signIn(world);
  const asked = () => world.asked.filter((path) => path.endsWith('app_dns')).length;
  const before = asked();
  for (const wait of [1000, 2000, 4000, 8000]) {
    FakeSocket.last.end(1006);
    await world.clock.advance(wait);
  }
  expect(asked()).toBeGreaterThan(before);
});

test('the stored answer is used at once and refreshed behind it', async () => {
  const keyValue = memoryKeyValue();
  await signIn(fakeWorld({ platform: { keyValue } }));
  const world = fakeWorld({ platform: { keyValue } });
  let release = () => {};
  const answer = world.answers['/v2/app_dns'];
  world.answers['/v2/app_dns'] = () => new Promise((resolve) => (release = () => resolve(answer)));
  await signIn(world);
  expect(world.im.isLogin()).toBe(true);
  release();
  await settle();
});

test('an app that is not in normal state fails the login and says so', async () => {
  const world = fakeWorld();
  world.answers['/v2/app_dns'] = { app_status: 'frozen', dns_list: [] };
  await expect(world.im.login({ name: 'ada', password: 'correct horse 1' })).rejects.toMatchObject({
    code: 'APP_FROZEN',
  });
  expect(world.of('flooError')).toMatchObject([{ category: 'APP_FROZEN' }]);
});

test('https hosts are reached by wss', async () => {
  const world = fakeWorld();
  const ratel = [{ protocol: 'https', host: 'im.test' }];
  const xsync = [{ protocol: 'https', host: 'im.test', path: '/xsync' }];
  world.answers['/v2/app_dns'] = {
    app_status: 'normal',
    dns_list: [{ group_level: 0, clusters: [{ ratel, webim: ratel, rtc: [], xsync }] }],
  };
  await signIn(world);
  expect(FakeSocket.last.url).toBe('wss://im.test/xsync');
});

const address = '/socket.io/?EIO=4&transport=websocket';
const without = (clusters: object) => ({ app_status: 'normal', dns_list: [{ group_level: 0, clusters: [clusters] }] });

/** Begins to log in, which waits for a socket. */
async function knock(world: ReturnType<typeof fakeWorld>): Promise<void> {
  void world.im.login({ name: 'ada', password: 'correct horse 1' }).catch(() => {});
  for (let i = 0; i < 5; i++) await settle();
  await until(() => FakeSocket.all.length > 0, 'a socket');
}

test('by the transport socketio the hosts are those of webim, one after the other', async () => {
  const world = fakeWorld({ transport: 'socketio' });
  const ratel = [{ protocol: 'http', host: 'rest.test' }];
  const webim = [
    { protocol: 'https', host: 'a.test:8443' },
    { protocol: 'http', host: 'b.test' },
  ];
  world.answers['/v2/app_dns'] = without({ ratel, webim });
  await knock(world);
  expect(FakeSocket.last.url).toBe(`wss://a.test:8443${address}`);
  FakeSocket.last.end(1006);
  await world.clock.advance(1000);
  expect(FakeSocket.last.url).toBe(`ws://b.test${address}`);
});

test('an answer that was stored for one transport is not used for the other', async () => {
  const keyValue = memoryKeyValue();
  await signIn(fakeWorld({ platform: { keyValue } }));
  const world = fakeWorld({ platform: { keyValue }, transport: 'socketio' });
  await knock(world);
  expect(FakeSocket.last.url).toBe(`ws://a.test${address}`);
});

test('an answer that names no xsync fails the login with what to do', async () => {
  const world = fakeWorld();
  const hosts = [{ protocol: 'http', host: 'a.test' }];
  world.answers['/v2/app_dns'] = without({ ratel: hosts, webim: hosts });
  const login = { name: 'ada', password: 'correct horse 1' };
  await expect(world.im.login(login)).rejects.toMatchObject({
    code: 'DNS_FAILED',
    field: 'config.transport',
    message: expect.stringContaining("'socketio'"),
  });
  expect(world.of('flooError')).toMatchObject([{ category: 'DNS_FAILED' }]);
  world.answers['/v2/app_dns'] = without({ ratel: hosts, webim: [] });
  await expect(world.im.login(login)).rejects.toMatchObject({ code: 'DNS_FAILED', field: undefined });
});
