import { expect, test } from 'vitest';
import { groupOf, heardNotice } from './group-town.ts';
import { town } from './people.ts';

const { person } = town();
const recent = (time: number) => Math.abs(time - Date.now()) < 60_000;

test('members are listed with their cards, administrators without the owner', async () => {
  const [ada, bob, cleo] = await Promise.all([person('ada'), person('bob'), person('cleo')]);
  const gid = await groupOf(ada, [bob, cleo]);
  const group = { group_id: gid };
  await bob.im.groupManage.asyncUpdateDisplayName({ ...group, value: 'Bobby' });
  const all = await cleo.im.groupManage.asyncGetGroupMembers(gid);
  expect(all.map(({ user_id }) => user_id)).toEqual([ada.uid, bob.uid, cleo.uid]);
  expect(all[1]).toMatchObject({ display_name: 'Bobby' });
  expect(all.every(({ join_time }) => recent(join_time))).toBe(true);
  expect(await cleo.im.groupManage.asyncGetMemberList(group)).toEqual(all);
  expect(cleo.im.groupManage.getGroupMembers(gid)).toEqual(all);
  expect(bob.im.groupManage.getGroupMembers(gid)).toEqual([]);
  const named = await ada.im.groupManage.asyncGetMemberDisplayName({ ...group, user_list: [bob.uid, 7] });
  expect(named).toMatchObject([{ user_id: bob.uid, display_name: 'Bobby' }]);
  expect(await ada.im.groupManage.asyncAdminAdd({ ...group, user_list: [cleo.uid, 7] })).toMatchObject([
    { user_id: cleo.uid, result: 'success' },
    { user_id: 7, result: 'fail', reason: expect.any(String) },
  ]);
  expect(await bob.im.groupManage.asyncGetAdminList(group)).toMatchObject([{ user_id: cleo.uid }]);
  expect(bob.im.groupManage.getRole(gid, cleo.uid)).toBe('admin');
});

test('who may not send, and who may not come back, is listed for administrators', async () => {
  const [ada, bob] = await Promise.all([person('ada'), person('bob')]);
  const gid = await groupOf(ada, [bob]);
  const group = { group_id: gid };
  const { groupManage } = ada.im;
  const success = [{ user_id: bob.uid, result: 'success' }];
  const users = { ...group, user_list: [bob.uid] };
  expect(await groupManage.asyncGroupBab({ ...users, duration: 2 })).toEqual(success);
  const [banned] = await groupManage.asyncGroupBannedList(group);
  expect(banned).toMatchObject({ user_id: bob.uid });
  expect(recent((banned?.expired_time ?? 0) - 120_000)).toBe(true);
  expect(await groupManage.asyncGroupUnban(users)).toEqual(success);
  expect(await groupManage.asyncGroupBannedList(group)).toEqual([]);
  const all = await groupManage.asyncBanAll({ ...group, duration: 2 });
  expect(recent(all.ban_expire_time * 1000 - 120_000)).toBe(true);
  expect(groupManage.getAllGroupDetail()[gid]).toMatchObject(all);
  expect(await groupManage.asyncUnBanAll(group)).toBe(true);
  expect(await groupManage.asyncGetInfo(group)).toMatchObject({ ban_expire_time: 0 });
  await expect(bob.im.groupManage.asyncGroupBockedlist(group)).rejects.toMatchObject({ serverCode: 20012 });
  expect(await groupManage.asyncGroupBlock(users)).toEqual(success);
  const [blocked] = await groupManage.asyncGroupBockedlist(group);
  expect(blocked).toMatchObject({ user_id: bob.uid, group_id: gid });
  expect(recent(Date.parse(blocked?.create_at ?? ''))).toBe(true);
  await expect(bob.im.groupManage.asyncApply(group)).rejects.toMatchObject({ serverCode: 20018 });
  expect(await groupManage.asyncGroupUnblock(users)).toEqual(success);
  expect(await groupManage.asyncGroupBockedlist(group)).toEqual([]);
});

