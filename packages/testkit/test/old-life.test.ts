import { UserNoticeType } from '@flooim/protocol';
import { callRest, FaultProxy, type OldDevice, until } from '@flooim/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { allShow, mixedTown, password, sayOld } from './support/mixed-town.ts';

const town = mixedTown();

async function login(prefix: string): Promise<OldDevice> {
  const device = town.oldDevice(await town.account(prefix));
  await device.login();
  return device;
}

describe('a deployed client', () => {
  test('logs in, and the server gives it a number that it keeps', async () => {
    const device = await login('ada');
    expect(device.deviceSN).toBeGreaterThan(0);
    expect(device.deviceSN).toBeLessThan(999_999_999);
    const { deviceSN } = device;
    await device.stop();
    await device.login();
    expect([device.deviceSN, device.connection.logins]).toEqual([deviceSN, 1]);
  });

  test('is back at once when the transport closes, as the same device, without a login', async () => {
    const device = await login('ada');
    const { deviceSN } = device;
    device.connection.drop();
    await until(() => !device.isOnline, 'the cut');
    await device.settle();
    expect([device.deviceSN, device.connection.connections, device.connection.logins]).toEqual([deviceSN, 2, 1]);
  });

  test('is ended by its own device coming in once more, and is then another device', async () => {
    const name = await town.account('ada');
    const token = (await callRest(town.server.url, 'tokenByName', { name, password })).token;
    const uid = (await callRest(town.server.url, 'userProfile', {}, { token })).user_id;
    const account = { uid, token, guid: `${uid}_4711` };
    const first = town.oldDevice(name, { account });
    await first.login();
    const { deviceSN } = first;
    const second = town.oldDevice(name, { account });
    await second.login();
    await until(() => first.connection.stopped === 'kicked', 'the notice');
    expect(first.connection.userNotices).toContain(UserNoticeType.KICK_BY_SAME_DEVICE);
    expect([first.connection.connections, second.deviceSN]).toEqual([1, deviceSN]);
    await first.login();
    expect(first.deviceSN).not.toBe(deviceSN);
    expect(second.isOnline).toBe(true);
  });

  test('whose token ends comes back with a new one, as the same device, by itself', async () => {
    const device = await login('ada');
    const { deviceSN } = device;
    await callRest(town.server.url, 'tokenRevoke', {}, { token: device.connection.rest.token });
    await until(() => device.connection.logins === 2 && device.isSettled, 'the second login');
    expect(device.deviceSN).toBe(deviceSN);
    expect(device.connection.stopped).toBeUndefined();
  });

  test.for([
    ['a changed password', UserNoticeType.PASSWORD_CHANGED],
    ['being kicked', UserNoticeType.KICKED_BY_OTHER_DEVICE],
    ['the removal of the device', UserNoticeType.DEVICE_REMOVED],
  ] as const)('comes back no more after %s, and the SDK beside it goes on', async ([_why, type]) => {
    const { old, older, sdk } = await town.person('ada');
    const { userManage } = sdk.im;
    const device_sn = old.deviceSN;
    if (type === UserNoticeType.DEVICE_REMOVED) await userManage.asyncRemoveDevice({ device_sn });
    else if (type === UserNoticeType.KICKED_BY_OTHER_DEVICE) await userManage.asyncKickDevice({ device_sn });
    else await userManage.asyncChangePassword({ old_password: password, new_password: 'another horse 2' });
    await until(() => old.connection.stopped !== undefined, 'the end');
    expect(old.connection.userNotices).toContain(type);
    expect([old.connection.connections, old.connection.rest.token]).toEqual([1, '']);
    expect(older.connection.stopped === undefined).toBe(type !== UserNoticeType.PASSWORD_CHANGED);
    await sdk.online();
  });

  test('hears that another device of its user came and went, and not that it did itself', async () => {
    const { name, old, older } = await town.person('ada');
    const { userNotices } = old.connection;
    const before = userNotices.length;
    await older.stop();
    await until(() => userNotices.slice(before).includes(UserNoticeType.DEVICE_LOGOUT), 'the notice of the end');
    const fresh = town.oldDevice(name);
    await fresh.login();
    await until(() => userNotices.slice(before).includes(UserNoticeType.DEVICE_LOGIN), 'the notice of the login');
    expect(fresh.connection.userNotices).not.toContain(UserNoticeType.DEVICE_LOGIN);
  });

  test('gets what was said while it was away, in pages, and what is said meanwhile once', async () => {
    const [alice, bob] = await town.couple();
    await bob.old.stop();
    const count = 450;
    for (let i = 0; i < count; i++) alice.old.say(bob.uid, `${i}`);
    await until(() => alice.old.said.every(({ outcome }) => outcome === 'sent'), 'all to be sent');
    bob.old.connection.start();
    for (let i = 0; i < 50; i++) alice.old.say(bob.uid, `meanwhile ${i}`);
    const arrivals = () => bob.old.conversations.get(alice.uid)?.arrivals ?? [];
    await until(() => arrivals().length >= count + 50, 'everything');
    await bob.old.settle();
    expect(arrivals()).toEqual(alice.old.said.map(({ mids }) => mids[0]));
    expect(bob.old.messages(alice.uid)).toHaveLength(100);
    expect(bob.old.messages(alice.uid).at(-1)?.content).toBe('meanwhile 49');
  });

  test('sends twice in a millisecond and means two; what it sends again is one', async () => {
    const alice = await town.account('alice');
    const [frozen, bob] = [town.oldDevice(alice, { clock: () => 1_700_000_000_000 }), await login('bob')];
    await frozen.login();
    const said = [frozen.say(bob.uid, 'one'), frozen.say(bob.uid, 'two')];
    frozen.repeat(said[0] as (typeof said)[0]);
    await until(() => said.flatMap(({ mids }) => mids).length === 3, 'three answers');
    const [[first, again], [second]] = said.map(({ mids }) => mids) as [number[], number[]];
    expect(again).toBe(first);
    expect(second).not.toBe(first);
    await until(() => bob.messages(frozen.uid).length === 2, 'both');
    expect(bob.messages(frozen.uid).map(({ content }) => content)).toEqual(['one', 'two']);
  });

  test('recalls what it said at most once, and hears why when it is too late or not its own', async () => {
    const [alice, bob] = await town.couple();
    const mid = await sayOld(alice.old, bob.uid, 'mine');
    await allShow(bob, alice.uid, ['mine']);
    await expect(bob.old.recall(alice.uid, mid)).rejects.toThrow('refused');
    await alice.old.recall(bob.uid, mid);
    await alice.old.recall(bob.uid, mid).catch(() => {});
    await allShow(alice, bob.uid, []);
    await allShow(bob, alice.uid, []);
  });
});

