import { callRest } from '@flooim/testkit';
import { expect, test } from 'vitest';
import { say, town } from './people.ts';
import { open, password, profile, until } from './support.ts';

const places = town();
const { person, device, config } = places;

const steps = [
  'getting token...',
  'token sucecc, getting roster lists..',
  'socket connecting...',
  'socket connect success...',
  'logining socket service...',
  'login socket success.....',
];

test('a login tells the documented steps, then that it succeeded', async () => {
  const ada = await person('ada');
  const told = ada.of('flooNotice').filter((notice) => notice.category === 'loginMessage');
  expect(told.map((notice) => notice.desc)).toEqual(steps);
  expect(ada.of('loginSuccess')).toEqual([{}]);
  expect(ada.im.isLogin()).toBe(true);
  expect(ada.im.userManage.getAppid()).toBe('flooim');
  expect(ada.im.userManage.getToken()).toMatch(/^[a-z]/i);
});

test('id, QR code and token sign in too', async () => {
  const ada = await person('ada');
  for (const way of ['idLogin', 'qrlogin'] as const) {
    const client = open(config());
    await client.im[way]({ user_id: ada.uid, password });
    expect(client.im.userManage.getUid()).toBe(ada.uid);
  }
  const client = open(config());
  await client.im.tokenLogin({ user_id: ada.uid, token: ada.im.userManage.getToken() });
  expect(client.of('loginSuccess')).toEqual([{}]);
});

test("a token of somebody else is refused, and nothing of his comes into the user's store", async () => {
  const [ada, bob, dan] = [await person('ada'), await person('bob'), await person('dan')];
  await places.friends(ada, bob);
  await ada.im.rosterManage.asyncUpdateRosterExt({ user_id: bob.uid, mute_notification: true });
  const client = open(config());
  const { length } = client.heard;
  const login = client.im.tokenLogin({ user_id: dan.uid, token: ada.im.userManage.getToken() });
  await expect(login).rejects.toMatchObject({ name: 'FlooError' });
  expect(client.im.rosterManage.getAllRosterDetail()).toEqual([]);
  const heard = client.heard.slice(length).map(({ event }) => event);
  expect(new Set(heard)).toEqual(new Set(['flooNotice', 'connectionChange', 'loginFail']));
});

test('a wrong password fails with a reason that clients know, and leaves nobody signed in', async () => {
  const ada = await person('ada');
  const client = open(config());
  await expect(client.im.login({ name: ada.name, password: 'not this one' })).rejects.toMatchObject({
    code: 'LOGIN_REJECTED',
  });
  expect(client.of('loginFail')[0]).toContain('Operation rejected');
  expect(client.im.isLogin()).toBe(false);
  expect(() => client.im.sysManage.sendRosterMessage({ uid: 5, content: 'x' })).toThrow(
    expect.objectContaining({ code: 'NOT_LOGGED_IN' }),
  );
});

test('a token that is not one fails once', async () => {
  const ada = await person('ada');
  const client = open(config());
  await expect(client.im.tokenLogin({ user_id: ada.uid, token: 'tnonsense' })).rejects.toMatchObject({
    code: 'TOKEN_INVALID',
  });
  expect(client.of('loginFail')).toHaveLength(1);
  expect(client.im.connection.state.name).toBe('idle');
});

test('a server that is not there fails the login and names the DNS server', async () => {
  const dnsServer = 'http://127.0.0.1:9/v2/app_dns';
  const client = open({ appid: 'flooim', dnsServer });
  await expect(client.im.login({ name: 'ada', password })).rejects.toMatchObject({ code: 'DNS_FAILED' });
  expect(client.of('flooError')).toEqual([{ category: 'DNS_FAILED', desc: dnsServer }]);
  expect(client.of('loginFail')).toHaveLength(1);
});

test('an app that does not exist fails the login', async () => {
  const client = open({ ...config(), appid: 'no_such_app' });
  await expect(client.im.login({ name: 'ada', password })).rejects.toMatchObject({
    code: 'DNS_FAILED',
    serverCode: 99997,
  });
});

test('a login nobody waits for is no unhandled rejection, and a later one replaces it', async () => {
  const ada = await person('ada');
  const client = open(config());
  void client.im.login({ name: ada.name, password: 'not this one' });
  const replaced = client.im.login({ name: ada.name, password });
  const again = client.im.login({ name: ada.name, password });
  await expect(replaced).rejects.toMatchObject({ code: 'CANCELED' });
  await again;
  expect(client.of('loginFail')).toEqual([]);
  expect(client.of('loginSuccess')).toEqual([{}]);
});

test('after a logout nothing is left to resume', async () => {
  const platform = profile();
  const ada = await person('ada', { platform, autoLogin: true });
  await ada.im.logout();
  expect(ada.im.isLogin()).toBe(false);
  expect(ada.im.userManage.getToken()).toBe('');
  expect(ada.im.userManage.getConversationList()).toEqual([]);
  expect(ada.im.connection.state.name).toBe('idle');
  const later = open(config({ platform, autoLogin: true }));
  expect(await later.im.ready).toBe(false);
  expect(later.im.isLogin()).toBe(false);
});

test('another user on the same device sees nothing of the first', async () => {
  const platform = profile();
  const ada = await person('ada', { platform });
  const bob = await person('bob');
  await say(bob, ada, 'for ada');
  await ada.next('onRosterMessage');
  const cyd = await person('cyd');
  await ada.im.login({ name: cyd.name, password });
  expect(ada.im.userManage.getUid()).toBe(cyd.uid);
  expect(ada.im.userManage.getConversationList()).toEqual([]);
  await ada.im.login({ name: ada.name, password });
  expect(ada.im.userManage.getConversationList()).toMatchObject([{ content: 'for ada' }]);
});

