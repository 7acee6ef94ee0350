import { rmSync } from 'node:fs';
import { FaultProxy, startServer, storm, type TestServer, temporaryFolder } from '@flooim/testkit';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type Client, closeAll, open, password, profile, until } from './support.ts';

const data = temporaryFolder();
let server: TestServer;
let proxy: FaultProxy;
let accounts = 0;

beforeAll(async () => {
  server = await startServer({ data });
  proxy = await FaultProxy.start(server.url);
});
afterEach(async () => {
  proxy.set({ kind: 'pass' });
  await closeAll();
});
afterAll(async () => {
  await proxy.close();
  await server.close();
  rmSync(data, { recursive: true, force: true });
});

const direct = () => ({ appid: 'flooim', dnsServer: `${server.url}/v2/app_dns` });
const proxied = () => ({ appid: 'flooim', dnsServer: `${proxy.url}/v2/app_dns` });

async function account(prefix: string): Promise<string> {
  const name = `${prefix}_${++accounts}`;
  const client = open(direct());
  await client.im.rosterManage.asyncRegester({ username: name, password });
  return name;
}

async function signedIn(name: string, config = proxied()): Promise<Client & { uid: number }> {
  const client = open(config);
  await client.im.login({ name, password });
  return Object.assign(client, { uid: client.im.userManage.getUid() });
}

const texts = (of: Client, uid: number) => of.im.rosterManage.getRosterMessageByRid(uid).map((meta) => meta.content);
const numbered = (count: number) => Array.from({ length: count }, (_, i) => `m${i}`);

test('what was sent while the connection was cut again and again arrives once, in order', async () => {
  const ada = await signedIn(await account('ada'));
  const bob = await signedIn(await account('bob'));
  const count = 200;
  const cuts = setInterval(() => proxy.cut(), 120);
  for (let i = 0; i < count; i++) {
    ada.im.sysManage.sendRosterMessage({ uid: bob.uid, content: `m${i}` });
    if (i % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 100));
  }
  clearInterval(cuts);
  await until(() => texts(bob, ada.uid).length >= count, 'all arrived', 30_000);
  expect(texts(bob, ada.uid)).toEqual(numbered(count));
  await until(
    () => ada.of('onSendingMessageStatusChanged').filter((s) => s.status === 'sent').length === count,
    'all sent',
    20_000,
  );
  expect(texts(ada, bob.uid)).toEqual(numbered(count));
  expect(bob.of('onRosterMessage').map((meta) => meta.content)).toEqual(numbered(count));
  expect(bob.im.rosterManage.getUnreadCount(ada.uid)).toBe(count);
  expect(ada.of('loginSuccess')).toHaveLength(1);
});

test('a device that was away catches up with everything in order, and so do the read positions', async () => {
  const name = await account('bob');
  const ada = await signedIn(await account('ada'), direct());
  const desk = await signedIn(name, direct());
  const phone = await signedIn(name, proxied());
  proxy.set({ kind: 'stall' });
  proxy.cut();
  await phone.next('connectionChange', (state) => state.name === 'waiting');
  for (const text of numbered(250)) ada.im.sysManage.sendRosterMessage({ uid: desk.uid, content: text });
  await until(() => desk.of('onRosterMessage').length === 250, 'at the desk');
  const first = desk.of('onRosterMessage')[99]?.id as string;
  desk.im.rosterManage.readRosterMessage(ada.uid, first);
  await ada.next('onMessageStatusChanged', (res) => res.mid === first);
  proxy.set({ kind: 'pass' });
  phone.im.connection.reconnectNow();
  await until(() => phone.of('onRosterMessage').length === 250, 'caught up', 20_000);
  expect(phone.of('onRosterMessage').map((meta) => meta.content)).toEqual(numbered(250));
  await until(() => phone.im.rosterManage.getUnreadCount(ada.uid) === 150, 'unread');
});

test('messages sent while offline go out after a restart of the server', async () => {
  const ada = await signedIn(await account('ada'));
  const bob = await signedIn(await account('bob'));
  await server.close();
  await ada.next('connectionChange', (state) => state.name === 'waiting');
  for (const text of numbered(5)) ada.im.sysManage.sendRosterMessage({ uid: bob.uid, content: text });
  expect(ada.im.rosterManage.getRosterMessageByRid(bob.uid).every((meta) => meta.sending === 'sending')).toBe(true);
  server = await startServer({ data });
  proxy.retarget(server.url);
  await until(() => texts(bob, ada.uid).length === 5, 'arrived', 20_000);
  expect(texts(bob, ada.uid)).toEqual(numbered(5));
  expect(texts(ada, bob.uid)).toEqual(numbered(5));
});

