import { expect, test } from 'vitest';
import { type Person, town } from './people.ts';
import { type Client, open, password, profile, until } from './support.ts';

const where = town();
const { person, device, config } = where;

const userNotices = (of: Client) =>
  of.of('flooNotice').flatMap((one) => (one.category === 'userNotice' ? [one.desc] : []));
const told = (of: Client, desc: string) =>
  of.next('flooNotice', (one) => one.category === 'userNotice' && one.desc === desc);
const manually = (of: Client) =>
  of.next('flooNotice', (one) => one.category === 'action' && one.desc === 'relogin_manually');

/** The number of the device that calls itself so. */
async function numberOf(of: Person, name: string): Promise<number> {
  const devices = await of.im.userManage.asyncGetDevices();
  return devices.find((one) => one.user_agent === name)?.device_sn ?? 0;
}

test('devices are listed with what they are and whether they are here', async () => {
  const ada = await person('ada', { deviceName: 'desk' });
  const phone = await device(ada, { deviceName: 'phone' });
  await told(ada, 'DEVICE_ADDED');
  await told(ada, 'DEVICE_LOGIN');
  const devices = await ada.im.userManage.asyncGetDevices();
  expect(devices.map((one) => [one.user_agent, one.online, one.platform, one.user_id]).sort()).toEqual([
    ['desk', true, 6, ada.uid],
    ['phone', true, 6, ada.uid],
  ]);
  expect(ada.im.userManage.getDeviceSN()).toBe(await numberOf(ada, 'desk'));
  expect(phone.im.userManage.getDeviceSN()).toBe(await numberOf(ada, 'phone'));
  await phone.im.dispose();
  await told(ada, 'DEVICE_LOGOUT');
  const later = await ada.im.userManage.asyncGetDevices();
  expect(later.find((one) => one.user_agent === 'phone')).toMatchObject({ online: false });
  expect(userNotices(phone)).toEqual([]);
});

test('a device that is kicked is out for good, the others stay', async () => {
  const ada = await person('ada', { deviceName: 'desk' });
  const phone = await device(ada, { deviceName: 'phone' });
  await ada.im.userManage.asyncKickDevice({ device_sn: await numberOf(ada, 'phone') });
  await manually(phone);
  expect(userNotices(phone)).toEqual(['KICKED_BY_OTHER_DEVICE']);
  expect([phone.im.isLogin(), ada.im.isLogin()]).toEqual([false, true]);
  await until(() => phone.im.connection.state.name === 'kicked', 'kicked');
  await told(ada, 'DEVICE_LOGOUT');
  expect((await ada.im.userManage.asyncGetDevices()).length).toBe(2);
});

test('without a number every device is out, the one that says so too', async () => {
  const ada = await person('ada');
  const phone = await device(ada);
  await ada.im.userManage.asyncKickDevice();
  await Promise.all([manually(ada), manually(phone)]);
  expect([ada.im.isLogin(), phone.im.isLogin()]).toEqual([false, false]);
  await ada.im.login({ name: ada.name, password });
});

test('a device that is removed is out, and none of the user any more', async () => {
  const ada = await person('ada', { deviceName: 'desk' });
  const phone = await device(ada, { deviceName: 'phone' });
  await ada.im.userManage.asyncRemoveDevice({ device_sn: await numberOf(ada, 'phone') });
  await manually(phone);
  expect(userNotices(phone)).toEqual(['DEVICE_REMOVED']);
  expect((await ada.im.userManage.asyncGetDevices()).map((one) => one.user_agent)).toEqual(['desk']);
});

test('a number that is none of the user’s devices is refused', async () => {
  const ada = await person('ada', { deviceName: 'desk' });
  const { userManage } = ada.im;
  const device_sn = (await numberOf(ada, 'desk')) + 1000;
  await expect(userManage.asyncKickDevice({ device_sn })).rejects.toMatchObject({ code: 'REJECTED' });
  await expect(userManage.asyncRemoveDevice({ device_sn })).rejects.toMatchObject({ code: 'REJECTED' });
  await expect(userManage.asyncKickDevice({ device_sn: 0 })).rejects.toMatchObject({ field: 'params.device_sn' });
  await expect(userManage.asyncRemoveDevice({} as never)).rejects.toMatchObject({ field: 'params.device_sn' });
  expect(ada.im.isLogin()).toBe(true);
});

test('the same install elsewhere ends the older session and keeps its token', async () => {
  const platform = profile();
  const ada = await person('ada', { platform });
  // Plain http: tabs cannot tell that another one has the device.
  const again = await device(ada, { platform: { ...platform, locks: profile().locks } });
  await told(ada, 'KICK_BY_SAME_DEVICE');
  expect(again.im.isLogin()).toBe(true);
  expect(ada.of('flooNotice').some((one) => one.category === 'action')).toBe(false);
});

test('a deleted account is gone on all its devices, and nobody signs in with it', async () => {
  const ada = await person('ada');
  const phone = await device(ada);
  const wrong = ada.im.userManage.asyncDeleteAccount({ password: 'wrong password 1' });
  await expect(wrong).rejects.toMatchObject({ serverCode: 11001 });
  await expect(ada.im.userManage.asyncDeleteAccount({} as never)).rejects.toMatchObject({ field: 'params.password' });
  await ada.im.userManage.asyncDeleteAccount({ password });
  await Promise.all([manually(ada), manually(phone)]);
  expect(userNotices(phone)).toContain('REMOVED');
  const again = open(config());
  await expect(again.im.login({ name: ada.name, password })).rejects.toMatchObject({ code: 'LOGIN_REJECTED' });
  expect(await again.im.userManage.asyncCheckUsername({ username: `${ada.name}_x` })).toBe(true);
});

test('a new username is what the user signs in with from then on', async () => {
  const ada = await person('ada');
  const username = `${ada.name}_new`;
  await ada.im.userManage.asyncUpdateUsername({ username });
  expect(await ada.im.userManage.asyncGetProfile()).toMatchObject({ username });
  await expect(open(config()).im.login({ name: ada.name, password })).rejects.toMatchObject({ code: 'LOGIN_REJECTED' });
  await open(config()).im.login({ name: username, password });
  const bob = await person('bob');
  const taken = bob.im.userManage.asyncUpdateUsername({ username });
  await expect(taken).rejects.toMatchObject({ code: 'REJECTED' });
});
