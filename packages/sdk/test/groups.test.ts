import { expect, test } from 'vitest';
import { expectFresh, groupEventsOf, groupOf, heardNotice, opened } from './group-town.ts';
import { type Person, town } from './people.ts';
import { until } from './support.ts';

const { person, device } = town();

test('a new group is known to its owner and to those he invites, on all their devices', async () => {
  const ada = await person('ada');
  const phone = await device(ada);
  const bob = await person('bob');
  const info = await ada.im.groupManage.asyncCreate({ name: 'friends', description: 'd', user_list: [bob.uid] });
  expect(info).toMatchObject({ name: 'friends', description: 'd', owner_id: ada.uid, type: 0, count: 2 });
  const gid = info.group_id;
  expect(ada.im.groupManage.getAllGroupDetail()[gid]).toEqual(info);
  expect(await ada.im.groupManage.asyncGetJoinedGroups()).toEqual([gid]);
  await heardNotice(phone, gid, 'invite_accepted');
  await heardNotice(bob, gid, 'invite_accepted');
  for (const one of [phone, bob]) {
    expect(await one.im.groupManage.asyncGetJoinedGroups()).toEqual([gid]);
    expect(one.im.groupManage.getAllGroupDetail()[gid]).toEqual(info);
    expect(one.im.userManage.getConversationList()).toMatchObject([{ id: gid, type: 'group' }]);
  }
});

test('after every change the devices of all members know what a fresh one would be told', async () => {
  const ada = await person('ada');
  const phone = await device(ada);
  const [bob, cleo, dan] = await Promise.all([person('bob'), person('cleo'), person('dan')]);
  await dan.im.userManage.asyncUpdateAvatar({ avatar: 'https://example.org/dan.png' });
  const gid = await groupOf(ada, [bob, cleo]);
  const everyone = [ada, phone, bob, cleo];
  await Promise.all(everyone.map((one) => heardNotice(one, gid, 'invite_accepted', { from: cleo.uid })));
  await Promise.all(everyone.map((one) => opened(one, gid)));
  const { groupManage } = ada.im;
  const group = { group_id: gid };
  const users = (...people: Person[]) => ({ ...group, user_list: people.map(({ uid }) => uid) });
  const changes: (() => Promise<unknown>)[] = [
    () => groupManage.asyncUpdateName({ ...group, value: '新しい 🎉' }),
    () => groupManage.asyncUpdateDescription({ ...group, value: 'x' }),
    () => groupManage.asyncUpdateDescription({ ...group, value: '' }),
    () => groupManage.asyncUpdateAvatar({ ...group, value: 'https://example.org/a.png' }),
    () => groupManage.asyncUpdateExt({ ...group, value: '{"a":1}' }),
    () => groupManage.asyncUpdateAllowMemberInvitation({ ...group, value: false }),
    () => groupManage.asyncUpdateAllowMemberModify({ ...group, value: true }),
    () => groupManage.asyncUpdateEnableReadack({ ...group, value: true }),
    () => groupManage.asyncUpdateHistoryVisible({ ...group, value: true }),
    () => groupManage.asyncUpdateHideMemberInfo({ ...group, value: true }),
    () => groupManage.asyncUpdateRequireadminapproval({ ...group, apply_approval: 0 }),
    () => groupManage.asyncUpdateDisplayName({ ...group, value: 'boss' }),
    () => groupManage.asyncUpdateDisplayName({ ...group, value: '' }),
    () => groupManage.asyncGroupBab({ ...users(bob), duration: 5 }),
    () => groupManage.asyncGroupBab({ ...users(bob), duration: -1 }),
    () => groupManage.asyncGroupUnban(users(bob)),
    () => groupManage.asyncBanAll({ ...group, duration: 7 }),
    () => groupManage.asyncUnBanAll(group),
    () => groupManage.asyncAdminAdd(users(bob, cleo)),
    () => groupManage.asyncAdminRemove(users(bob)),
    () => groupManage.asyncAnnouncementEdit({ ...group, title: 'one', content: '' }),
    () => groupManage.asyncAnnouncementEdit({ ...group, title: 'two', content: 'x' }),
    async () => {
      const [first] = await groupManage.asyncGetAnnouncementList(group);
      await groupManage.asyncAnouncementDelete({ ...group, announcement_id: first?.id ?? 0 });
    },
    () => groupManage.asyncInvite(users(dan)),
    () => groupManage.asyncKick(users(dan)),
    () => groupManage.asyncOwnerTransfer({ ...group, new_owner: cleo.uid }),
  ];
  for (const change of changes) {
    const before = everyone.map((one) => one.of('onGroupNotice').length);
    await change();
    await until(() => everyone.every((one, i) => one.of('onGroupNotice').length > (before[i] ?? 0)), String(change));
    for (const one of everyone) await expectFresh(one, gid);
  }
});