test('the same device elsewhere ends this session, keeps the token, and takes a new name next time', async () => {
  const locks = profile().locks;
  const shared = profile();
  const freeForAll = {
    request: (name: string, options: object, use: (lock: object) => unknown) => use({ name, options }),
  };
  const platform = { ...shared, locks: freeForAll as unknown as typeof locks };
  const ada = await person('ada', { platform, autoLogin: true });
  const other = await device(ada, { platform, autoLogin: true });
  await ada.next('flooNotice', (notice) => notice.desc === 'KICK_BY_SAME_DEVICE');
  await until(() => ada.im.connection.state.name === 'kicked', 'kicked');
  expect(ada.im.isLogin()).toBe(false);
  expect(other.im.isLogin()).toBe(true);
  await ada.im.login({ name: ada.name, password });
  expect(other.im.connection.state.name).toBe('online');
  expect(ada.im.connection.state.name).not.toBe('kicked');
});

test('two tabs of one profile are two devices and leave each other alone', async () => {
  const platform = profile();
  const first = await person('ada', { platform });
  const second = await device(first, { platform });
  const bob = await person('bob');
  await say(bob, first, 'to both');
  await Promise.all([first.next('onRosterMessage'), second.next('onRosterMessage')]);
  await say(second, bob, 'from the second');
  expect(await first.next('onRosterMessage', (meta) => meta.content === 'from the second')).toMatchObject({
    from: String(first.uid),
  });
  expect(first.of('flooNotice').some((notice) => notice.desc === 'KICK_BY_SAME_DEVICE')).toBe(false);
});

test('a changed password ends the other devices for good, once, and not the one that changed it', async () => {
  const ada = await person('ada');
  const platform = profile();
  const phone = await device(ada, { platform, autoLogin: true });
  await ada.im.userManage.asyncChangePassword({ old_password: password, new_password: 'another good 2' });
  await phone.next('flooNotice', (notice) => notice.category === 'action');
  expect(
    phone.of('flooNotice').filter((notice) => notice.category === 'userNotice' && notice.desc === 'PASSWORD_CHANGED'),
  ).toHaveLength(1);
  expect(phone.of('flooNotice').filter((notice) => notice.category === 'action')).toEqual([
    { category: 'action', desc: 'relogin_manually' },
  ]);
  expect(phone.im.connection.state).toEqual({ name: 'kicked', reason: 'PASSWORD_CHANGED' });
  expect(phone.im.isLogin()).toBe(false);
  expect(await open(config({ platform, autoLogin: true })).im.ready).toBe(false);
  expect(ada.im.isLogin()).toBe(true);
  await ada.im.userManage.asyncGetProfile(true);
  // Old notices in the log do not end the session that knows the new password.
  await phone.im.login({ name: ada.name, password: 'another good 2' });
  await phone.next('connectionChange', (state) => state.name === 'online');
  expect(phone.im.isLogin()).toBe(true);
});

test('a stored token that was revoked while away gives one terminal notice and no loop', async () => {
  const platform = profile();
  const ada = await person('ada', { platform, autoLogin: true });
  const token = ada.im.userManage.getToken();
  await ada.im.dispose();
  const grant = await callRest(places.server.url, 'tokenByName', { name: ada.name, password });
  await callRest(
    places.server.url,
    'userChangePassword',
    { old_password: password, new_password: 'another good 2' },
    { token: grant.token },
  );
  expect(token).not.toBe(grant.token);
  const later = open(config({ platform, autoLogin: true }));
  expect(await later.im.ready).toBe(true);
  await later.next('flooNotice', (notice) => notice.category === 'action');
  await until(() => later.im.connection.state.name === 'failed', 'failed');
  expect(later.of('flooNotice').filter((notice) => notice.category === 'action')).toEqual([
    { category: 'action', desc: 'relogin_manually' },
  ]);
  expect(later.im.isLogin()).toBe(false);
  await later.im.login({ name: ada.name, password: 'another good 2' });
});

test('one browser keeps several sessions, each under its name', async () => {
  const platform = profile();
  const ada = await person('ada', { platform, autoLogin: true });
  const bob = await person('bob', { platform, autoLogin: true, sessionName: 'second' });
  const uidAgain = async (sessionName?: string) => {
    const { im } = open(config({ platform, autoLogin: true, ...(sessionName && { sessionName }) }));
    await im.ready;
    return im.userManage.getUid();
  };
  expect(await uidAgain()).toBe(ada.uid);
  expect(await uidAgain('second')).toBe(bob.uid);
  expect(await uidAgain('third')).toBe(0);
  await bob.im.logout();
  expect(await uidAgain('second')).toBe(0);
  expect(await uidAgain()).toBe(ada.uid);
});

test('who keeps no session ends none that another instance keeps', async () => {
  const platform = profile();
  const ada = await person('ada', { platform, autoLogin: true });
  const guest = await person('guest', { platform });
  await guest.im.logout();
  expect(await open(config({ platform, autoLogin: true })).im.ready).toBe(true);
  expect(ada.im.isLogin()).toBe(true);
});

test('a logout leaves what the device has for the next time, or forgets it when asked to', async () => {
  const platform = profile();
  const databases = async () => ((await platform.indexedDB?.databases()) ?? []).map(({ name }) => name);
  const ada = await person('ada', { platform });
  const bob = await person('bob', { platform });
  await ada.im.logout();
  expect(await databases()).toContain(`flooim:flooim:${ada.uid}:0`);
  await device(ada, { platform });
  await bob.im.logout({ forget: true });
  expect(await databases()).toEqual([`flooim:flooim:${ada.uid}:0`]);
});
