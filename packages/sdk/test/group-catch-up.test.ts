import type { FlooimConfig, PlatformOptions } from 'flooim';
import { expect, test } from 'vitest';
import { expectFresh, groupEventsOf, groupOf, opened } from './group-town.ts';
import { type Person, town } from './people.ts';
import { open, profile, until } from './support.ts';

const { person, device, config } = town();

test('the groups are readable on a device before the network is', async () => {
  const platform = profile();
  const ada = await person('ada', { platform, autoLogin: true });
  const bob = await person('bob');
  const gid = await groupOf(bob, [ada]);
  const info = ada.im.groupManage.getAllGroupDetail()[gid];
  await ada.im.dispose();
  const again = open(config({ platform, autoLogin: true, dnsServer: 'http://127.0.0.1:9/v2/app_dns' }));
  expect(await again.im.ready).toBe(true);
  expect(again.im.groupManage.getAllGroupDetail()).toEqual({ [gid]: info });
  expect(await again.im.groupManage.asyncGetJoinedGroups()).toEqual([gid]);
  again.im.groupManage.openGroup(gid);
  await expect(again.im.groupManage.asyncGetGroupInfo(gid, true)).rejects.toMatchObject({ name: 'FlooError' });
  expect(again.of('onGroupMemberChanged')).toEqual([]);
});

test('an answer that was on its way when a notice came does not bring back what was before', async () => {
  const ada = await person('ada');
  const { fetch: fetchHeld, hold } = holding();
  const bob = await device(await person('bob'), { platform: { ...profile(), fetch: fetchHeld } });
  const [gid, other] = [await groupOf(ada, [bob]), await groupOf(ada, [])];
  await opened(bob, gid);
  const held = hold('/group/');
  const answers = Promise.all([
    bob.im.groupManage.asyncGetGroupInfo(gid, true),
    bob.im.groupManage.asyncGetGroupMembers(gid),
    bob.im.groupManage.asyncGetAdminList({ group_id: gid }),
    bob.im.groupManage.asyncGetJoinedGroups(true),
  ]);
  await until(() => held.answers === 4, 'the server has answered');
  await ada.im.groupManage.asyncUpdateName({ group_id: gid, value: 'later' });
  await ada.im.groupManage.asyncUpdateDisplayName({ group_id: gid, value: 'boss' });
  await ada.im.groupManage.asyncAdminAdd({ group_id: gid, user_list: [bob.uid] });
  await ada.im.groupManage.asyncInvite({ group_id: other, user_list: [bob.uid] });
  await until(() => bob.im.groupManage.getRole(gid) === 'admin', 'the notices have come');
  await until(() => bob.im.groupManage.getRole(other) === 'member', 'the notices have come');
  held.release();
  const [info, members, admins, joined] = await answers;
  expect(info).toMatchObject({ name: 'later' });
  expect(members[0]).toMatchObject({ display_name: 'boss' });
  expect(admins).toMatchObject([{ user_id: bob.uid }]);
  expect(joined).toEqual([gid, other]);
  await expectFresh(bob, gid);
});

test('an answer that was on its way does not bring back a group that is gone', async () => {
  const ada = await person('ada');
  const { fetch: fetchHeld, hold } = holding();
  const bob = await device(await person('bob'), { platform: { ...profile(), fetch: fetchHeld } });
  const gid = await groupOf(ada, [bob]);
  const held = hold('/group/info');
  const answer = bob.im.groupManage.asyncGetGroupInfo(gid, true);
  await until(() => held.answers === 1, 'the server has answered');
  await ada.im.groupManage.asyncDestroy({ group_id: gid });
  await bob.next('onGroupDestoryed');
  held.release();
  expect(await answer).toMatchObject({ status: 1 });
  expect(bob.im.groupManage.getAllGroupDetail()).toEqual({});
});

test('a login does not fail with the groups, which come when they can be asked for', async () => {
  let down = true;
  const fetchSome: typeof fetch = async (input, init) => {
    if (down && String(input).includes('/group/')) throw new TypeError('no way through');
    return fetch(input, init);
  };
  const ada = await person('ada');
  const bob = await person('bob');
  const gid = await groupOf(ada, [bob]);
  const late = await device(bob, { platform: { ...profile(), fetch: fetchSome } });
  expect(late.im.isLogin()).toBe(true);
  await expect(late.im.groupManage.asyncGetGroupInfo(gid, true)).rejects.toMatchObject({ code: 'NETWORK' });
  await late.next('onGroupJoined');
  await expect(late.im.groupManage.asyncGetJoinedGroups()).rejects.toMatchObject({ code: 'NETWORK' });
  expect(late.im.groupManage.getAllGroupDetail()).toEqual({});
  const from = late.heard.length;
  down = false;
  await until(() => groupEventsOf(late, from).includes('onGroupListUpdate'), 'the groups came');
  expect(late.im.groupManage.getAllGroupDetail()[gid]).toMatchObject({ name: 'friends' });
  expect(await late.im.groupManage.asyncGetJoinedGroups()).toEqual([gid]);
});