describe('a deployed client that reads slowly', () => {
  let proxy: FaultProxy;
  beforeAll(async () => {
    proxy = await FaultProxy.start(town.server.url);
  });
  afterAll(() => proxy.close());

  test('gets everything once, in order, when it reads again', { timeout: 90_000 }, async () => {
    const alice = await login('alice');
    const slow = town.oldDevice(await town.account('bob'), { url: proxy.url });
    try {
      await slow.login();
      await sayOld(alice, slow.uid, 'first');
      await until(() => slow.messages(alice.uid).length === 1, 'the first');
      proxy.set({ kind: 'stall' });
      // More than one session's queue and the kernel's buffers hold.
      const filler = 'x'.repeat(12_000);
      const count = 900;
      for (let i = 0; i < count; i++) alice.say(slow.uid, `${i} ${filler}`);
      await until(() => alice.said.every(({ outcome }) => outcome === 'sent'), 'the sends', { timeoutMs: 30_000 });
      proxy.set({ kind: 'pass' });
      const arrivals = () => slow.conversations.get(alice.uid)?.arrivals ?? [];
      await until(() => arrivals().length > count, 'everything', { timeoutMs: 30_000 });
      await slow.settle();
      expect(arrivals()).toEqual(alice.said.map(({ mids }) => mids[0]));
    } finally {
      proxy.set({ kind: 'pass' });
    }
  });
});
