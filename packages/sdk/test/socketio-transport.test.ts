import { rmSync } from 'node:fs';
import { limits } from '@flooim/protocol';
import { FaultProxy, startServer, type TestServer, temporaryFolder } from '@flooim/testkit';
import { type FlooimConfig, flooim } from 'flooim';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createFlooim } from '../src/create-flooim.ts';
import { groupOf } from './group-town.ts';
import { type Person, say, texts } from './people.ts';
import { SocketIoFront } from './socketio-front.ts';
import { closeAll, open, password, profile, until, watch } from './support.ts';

const data = temporaryFolder();
let aheadMs = 0;
const start = () => startServer({ data }, { clock: () => Date.now() + aheadMs });
let server: TestServer;
let proxy: FaultProxy;
let front: SocketIoFront;

beforeAll(async () => {
  server = await start();
  proxy = await FaultProxy.start(server.url);
  front = await SocketIoFront.start(proxy.url);
});
afterEach(async () => {
  proxy.set({ kind: 'pass' });
  await server.context.apps.update('flooim', { status: 'normal' });
  await closeAll();
});
afterAll(async () => {
  await front.close();
  await proxy.close();
  await server.close();
  rmSync(data, { recursive: true, force: true });
});

/** By the front, whose only door is that of Socket.IO. */
const config = (more: Partial<FlooimConfig> = {}): FlooimConfig => ({
  appid: 'flooim',
  dnsServer: front.dnsServer,
  transport: 'socketio',
  ...more,
});
const direct = (): FlooimConfig => ({ appid: 'flooim', dnsServer: `${server.url}/v2/app_dns` });

let accounts = 0;

async function person(prefix: string, settings = config()): Promise<Person> {
  const name = `${prefix}_${++accounts}`;
  const client = open(settings);
  await client.im.rosterManage.asyncRegester({ username: name, password });
  return signedIn(client, name);
}

const device = (of: Person, settings = config()): Promise<Person> => signedIn(open(settings), of.name);

async function signedIn(client: ReturnType<typeof open>, name: string): Promise<Person> {
  await client.im.login({ name, password });
  await client.next('connectionChange', (state) => state.name === 'online');
  return Object.assign(client, { name, uid: client.im.userManage.getUid() });
}

const notices = (of: Person) =>
  of.of('flooNotice').flatMap(({ category, desc }) => (category === 'userNotice' ? desc : []));
const actions = (of: Person) =>
  of.of('flooNotice').flatMap(({ category, desc }) => (category === 'action' ? desc : []));
const isOnline = (of: Person) => of.im.connection.state.name === 'online';
const numbered = (count: number) => Array.from({ length: count }, (_, i) => `m${i}`);

test('people log in and talk, by this door alone, with each other and with those of the other door', async () => {
  front.asked.length = 0;
  const ada = await person('ada');
  const bob = await person('bob');
  const cyd = await person('cyd', direct());
  await say(ada, bob, 'hello bob');
  await say(bob, ada, 'hello ada');
  await say(cyd, ada, 'hello from the other door');
  await say(ada, cyd, 'hello over there');
  await until(() => texts(ada, bob).join() === 'hello bob,hello ada', 'with ada');
  await until(() => texts(bob, ada).join() === 'hello bob,hello ada', 'with bob');
  await until(() => texts(cyd, ada).length === 2 && texts(ada, cyd).length === 2, 'between the doors');
  bob.im.rosterManage.readRosterMessage(ada.uid);
  await until(() => ada.im.rosterManage.getRosterMessageByRid(bob.uid)[0]?.status === 2, 'read');
  expect(front.asked).toEqual(['/socket.io/', '/socket.io/']);
});

test('the other transport says what to do where this door is the only one', async () => {
  const ada = await person('ada');
  const login = open(config({ transport: 'websocket' })).im.login({ name: ada.name, password });
  await expect(login).rejects.toMatchObject({ code: 'DNS_FAILED', field: 'config.transport' });
});