test('applications and invitations are listed, with what became of them', async () => {
  const [ada, bob, cleo] = await Promise.all([person('ada'), person('bob'), person('cleo')]);
  const gid = await groupOf(ada, []);
  const group = { group_id: gid };
  const applied = await bob.im.groupManage.asyncApply({ ...group, reason: 'me' });
  expect(applied).toMatchObject({ user_id: bob.uid, result: 'success' });
  const applications = () => ada.im.groupManage.asncGetApplicationList({ group_list: [gid] });
  const [application] = await applications();
  expect(application).toMatchObject({ group_id: gid, applicant_id: bob.uid, reason: 'me', status: 0 });
  expect(application?.expire_time).toBeGreaterThan(Date.now());
  const answer = { ...group, user_id: bob.uid, approval: true };
  expect(await ada.im.groupManage.asyncApplyHandle(answer)).toMatchObject({ user_id: bob.uid, result: 'success' });
  expect(await applications()).toMatchObject([{ status: 1 }]);
  await expect(ada.im.groupManage.asyncApplyHandle(answer)).rejects.toMatchObject({ serverCode: 20014 });
  await heardNotice(bob, gid, 'joined');
  expect(await bob.im.groupManage.asncGetApplicationList({ group_list: [gid] })).toEqual([]);

  await cleo.im.userManage.asyncUpdateSettings({ group_confirm: true });
  const invited = await ada.im.groupManage.asyncInvite({ ...group, user_list: [cleo.uid, bob.uid], reason: 'come' });
  expect(invited).toMatchObject([
    { user_id: cleo.uid, result: 'success' },
    { user_id: bob.uid, result: 'fail' },
  ]);
  const [invitation] = await cleo.im.groupManage.asyncGetInvitationList();
  expect(invitation).toMatchObject({ inviter_id: ada.uid, invitee_id: cleo.uid, reason: 'come', status: 0 });
  expect(recent(Date.parse(invitation?.create_at ?? ''))).toBe(true);
  const yes = { ...group, user_id: ada.uid, approval: true };
  expect(await cleo.im.groupManage.asyncInviteHandle(yes)).toBe(true);
  expect(await cleo.im.groupManage.asyncGetJoinedGroups()).toEqual([gid]);
  expect(cleo.im.groupManage.getAllGroupDetail()[gid]).toMatchObject({ count: 3 });
  expect(await cleo.im.groupManage.asyncGetInvitationList()).toMatchObject([{ status: 1 }]);
  await expect(cleo.im.groupManage.asyncInviteHandle(yes)).rejects.toMatchObject({ serverCode: 20015 });
});

test('announcements add up, and are listed from the oldest on', async () => {
  const [ada, bob] = await Promise.all([person('ada'), person('bob')]);
  const group = { group_id: await groupOf(ada, [bob]) };
  const { groupManage } = ada.im;
  const one = await groupManage.asyncAnnouncementEdit({ ...group, title: 'one', content: 'first' });
  expect(one).toMatchObject({ ...group, author: ada.uid, title: 'one', content: 'first' });
  const two = await groupManage.asyncAnnouncementEdit({ ...group, title: 'two', content: '' });
  expect(await bob.im.groupManage.asyncGetAnnouncementList(group)).toEqual([one, two]);
  expect(bob.im.groupManage.getAnnouncements(group.group_id)).toEqual([one, two]);
  const ref = { ...group, announcement_id: one.id };
  expect(await bob.im.groupManage.asyncGetAnouncementById(ref)).toEqual(one);
  await expect(bob.im.groupManage.asyncAnouncementDelete(ref)).rejects.toMatchObject({ serverCode: 20012 });
  expect(await groupManage.asyncAnouncementDelete(ref)).toBe(true);
  await expect(bob.im.groupManage.asyncGetAnouncementById(ref)).rejects.toMatchObject({ serverCode: 20020 });
  expect(await groupManage.asyncGetAnnouncementList(group)).toEqual([two]);
});

test('shared files are recorded, renamed and deleted by those who may', async () => {
  const [ada, bob, cleo] = await Promise.all([person('ada'), person('bob'), person('cleo')]);
  const group = { group_id: await groupOf(ada, [bob, cleo]) };
  const file = { ...group, name: 'a.txt', size: 3, type: 'text', url: 'https://example.org/a.txt' };
  const [shared] = await bob.im.groupManage.asyncFileUpload(file);
  expect(shared).toMatchObject({ ...file, uploader: bob.uid });
  const ref = { ...group, file_id: shared?.file_id ?? 0 };
  const rename = { ...ref, name: 'b.txt' };
  await expect(cleo.im.groupManage.asyncRenameFile(rename)).rejects.toMatchObject({ serverCode: 20023 });
  expect(await bob.im.groupManage.asyncRenameFile(rename)).toBe(true);
  expect(await cleo.im.groupManage.asyncGetFileList(group)).toMatchObject([{ ...ref, name: 'b.txt', size: 3 }]);
  const wanted = { ...group, file_list: [ref.file_id, 999_999] };
  expect(await cleo.im.groupManage.asyncFileDelete(wanted)).toMatchObject([{ result: 'fail' }, { result: 'fail' }]);
  expect(await ada.im.groupManage.asyncFileDelete(wanted)).toMatchObject([
    { file_id: ref.file_id, result: 'success' },
    { file_id: 999_999, result: 'fail', reason: expect.any(String) },
  ]);
  expect(await cleo.im.groupManage.asyncGetFileList(group)).toEqual([]);
});