test('what the user changes himself is seen when the call resolves', async () => {
  const ada = await person('ada');
  const [bob, cleo] = await Promise.all([person('bob'), person('cleo')]);
  const gid = await groupOf(ada, [bob, cleo]);
  await opened(ada, gid);
  const { groupManage } = ada.im;
  const group = { group_id: gid };
  const info = () => groupManage.getAllGroupDetail()[gid];
  await groupManage.asyncUpdateName({ ...group, value: 'new' });
  await groupManage.asyncUpdateAllowMemberModify({ group_id: String(gid) as never, value: true });
  await groupManage.asyncBanAll({ ...group, duration: -1 });
  expect(info()).toMatchObject({ name: 'new', member_modify: true, ban_expire_time: -1 });
  await groupManage.asyncUnBanAll(group);
  expect(info()).toMatchObject({ ban_expire_time: 0 });
  await groupManage.asyncUpdateDisplayName({ ...group, value: 'boss' });
  expect(groupManage.getGroupMembers(gid)[0]).toMatchObject({ display_name: 'boss' });
  await groupManage.asyncAdminAdd({ ...group, user_list: [bob.uid] });
  expect(groupManage.getRole(gid, bob.uid)).toBe('admin');
  await groupManage.asyncAdminRemove({ ...group, user_list: [bob.uid] });
  expect(groupManage.getRole(gid, bob.uid)).toBe('member');
  const announcement = await groupManage.asyncAnnouncementEdit({ ...group, title: 't', content: 'c' });
  expect(groupManage.getAnnouncements(gid)).toEqual([announcement]);
  await groupManage.asyncAnouncementDelete({ ...group, announcement_id: announcement.id });
  expect(groupManage.getAnnouncements(gid)).toEqual([]);
  await groupManage.asyncKick({ ...group, user_list: [cleo.uid] });
  expect(groupManage.getGroupMembers(gid)).toHaveLength(2);
  expect(info()).toMatchObject({ count: 2 });
  await groupManage.asyncOwnerTransfer({ ...group, new_owner: bob.uid });
  expect(groupManage.getRole(gid)).toBe('member');
  await groupManage.asyncLeave(group);
  expect(await groupManage.asyncGetJoinedGroups()).toEqual([]);
});

test('what a member wants of a group is known to all his devices and to nobody else', async () => {
  const ada = await person('ada');
  const bob = await person('bob');
  const phone = await device(bob);
  const gid = await groupOf(ada, [bob, phone]);
  const told = ada.heard.length;
  const lists = phone.of('recentlistUpdate').length;
  expect(await bob.im.groupManage.asyncGroupMsgMutemode({ group_id: gid, msg_mute_mode: 1 })).toBe(true);
  expect(bob.im.groupManage.getAllGroupDetail()[gid]).toMatchObject({ msg_mute_mode: 1 });
  expect(bob.im.userManage.getConversationList()).toMatchObject([{ id: gid, muted: true }]);
  await heardNotice(phone, gid, 'message_setting');
  await until(() => phone.of('recentlistUpdate').length > lists, 'the list has changed');
  expect(phone.im.groupManage.getAllGroupDetail()[gid]).toMatchObject({ msg_mute_mode: 1 });
  expect(phone.im.userManage.getConversationList()).toMatchObject([{ id: gid, muted: true }]);
  await bob.im.groupManage.asyncSetPushMode({ group_id: gid, msg_push_mode: 4 });
  await until(() => phone.im.groupManage.getAllGroupDetail()[gid]?.msg_push_mode === 4, 'push mode');
  await bob.im.groupManage.asyncGroupMsgMutemode({ group_id: gid, msg_mute_mode: 0 });
  await heardNotice(phone, gid, 'unmuted');
  await until(() => phone.im.userManage.getConversationList()[0]?.muted === false, 'not muted');
  expect(groupEventsOf(ada, told)).toEqual([]);
  expect(await ada.im.groupManage.asyncGetInfo({ group_id: gid })).toMatchObject({
    msg_mute_mode: 0,
    msg_push_mode: 0,
  });
});