test('a message that is as long as one may be comes through, and so does a page of many', async () => {
  const ada = await person('ada');
  const bob = await person('bob');
  const long = '界'.repeat(Math.floor(limits.contentBytes / 3));
  await say(ada, bob, long);
  for (const text of numbered(30)) ada.im.sysManage.sendRosterMessage({ uid: bob.uid, content: text });
  await until(() => texts(bob, ada).length === 31, 'pushed');
  const phone = await device(bob);
  await phone.im.sysManage.requireHistoryMessage(ada.uid, 0, 100);
  await until(() => texts(phone, ada).length === 31, 'in the history');
  expect(texts(phone, ada)).toEqual([long, ...numbered(30)]);
});

test('what was sent while the connection was cut again and again arrives once, in order', {
  timeout: 60_000,
}, async () => {
  const soon = { platform: { random: () => 0 } };
  const ada = await person('ada', config(soon));
  const bob = await person('bob', config(soon));
  for (const [i, text] of numbered(100).entries()) {
    ada.im.sysManage.sendRosterMessage({ uid: bob.uid, content: text });
    if (i % 20 !== 19) continue;
    await until(() => texts(bob, ada).length > i - 19, 'some arrived', 20_000);
    proxy.cut();
  }
  await until(() => texts(bob, ada).length === 100, 'all arrived', 30_000);
  expect(texts(bob, ada)).toEqual(numbered(100));
  expect(bob.of('onRosterMessage').map((meta) => meta.content)).toEqual(numbered(100));
  await until(
    () => ada.im.rosterManage.getRosterMessageByRid(bob.uid).every((meta) => meta.sending === 'sent'),
    'all sent',
  );
  expect(ada.of('loginSuccess')).toHaveLength(1);
});

test('groups: a member who was away catches up, one who was removed hears no more', async () => {
  const [ada, bob, cyd] = [await person('ada'), await person('bob'), await person('cyd')];
  const gid = await groupOf(ada, [bob, cyd]);
  const shown = (of: Person) => of.im.groupManage.getGruopMessage(gid).map((meta) => meta.content);
  await ada.im.sysManage.asyncSendGroupMessage({ gid, content: 'one' });
  await until(() => shown(bob).length === 1 && shown(cyd).length === 1, 'one');
  await bob.im.dispose();
  await ada.im.sysManage.asyncSendGroupMessage({ gid, content: 'two' });
  await ada.im.groupManage.asyncKick({ group_id: gid, user_list: [cyd.uid] });
  await ada.im.sysManage.asyncSendGroupMessage({ gid, content: 'three' });
  const back = await device(bob);
  await until(() => shown(back).join() === 'one,two,three', 'caught up');
  await cyd.next('onGroupNotice', (meta) => meta.type === 'kicked');
  expect(shown(cyd)).not.toContain('three');
});

test('after a restart of the server what was sent meanwhile goes out', { timeout: 40_000 }, async () => {
  const ada = await person('ada');
  const bob = await person('bob');
  await server.close();
  await ada.next('connectionChange', (state) => state.name === 'waiting');
  for (const text of numbered(5)) ada.im.sysManage.sendRosterMessage({ uid: bob.uid, content: text });
  server = await start();
  proxy.retarget(server.url);
  await until(() => texts(bob, ada).length === 5, 'arrived', 30_000);
  expect(texts(bob, ada)).toEqual(numbered(5));
  expect([...actions(ada), ...actions(bob)]).toEqual([]);
});

test('a device that is kicked is out for good', async () => {
  const ada = await person('ada', config({ deviceName: 'desk' }));
  const phone = await device(ada, config({ deviceName: 'phone' }));
  const devices = await ada.im.userManage.asyncGetDevices();
  const sn = devices.find((one) => one.user_agent === 'phone')?.device_sn ?? 0;
  await ada.im.userManage.asyncKickDevice({ device_sn: sn });
  await until(() => phone.im.connection.state.name === 'kicked', 'kicked');
  expect([notices(phone), actions(phone)]).toEqual([['KICKED_BY_OTHER_DEVICE'], ['relogin_manually']]);
  expect([phone.im.isLogin(), ada.im.isLogin()]).toEqual([false, true]);
});