test('public groups can be found, and a code lets in whoever has it', async () => {
  const [ada, bob] = await Promise.all([person('ada'), person('bob')]);
  const gid = await groupOf(ada, [], { type: 1 });
  const secret = await groupOf(ada, []);
  const found = await bob.im.groupManage.asyncGetPublicGroups();
  expect(found).toContain(gid);
  expect(found).not.toContain(secret);
  const code = await ada.im.groupManage.asyncCreateCode({ group_id: secret });
  expect(code.expire_at).toBeGreaterThan(Date.now());
  expect(await bob.im.groupManage.asyncJoinByCode({ qr_info: code.qr_info })).toBe(true);
  expect(await bob.im.groupManage.asyncGetJoinedGroups()).toEqual([secret]);
  await heardNotice(bob, secret, 'invite_accepted');
  expect(bob.im.groupManage.getAllGroupDetail()[secret]).toMatchObject({ owner_id: ada.uid, count: 2 });
  expect(await bob.im.groupManage.asyncGetUserJoined({})).toEqual([secret]);
  await expect(bob.im.groupManage.asyncJoinByCode({ qr_info: 'nonsense' })).rejects.toMatchObject({
    serverCode: 20024,
  });
});

test('bad arguments name the field', async () => {
  const { im } = await person('ada');
  const { groupManage } = im;
  const group = { group_id: 7 };
  const rejected: [() => Promise<unknown>, string][] = [
    [() => groupManage.asyncGetGroupInfo(0), 'group_id'],
    [() => groupManage.asyncGetGroupMembers('x' as never), 'group_id'],
    [() => groupManage.asyncGetSettings(1.5), 'group_id'],
    [() => groupManage.asyncGetSettings({} as never), 'params.group_id'],
    [() => groupManage.asyncGetInfo(undefined as never), 'params'],
    [() => groupManage.asyncGetAdminList({ group_id: -1 }), 'params.group_id'],
    [() => groupManage.asyncGetGroupListDetail(5 as never), 'gids'],
    [() => groupManage.asyncGetGroupListDetail([5, 0]), 'gids[1]'],
    [() => groupManage.asyncGetGroupListDetail(Array(5001).fill(9)), 'gids'],
    [() => groupManage.asyncCreate(undefined as never), 'params'],
    [() => groupManage.asyncCreate({ name: '' }), 'params.name'],
    [() => groupManage.asyncCreate({ name: 'x'.repeat(65) }), 'params.name'],
    [() => groupManage.asyncCreate({ name: 'x', type: 3 }), 'params.type'],
    [() => groupManage.asyncCreate({ name: 'x', user_list: 5 as never }), 'params.user_list'],
    [() => groupManage.asyncKick({ ...group, user_list: [1, -1] }), 'params.user_list[1]'],
    [() => groupManage.asyncInvite(group as never), 'params.user_list'],
    [() => groupManage.asyncInvite({ ...group, user_list: Array(5001).fill(9) }), 'params.user_list'],
    [() => groupManage.asyncGroupBab({ ...group, user_list: [9], duration: -2 }), 'params.duration'],
    [() => groupManage.asyncGroupBab({ ...group, user_list: [9], duration: 1e12 }), 'params.duration'],
    [() => groupManage.asyncBanAll(group as never), 'params.duration'],
    [() => groupManage.asyncUpdateName({ ...group, value: '' }), 'params.value'],
    [() => groupManage.asyncUpdateEnableReadack({ ...group, value: 'yes' as never }), 'params.value'],
    [() => groupManage.asyncUpdateRequireadminapproval({ ...group, apply_approval: 3 }), 'params.apply_approval'],
    [() => groupManage.asyncGroupMsgMutemode({ ...group, msg_mute_mode: 3 }), 'params.msg_mute_mode'],
    [() => groupManage.asyncOwnerTransfer({ ...group, new_owner: 0 }), 'params.new_owner'],
    [() => groupManage.asyncApplyHandle({ ...group, user_id: 9 } as never), 'params.approval'],
    [() => groupManage.asncGetApplicationList({} as never), 'params.group_list'],
    [() => groupManage.asyncAnnouncementEdit({ ...group, title: 'x' } as never), 'params.content'],
    [() => groupManage.asyncGetAnouncementById(group as never), 'params.announcement_id'],
    [() => groupManage.asyncFileUpload({ ...group, name: 'x', size: -1, type: '', url: 'u' }), 'params.size'],
    [() => groupManage.asyncJoinByCode({} as never), 'params.qr_info'],
  ];
  for (const [call, field] of rejected)
    await expect(call(), field).rejects.toMatchObject({ code: 'INVALID_PARAMETER', field });
  const thrown: [() => unknown, string][] = [
    [() => groupManage.openGroup(0), 'group_id'],
    [() => groupManage.getGroupMembers(undefined as never), 'group_id'],
    [() => groupManage.getAnnouncements(-1), 'group_id'],
    [() => groupManage.getRole(7, 'x' as never), 'user_id'],
    [() => groupManage.getRole(7, 0), 'user_id'],
    [() => groupManage.can('y' as never, 'invite'), 'group_id'],
    [() => groupManage.can(7, 'fly' as never), 'action'],
    [() => groupManage.getGruopMessage(0), 'gid'],
    [() => groupManage.getUnreadCount(0), 'gid'],
    [() => groupManage.readGroupMessage(0), 'group_id'],
    [() => groupManage.recallMessage(7, 'x'), 'mid'],
  ];
  for (const [call, field] of thrown)
    expect(call, field).toThrow(expect.objectContaining({ code: 'INVALID_PARAMETER', field }));
});