test('a page that is closed with messages under way sends them after the reload, once', async () => {
  const name = await account('ada');
  const bob = await signedIn(await account('bob'), direct());
  const platform = profile();
  const config = { ...proxied(), platform, autoLogin: true };
  const before = await signedIn(name, config);
  before.im.sysManage.sendRosterMessage({ uid: bob.uid, content: 'm0' });
  await before.next('onSendingMessageStatusChanged', (res) => res.status === 'sent');
  proxy.set({ kind: 'blackhole' });
  for (const text of ['m1', 'm2', 'm3']) before.im.sysManage.sendRosterMessage({ uid: bob.uid, content: text });
  await until(
    () => before.of('onSendingMessageStatusChanged').filter((s) => s.status === 'sending').length === 4,
    'stored',
  );
  await before.im.dispose();

  const after = open(config);
  expect(await after.im.ready).toBe(true);
  expect(after.im.isLogin()).toBe(true);
  expect(texts(after, bob.uid)).toEqual(['m0', 'm1', 'm2', 'm3']);
  expect(after.im.userManage.getConversationList()).toMatchObject([{ id: bob.uid, content: 'm3' }]);
  expect(after.im.connection.state.name).not.toBe('online');
  const later = after.im.sysManage.sendRosterMessage({ uid: bob.uid, content: 'm4' });
  proxy.set({ kind: 'pass' });
  proxy.cut();
  await until(() => texts(bob, before.uid).length === 5, 'arrived', 20_000);
  await after.next('onSendingMessageStatusChanged', (res) => res.mid === later && res.status === 'sent');
  expect(texts(bob, before.uid)).toEqual(numbered(5));
  expect(texts(after, bob.uid)).toEqual(numbered(5));
});

test('a reload takes up where the store was, and nothing comes twice', async () => {
  const name = await account('bob');
  const ada = await signedIn(await account('ada'), direct());
  const platform = profile();
  const config = { ...direct(), platform, autoLogin: true };
  const before = await signedIn(name, config);
  for (const text of numbered(3)) ada.im.sysManage.sendRosterMessage({ uid: before.uid, content: text });
  await until(() => texts(before, ada.uid).length === 3, 'arrived');
  await before.im.dispose();
  for (const text of ['m3', 'm4']) ada.im.sysManage.sendRosterMessage({ uid: before.uid, content: text });
  const after = open(config);
  await after.im.ready;
  expect(texts(after, ada.uid)).toEqual(numbered(3));
  expect(after.im.rosterManage.getUnreadCount(ada.uid)).toBe(3);
  await after.next('onRosterMessage', (meta) => meta.content === 'm4');
  expect(texts(after, ada.uid)).toEqual(numbered(5));
  expect(after.of('onRosterMessage').map((meta) => meta.content)).toEqual(['m3', 'm4']);
  expect(after.im.rosterManage.getUnreadCount(ada.uid)).toBe(5);
  expect(after.of('loginSuccess')).toHaveLength(1);
});

test('a connection that went silent is noticed and replaced', async () => {
  const name = await account('ada');
  const times: { run: () => void; ms: number; done: boolean }[] = [];
  // Timers of 25 s and 10 s run at once when the test says so; the others are real.
  const clock = {
    now: () => Date.now(),
    setTimeout(run: () => void, ms: number) {
      const timer = { run, ms, done: false };
      times.push(timer);
      return { timer, real: ms < 10_000 ? setTimeout(run, ms) : undefined };
    },
    clearTimeout(handle: unknown) {
      const { timer, real } = (handle ?? {}) as { timer?: { done: boolean }; real?: NodeJS.Timeout };
      if (timer) timer.done = true;
      clearTimeout(real);
    },
  };
  const fire = (ms: number) => times.findLast((timer) => timer.ms === ms && !timer.done)?.run();
  const ada = await signedIn(name, { ...proxied(), platform: { clock } } as never);
  await ada.next('connectionChange', (state) => state.name === 'online');
  proxy.set({ kind: 'blackhole' });
  fire(25_000);
  expect(ada.im.connection.state.name).toBe('online');
  fire(10_000);
  expect(ada.im.connection.state.name).toBe('waiting');
  proxy.set({ kind: 'pass' });
  ada.im.connection.reconnectNow();
  await until(() => ada.im.connection.state.name === 'online', 'online again');
});

test('a storm of faults loses nothing, doubles nothing and swaps nothing', { timeout: 60_000 }, async () => {
  const ada = await signedIn(await account('ada'));
  const bob = await signedIn(await account('bob'));
  const count = 100;
  const run = storm(proxy, { seed: 7, count: 14 });
  for (let i = 0; i < count; i++) {
    ada.im.sysManage.sendRosterMessage({ uid: bob.uid, content: `a${i}` });
    bob.im.sysManage.sendRosterMessage({ uid: ada.uid, content: `b${i}` });
    if (i % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 150));
  }
  await run;
  proxy.set({ kind: 'pass' });
  proxy.cut();
  const sent = (one: Client) => one.of('onSendingMessageStatusChanged').filter((s) => s.status === 'sent').length;
  await until(() => sent(ada) === count && sent(bob) === count, 'all sent', 40_000);
  await until(
    () => texts(ada, bob.uid).length === 2 * count && texts(bob, ada.uid).length === 2 * count,
    'all arrived',
    20_000,
  );
  expect(texts(ada, bob.uid)).toEqual(texts(bob, ada.uid));
  for (const who of ['a', 'b']) {
    const own = texts(ada, bob.uid).filter((text) => text.startsWith(who));
    expect(own).toEqual(Array.from({ length: count }, (_, i) => `${who}${i}`));
  }
});