test('a group can be looked at before joining it, and an unknown one is told apart', async () => {
  const ada = await person('ada');
  const bob = await person('bob');
  const gid = await groupOf(ada, []);
  const info = await bob.im.groupManage.asyncGetGroupInfo(gid);
  expect(info).toMatchObject({ group_id: gid, name: 'friends', owner_id: ada.uid });
  expect(bob.im.groupManage.getAllGroupDetail()[gid]).toEqual(info);
  expect(await bob.im.groupManage.asyncGetJoinedGroups()).toEqual([]);
  expect(bob.im.groupManage.getRole(gid)).toBe('outsider');
  await ada.im.groupManage.asyncUpdateName({ group_id: gid, value: 'foes' });
  expect(await bob.im.groupManage.asyncGetGroupInfo(gid)).toMatchObject({ name: 'friends' });
  expect(await bob.im.groupManage.asyncGetGroupInfo(gid, true)).toMatchObject({ name: 'foes' });
  expect(await bob.im.groupManage.asyncGetSettings(gid)).toMatchObject({ name: 'foes' });
  expect(await bob.im.groupManage.asyncGetSettings({ group_id: gid })).toMatchObject({ name: 'foes' });
  expect(await bob.im.groupManage.asyncGetGroupListDetail([gid, 999_999_999])).toMatchObject([
    { group_id: gid, owner: ada.uid, name: 'foes' },
  ]);
  await expect(bob.im.groupManage.asyncGetGroupInfo(999_999_999)).rejects.toMatchObject({ serverCode: 20001 });
  await expect(bob.im.groupManage.asyncGetGroupMembers(gid)).rejects.toMatchObject({ serverCode: 20011 });
});

test('who leaves has neither the group nor its conversation any more, on all his devices', async () => {
  const ada = await person('ada');
  const bob = await person('bob');
  const phone = await device(bob);
  const gid = await groupOf(ada, [bob, phone]);
  await groupSay(ada, gid, 'hello', [bob, phone]);
  expect(await bob.im.groupManage.asyncLeave({ group_id: gid })).toBe(true);
  expect(await bob.im.groupManage.asyncGetJoinedGroups()).toEqual([]);
  for (const one of [bob, phone]) {
    await heardNotice(one, gid, 'leaved');
    expect(await one.im.groupManage.asyncGetJoinedGroups()).toEqual([]);
    expect(one.im.groupManage.getAllGroupDetail()).toEqual({});
    expect(one.im.groupManage.getGruopMessage(gid)).toEqual([]);
    expect(one.im.userManage.getConversationList()).toEqual([]);
    expect(one.of('flooNotice').filter(({ category }) => category === 'conversation_deleted')).toEqual([]);
  }
  await heardNotice(ada, gid, 'leaved');
  expect(ada.im.groupManage.getAllGroupDetail()[gid]).toMatchObject({ count: 1 });
  expect(ada.im.groupManage.getGruopMessage(gid)).toHaveLength(1);
});

test('a dissolved group is gone at all members', async () => {
  const ada = await person('ada');
  const bob = await person('bob');
  const gid = await groupOf(ada, [bob]);
  await groupSay(ada, gid, 'hello', [bob]);
  await ada.im.groupManage.asyncDestroy({ group_id: gid });
  for (const one of [ada, bob]) {
    await one.next('onGroupDestoryed', (meta) => meta.groupId === gid && meta.from === String(ada.uid));
    expect(await one.im.groupManage.asyncGetJoinedGroups()).toEqual([]);
    expect(one.im.groupManage.getAllGroupDetail()).toEqual({});
    expect(one.im.userManage.getConversationList()).toEqual([]);
    expect(one.im.groupManage.getGruopMessage(gid)).toEqual([]);
  }
});

test('what is on its way to a group that is dissolved or left goes with it, and says so', async () => {
  const ada = await person('ada');
  const bob = await person('bob');
  const phone = await device(bob);
  for (const end of ['dissolved', 'left']) {
    const gid = await groupOf(ada, [bob, phone]);
    for (let i = 0; i < 100; i++) phone.im.sysManage.sendGroupMessage({ gid, content: `m${i}` });
    const last = phone.im.sysManage.asyncSendGroupMessage({ gid, content: 'last' });
    const ending = expect(last).rejects.toMatchObject({ code: 'CANCELED' });
    if (end === 'dissolved') await ada.im.groupManage.asyncDestroy({ group_id: gid });
    else await bob.im.groupManage.asyncLeave({ group_id: gid });
    await ending;
    // The server's answers to what was on its way are here as well.
    await groupSay(ada, await groupOf(ada, [phone]), 'later', [phone]);
    expect(phone.im.groupManage.getGruopMessage(gid)).toEqual([]);
    expect(phone.im.userManage.getConversationList().map(({ id }) => id)).not.toContain(gid);
    const statuses = phone.of('onSendingMessageStatusChanged').map(({ mid, status }) => ({ mid, status }));
    const open = new Set(statuses.filter(({ status }) => status === 'sending').map(({ mid }) => mid));
    for (const { mid, status } of statuses) if (status !== 'sending') open.delete(mid);
    expect(open).toEqual(new Set());
    expect(phone.of('flooError')).toEqual([]);
  }
});