test('the same device elsewhere ends this session and keeps its token', async () => {
  const freeForAll = { request: (_name: string, _how: object, use: (lock: object) => unknown) => use({}) };
  const platform = { ...profile(), locks: freeForAll as never };
  const ada = await person('ada', config({ platform, autoLogin: true }));
  const other = await device(ada, config({ platform, autoLogin: true }));
  await until(() => ada.im.connection.state.name === 'kicked', 'kicked');
  expect(notices(ada)).toEqual(['KICK_BY_SAME_DEVICE']);
  expect([ada.im.isLogin(), other.im.isLogin()]).toEqual([false, true]);
});

test('an account that is disabled and an app that is frozen end their sessions and say why', async () => {
  const ada = await person('ada');
  const bob = await person('bob');
  await server.context.lifecycles.disable('flooim', [ada.uid]);
  await until(() => ada.im.connection.state.name === 'kicked', 'disabled');
  expect(notices(ada)).toEqual(['FROZEN']);
  await server.context.apps.update('flooim', { status: 'frozen' });
  await until(() => bob.im.connection.state.name === 'failed', 'frozen');
  expect(bob.of('flooError').map((error) => error.category)).toEqual(['APP_FROZEN']);
  await expect(bob.im.login({ name: bob.name, password })).rejects.toMatchObject({ code: 'APP_FROZEN' });
});

test('a stored token that the door refuses ends the session, once', async () => {
  const platform = profile();
  const ada = await person('ada', config({ platform, autoLogin: true }));
  await ada.im.dispose();
  aheadMs += limits.tokenTtlMs + 1000;
  const later = open(config({ platform, autoLogin: true }));
  expect(await later.im.ready).toBe(true);
  await until(() => later.im.connection.state.name === 'failed', 'refused');
  expect(later.of('flooNotice').filter(({ category }) => category === 'action')).toEqual([
    { category: 'action', desc: 'relogin_manually' },
  ]);
});

test('a token that expires while it is in use is renewed with the password', async () => {
  const ada = await person('ada');
  const bob = await person('bob');
  const token = ada.im.userManage.getToken();
  aheadMs += limits.tokenTtlMs + 1000;
  await ada.next('flooNotice', ({ desc }) => desc === 'relogin');
  await until(
    () => ada.im.userManage.getToken() !== token && isOnline(ada) && isOnline(bob),
    'online with a new token',
  );
  await say(ada, bob, 'still here');
  expect([actions(ada), actions(bob)]).toEqual([['relogin'], ['relogin']]);
});

test('where its code cannot be loaded it says so and tries again', { timeout: 30_000 }, async () => {
  const ada = await person('ada');
  let failures = 0;
  const load = () => {
    if (failures++ < 2) return Promise.reject(new TypeError('Failed to fetch dynamically imported module'));
    return import('../src/connection/socketio-socket.ts');
  };
  const phone = watch(createFlooim(config({ platform: { random: () => 0 } }), load));
  await signedIn(phone, ada.name);
  const errors = phone.of('flooError');
  expect(errors.map((error) => error.category)).toEqual(['INTERNAL', 'INTERNAL']);
  expect(errors[0]?.desc).toMatch(/'socketio' cannot be loaded: .*Failed to fetch/);
  await phone.im.dispose();
});

test('the default transport never asks for that code', async () => {
  const ada = await person('ada');
  let asked = 0;
  const load = () => {
    asked += 1;
    return import('../src/connection/socketio-socket.ts');
  };
  const desk = watch(createFlooim(direct(), load));
  await signedIn(desk, ada.name);
  await desk.im.dispose();
  expect(asked).toBe(0);
  expect(() => flooim(config({ transport: 'polling' as never }))).toThrow(/config\.transport/);
});