test('a device that comes later and hears everything again knows how things stand', async () => {
  const ada = await person('ada');
  const bob = await person('bob');
  const gid = await groupOf(ada, [bob]);
  const left = await groupOf(ada, [bob]);
  const dissolved = await groupOf(ada, [bob]);
  for (let i = 0; i < 20; i++) await ada.im.groupManage.asyncUpdateName({ group_id: gid, value: `v${i}` });
  await ada.im.groupManage.asyncKick({ group_id: gid, user_list: [bob.uid] });
  await ada.im.groupManage.asyncInvite({ group_id: gid, user_list: [bob.uid] });
  await bob.im.groupManage.asyncLeave({ group_id: left });
  await ada.im.groupManage.asyncDestroy({ group_id: dissolved });
  let asked = 0;
  const fetchCounted: typeof fetch = (input, init) => {
    if (String(input).includes('/group/')) asked += 1;
    return fetch(input, init);
  };
  const phone = await device(bob, { platform: { ...profile(), fetch: fetchCounted } });
  await until(() => phone.im.groupManage.getAllGroupDetail()[gid]?.name === 'v19', 'the group');
  expect(asked).toBeLessThan(12);
  await opened(phone, gid);
  expect(await phone.im.groupManage.asyncGetJoinedGroups()).toEqual([gid]);
  expect(Object.keys(phone.im.groupManage.getAllGroupDetail())).toEqual([String(gid)]);
  await expectFresh(phone, gid);
  expect(phone.im.groupManage.getAllGroupDetail()[gid]).toMatchObject({ name: 'v19', count: 2 });
});

test('a device that was away catches up with all that happened', async () => {
  const platform = profile();
  const ada = await person('ada');
  const bob = await person('bob', { platform, autoLogin: true });
  const [gid, lost] = [await groupOf(ada, [bob]), await groupOf(ada, [bob])];
  await bob.im.dispose();
  await ada.im.groupManage.asyncUpdateName({ group_id: gid, value: 'renamed' });
  await ada.im.groupManage.asyncKick({ group_id: lost, user_list: [bob.uid] });
  const { group_id: fresh } = await ada.im.groupManage.asyncCreate({ name: 'fresh', user_list: [bob.uid] });
  const back = await again({ platform, autoLogin: true });
  await back.next('onGroupJoined', (meta) => meta.groupId === fresh);
  await back.next('onGroupNotice', (meta) => meta.type === 'kicked');
  await back.next('onGroupNotice', (meta) => meta.type === 'info_updated');
  expect((await back.im.groupManage.asyncGetJoinedGroups()).sort()).toEqual([gid, fresh].sort());
  expect(back.im.groupManage.getAllGroupDetail()).toMatchObject({
    [gid]: { name: 'renamed' },
    [fresh]: { name: 'fresh', count: 2 },
    [lost]: { name: 'friends' },
  });
});

test('nothing fires after a logout or dispose, also when a question was on its way', async () => {
  const ada = await person('ada');
  const bob = await person('bob');
  const gid = await groupOf(ada, [bob]);
  bob.im.groupManage.openGroup(gid);
  await bob.im.logout();
  const heard = bob.heard.length;
  ada.im.groupManage.openGroup(gid);
  await ada.im.dispose();
  const heardOfAda = ada.heard.length;
  const cleo = await person('cleo');
  await cleo.im.groupManage.asyncGetGroupInfo(gid);
  expect(groupEventsOf(bob, heard)).toEqual([]);
  expect(groupEventsOf(ada, heardOfAda)).toEqual([]);
  expect(ada.im.groupManage.getAllGroupDetail()[gid]).toMatchObject({ name: 'friends' });
  expect(() => ada.im.groupManage.openGroup(gid)).toThrow(expect.objectContaining({ code: 'DISPOSED' }));
});

test('dispose ends the tries for groups that could not be asked for', async () => {
  const ada = await person('ada');
  await groupOf(ada, []);
  const timers = new Set<unknown>();
  const clock: PlatformOptions['clock'] = {
    now: Date.now,
    setTimeout(run, ms) {
      const timer = setTimeout(() => {
        timers.delete(timer);
        run();
      }, ms);
      timers.add(timer);
      return timer;
    },
    clearTimeout(timer) {
      timers.delete(timer);
      clearTimeout(timer as number);
    },
  };
  let failed = 0;
  let onItsWay = Promise.resolve();
  let release = () => {};
  const fetchSome: typeof fetch = async (input, init) => {
    if (!String(input).includes('/group/')) return fetch(input, init);
    failed += 1;
    await onItsWay;
    throw new TypeError('no way through');
  };
  const late = await device(ada, { platform: { ...profile(), clock, fetch: fetchSome } });
  await until(() => failed === 2, 'it tries again');
  onItsWay = new Promise((resolve) => {
    release = resolve;
  });
  await until(() => failed === 3, 'and again');
  await late.im.dispose();
  release();
  await ada.im.userManage.asyncGetSettings(true);
  expect(timers.size).toBe(0);
});

/** A way to the server that keeps answers back until they are released. */
function holding() {
  let path: string | undefined;
  let gate = Promise.resolve();
  const held = { answers: 0, release: () => {} };
  const fetchHeld: typeof fetch = async (input, init) => {
    const isHeld = path && String(input).includes(path);
    const answer = await fetch(input, init);
    if (isHeld) {
      held.answers += 1;
      await gate;
    }
    return answer;
  };
  const hold = (part: string) => {
    path = part;
    gate = new Promise((resolve) => {
      held.release = () => {
        path = undefined;
        resolve();
      };
    });
    return held;
  };
  return { fetch: fetchHeld, hold };
}

/** The same device, started again. */
async function again(more: Partial<FlooimConfig>): Promise<Person> {
  const client = open(config(more));
  await client.next('connectionChange', (state) => state.name === 'online');
  return Object.assign(client, { name: '', uid: client.im.userManage.getUid() });
}