test('who was removed still reads what was written, sends nothing, and can come back', async () => {
  const ada = await person('ada');
  const bob = await person('bob');
  const gid = await groupOf(ada, [bob]);
  await opened(bob, gid);
  await groupSay(ada, gid, 'hello', [bob]);
  const kicked = await ada.im.groupManage.asyncKick({ group_id: gid, user_list: [bob.uid], reason: 'enough' });
  expect(kicked).toEqual([{ user_id: bob.uid, result: 'success' }]);
  expect(await heardNotice(bob, gid, 'kicked')).toMatchObject({ content: 'enough', toUids: [bob.uid] });
  expect(await bob.im.groupManage.asyncGetJoinedGroups()).toEqual([]);
  expect(bob.im.groupManage.getRole(gid)).toBe('outsider');
  expect(bob.im.groupManage.can(gid, 'sendMessage')).toBe(false);
  expect(bob.im.groupManage.getGruopMessage(gid)).toMatchObject([{ content: 'hello' }]);
  expect(bob.im.groupManage.getAllGroupDetail()[gid]).toMatchObject({ name: 'friends' });
  await ada.im.groupManage.asyncUpdateExt({ group_id: gid, value: 'new' });
  expect(await bob.im.groupManage.asyncGetGroupInfo(gid)).toMatchObject({ ext: 'new' });
  bob.im.sysManage.sendGroupMessage({ gid, content: 'let me in' });
  await bob.next('flooError');
  await ada.im.groupManage.asyncInvite({ group_id: gid, user_list: [bob.uid] });
  await bob.next('onGroupJoined', (meta) => bob.of('onGroupJoined').indexOf(meta) > 0);
  expect(await bob.im.groupManage.asyncGetJoinedGroups()).toEqual([gid]);
  await groupSay(bob, gid, 'back', [ada]);
});

test('what somebody may do follows his role and the rules of the group', async () => {
  const ada = await person('ada');
  const bob = await person('bob');
  const gid = await groupOf(ada, [bob]);
  const group = { group_id: gid };
  await Promise.all([opened(ada, gid), opened(bob, gid)]);
  const { groupManage } = bob.im;
  const may = () =>
    ['sendMessage', 'invite', 'modifyInfo', 'manageMembers', 'destroy'].filter((action) =>
      groupManage.can(gid, action as 'invite'),
    );
  expect(ada.im.groupManage.getRole(gid)).toBe('owner');
  expect(ada.im.groupManage.can(gid, 'destroy')).toBe(true);
  expect(ada.im.groupManage.can(gid, 'leave')).toBe(false);
  expect([groupManage.getRole(gid), groupManage.getRole(gid, ada.uid)]).toEqual(['member', 'owner']);
  expect(may()).toEqual(['sendMessage', 'invite']);
  await ada.im.groupManage.asyncUpdateAllowMemberInvitation({ ...group, value: false });
  await ada.im.groupManage.asyncUpdateAllowMemberModify({ ...group, value: true });
  await until(() => may().join() === 'sendMessage,modifyInfo', 'the rules have changed');
  await ada.im.groupManage.asyncBanAll({ ...group, duration: -1 });
  await until(() => may().join() === 'modifyInfo', 'all are banned');
  await ada.im.groupManage.asyncAdminAdd({ ...group, user_list: [bob.uid] });
  await until(() => may().join() === 'sendMessage,invite,modifyInfo,manageMembers', 'an administrator');
  expect(groupManage.getRole(gid)).toBe('admin');
  await ada.im.groupManage.asyncAdminRemove({ ...group, user_list: [bob.uid] });
  await ada.im.groupManage.asyncUnBanAll(group);
  await ada.im.groupManage.asyncGroupBab({ ...group, user_list: [bob.uid], duration: 3 });
  await bob.next('onGroupBaned', ({ toUids }) => toUids.includes(bob.uid));
  expect(may()).toEqual(['modifyInfo']);
  await ada.im.groupManage.asyncOwnerTransfer({ ...group, new_owner: bob.uid });
  await until(() => groupManage.getRole(gid) === 'owner', 'the owner');
  expect(may()).toContain('sendMessage');
});

async function groupSay(from: Person, gid: number, content: string, to: Person[]): Promise<void> {
  from.im.sysManage.sendGroupMessage({ gid, content });
  await Promise.all(to.map((one) => one.next('onGroupMessage', (meta) => meta.content === content)));
}
