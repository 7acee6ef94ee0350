import { UserNoticeType } from '@flooim/protocol';
import type { UserNoticeName } from 'flooim';
import { afterEach, expect, test } from 'vitest';
import { fakeWorld, me, notice, signIn as signInFake, xid } from './fake-server.ts';
import { FakeSocket, settle } from './fakes.ts';
import { say, town } from './people.ts';
import { type Client, open, password, until } from './support.ts';

const where = town();
const { person, device, config } = where;

const apps = () => where.server.context.apps;
afterEach(() => apps().update('flooim', { status: 'normal', userLimit: 0, licenceExpiresAt: 0 }));

const userNotices = (of: Client) =>
  of.of('flooNotice').flatMap((one) => (one.category === 'userNotice' ? [one.desc] : []));
const actions = (of: Client) => of.of('flooNotice').flatMap((one) => (one.category === 'action' ? [one.desc] : []));
const signIn = (client: Client, name: string) => client.im.login({ name, password });

const ending: UserNoticeName[] = ['PASSWORD_CHANGED', 'FROZEN', 'REMOVED', 'KICKED_BY_OTHER_DEVICE', 'DEVICE_REMOVED'];
const names = (Object.keys(UserNoticeType) as (keyof typeof UserNoticeType)[]).filter((name) => name !== 'UNKNOWN');

test.each(names)('the user notice %s reaches the application by its name', async (name) => {
  const world = fakeWorld();
  const socket = await signInFake(world);
  socket.sync({ xid: xid(me), metas: [notice(0, UserNoticeType[name])], isEagerSync: true });
  await settle();
  expect(userNotices(world)).toEqual([name]);
  const ends = ending.includes(name);
  expect(actions(world)).toEqual(ends ? ['relogin_manually'] : []);
  expect(world.im.isLogin()).toBe(!ends && name !== 'KICK_BY_SAME_DEVICE');
});

test('a disabled account: its devices are told, and its login says why', async () => {
  const ada = await person('ada');
  await where.server.context.lifecycles.disable('flooim', [ada.uid]);
  await ada.next('flooNotice', (one) => one.category === 'action' && one.desc === 'relogin_manually');
  expect(userNotices(ada)).toEqual(['FROZEN']);
  const again = open(config());
  await expect(signIn(again, ada.name)).rejects.toMatchObject({ code: 'USER_FROZEN' });
  expect(again.of('flooError').map((error) => error.category)).toEqual(['USER_FROZEN']);
  expect(again.of('loginFail')).toHaveLength(1);
});

test('a frozen app: its sessions end, and a login says why, once', async () => {
  const ada = await person('ada');
  await apps().update('flooim', { status: 'frozen' });
  await ada.next('flooNotice', (one) => one.category === 'action');
  expect(ada.of('flooError').map((error) => error.category)).toEqual(['APP_FROZEN']);
  expect(ada.im.isLogin()).toBe(false);
  const again = open(config());
  await expect(signIn(again, ada.name)).rejects.toMatchObject({ code: 'APP_FROZEN' });
  expect(again.of('flooError').map((error) => error.category)).toEqual(['APP_FROZEN']);
  // One that knows the way already hears it at the door.
  await expect(signIn(ada, ada.name)).rejects.toMatchObject({ code: 'APP_FROZEN' });
  expect(ada.of('flooError').map((error) => error.category)).toEqual(['APP_FROZEN', 'APP_FROZEN']);
});

test('a licence that ran out: sessions end, and a login says why', async () => {
  const ada = await person('ada');
  await apps().update('flooim', { licenceExpiresAt: 1 });
  await ada.next('flooNotice', (one) => one.category === 'action');
  expect(ada.of('flooError').map((error) => error.category)).toEqual(['LICENSE']);
  await expect(signIn(ada, ada.name)).rejects.toMatchObject({ code: 'LICENSE', serverCode: 30022 });
  expect(ada.of('flooError').map((error) => error.category)).toEqual(['LICENSE', 'LICENSE']);
  await apps().update('flooim', { licenceExpiresAt: 0 });
  await signIn(ada, ada.name);
  expect(ada.im.isLogin()).toBe(true);
});

test('a licence for fewer users: who is one too many is told so, and no new one registers', async () => {
  const ada = await person('ada');
  await apps().update('flooim', { userLimit: 1 });
  const refused = ada.im.rosterManage.asyncRegester({ username: `${ada.name}_2`, password });
  await expect(refused).rejects.toMatchObject({ code: 'LICENSE', serverCode: 30023 });
  const again = open(config());
  await expect(signIn(again, ada.name)).rejects.toMatchObject({ code: 'LICENSE', serverCode: 30023 });
  expect(again.of('flooError').map((error) => error.category)).toEqual(['LICENSE']);
});

test('a DNS server that cannot be reached is named', async () => {
  const dnsServer = 'http://127.0.0.1:9/v2/app_dns';
  const ada = open(config({ dnsServer }));
  await expect(signIn(ada, 'ada')).rejects.toMatchObject({ code: 'DNS_FAILED' });
  expect(ada.of('flooError')).toEqual([{ category: 'DNS_FAILED', desc: dnsServer }]);
  expect(ada.of('loginFail')).toHaveLength(1);
});

test('an automatic login that meets a closed door says which, and ends the session', async () => {
  const world = fakeWorld();
  const socket = await signInFake(world);
  world.answers['/token/user'] = { code: 30022, message: 'the licence of the app has expired' };
  socket.end(4100);
  for (let i = 0; i < 5; i++) await settle();
  expect(world.of('flooError')).toEqual([{ category: 'LICENSE', desc: 'the licence of the app has expired' }]);
  expect(actions(world)).toEqual(['relogin', 'relogin_manually']);
});

test('when the cluster changes the DNS server is asked anew and the session goes on there', async () => {
  const ada = await person('ada');
  const bob = await person('bob');
  expect(await apps().moved('flooim')).toBe(2);
  await ada.next('flooNotice', (one) => one.category === 'userNotice' && one.desc === 'CLUSTER_CHANGED');
  await ada.next('connectionChange', (state) => state.name === 'waiting');
  await until(() => ada.of('connectionChange').at(-1)?.name === 'online', 'back online');
  await say(bob, ada, 'still here');
  await ada.next('onRosterMessage');
  expect(actions(ada)).toEqual([]);

  const world = fakeWorld();
  const socket = await signInFake(world);
  const asked = () => world.asked.filter((path) => path.endsWith('/app_dns')).length;
  const before = asked();
  socket.sync({ xid: xid(me), metas: [notice(0, UserNoticeType.CLUSTER_CHANGED)], isEagerSync: true });
  await world.clock.advance(4000);
  expect(asked()).toBe(before + 1);
  expect(FakeSocket.last).not.toBe(socket);
});

test('a change of the own profile or settings is told to all own devices, whose caches are fresh then', async () => {
  const ada = await person('ada');
  const phone = await device(ada);
  expect((await phone.im.userManage.asyncGetProfile()).nick_name).toBeUndefined();
  await ada.im.userManage.asyncUpdateNickName({ nick_name: 'Ada' });
  await phone.next('flooNotice', (one) => one.category === 'userNotice' && one.desc === 'INFO_UPDATED');
  expect((await phone.im.userManage.asyncGetProfile()).nick_name).toBe('Ada');
});
