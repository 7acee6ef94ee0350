import { expect, test } from 'vitest';
import { town } from './people.ts';
import { until } from './support.ts';

const { person, device, friends } = town();

test('who can be added directly is a friend at once, on both sides and in all their caches', async () => {
  const ada = await person('ada');
  const bob = await person('bob');
  await friends(ada, bob);
  expect(await ada.im.rosterManage.asyncGetRosterIdList()).toEqual([bob.uid]);
  expect(await bob.im.rosterManage.asyncGetRosterIdList()).toEqual([ada.uid]);
  expect(bob.im.rosterManage.getRosterInfo(ada.uid)).toMatchObject({ username: ada.name, relation: 0 });
  expect(ada.im.rosterManage.getAllRosterDetail()).toMatchObject([{ user_id: bob.uid, relation: 0 }]);
});

test('an application waits for consent, and can be accepted or declined', async () => {
  const ada = await person('ada');
  const bob = await person('bob');
  await bob.im.userManage.asyncUpdateSettings({ auth_mode: 1 });
  expect((await bob.im.userManage.asyncGetSettings()).auth_mode).toBe(1);
  await ada.im.rosterManage.asyncApply({ user_id: bob.uid, alias: 'bobby', reason: 'it is me' });
  const applied = await bob.next('onRosterListUpdate', (meta) => meta.type === 'applied');
  expect(applied).toMatchObject({ from: String(ada.uid), to: String(bob.uid), content: 'it is me' });
  expect(await bob.im.rosterManage.asyncGetApplyList({ cursor: '' })).toMatchObject([
    { user_id: ada.uid, status: 0, reason: 'it is me' },
  ]);
  await bob.im.rosterManage.asyncDecline({ user_id: ada.uid });
  await ada.next('onRosterListUpdate', (meta) => meta.type === 'declined');
  expect(await ada.im.rosterManage.asyncGetRosterIdList()).toEqual([]);
  await ada.im.rosterManage.asyncApply({ user_id: bob.uid, alias: 'bobby' });
  await bob.im.rosterManage.asyncAccept({ user_id: ada.uid });
  expect(await bob.im.rosterManage.asyncGetRosterIdList()).toEqual([ada.uid]);
  await ada.next('onRosterListUpdate', (meta) => meta.type === 'accepted');
  expect(await ada.im.rosterManage.asyncGetRosterIdList()).toEqual([bob.uid]);
  expect(ada.im.rosterManage.getRosterInfo(bob.uid)?.alias).toBe('bobby');
});

test('after every change a second device knows what a fresh one would fetch', async () => {
  const ada = await person('ada');
  const phone = await device(ada);
  const bob = await person('bob');
  await friends(ada, bob);
  await phone.next('onRosterListUpdate', (meta) => meta.type === 'added');
  const same = async () => {
    const known = phone.im.rosterManage.getRosterInfo(bob.uid);
    const [fresh] = await phone.im.rosterManage.asnycGetRosterListDetailByIds([bob.uid]);
    expect(known).toEqual(fresh);
    const ids = await phone.im.rosterManage.asyncGetRosterIdList();
    expect(ids).toEqual(await phone.im.rosterManage.asyncGetRosterIdList(true));
    return fresh;
  };
  await same();
  await ada.im.rosterManage.asyncUpdateRosterExt({ user_id: bob.uid, ext: 'x', alias: 'b', mute_notification: true });
  await until(() => phone.im.rosterManage.getRosterInfo(bob.uid)?.alias === 'b', 'alias');
  expect(await same()).toMatchObject({ ext: 'x', mute_notification: true });
  await bob.im.userManage.asyncUpdateNickName({ nick_name: 'Robert' });
  await until(() => phone.im.rosterManage.getRosterInfo(bob.uid)?.nick_name === 'Robert', 'nick name');
  expect(phone.of('onRosterInfoUpdate').at(-1)).toEqual({ rosterIds: [bob.uid] });
  await same();
  await ada.im.rosterManage.asyncBlockeAdd({ user_id: bob.uid });
  expect(await ada.im.rosterManage.asyncGetBlockedlist({})).toEqual([bob.uid]);
  await phone.next('onRosterListUpdate', (meta) => meta.type === 'blocked');
  expect(await same()).toMatchObject({ relation: 3 });
  await ada.im.rosterManage.asyncBlockeRemove({ user_id: bob.uid });
  await phone.next('onRosterListUpdate', (meta) => meta.type === 'unblocked');
  await same();
  await ada.im.rosterManage.asyncDeleteRoster({ user_id: bob.uid });
  await phone.next('onRosterListUpdate', (meta) => meta.type === 'removed');
  await same();
  expect(await ada.im.rosterManage.asyncGetRosterIdList()).toEqual(await phone.im.rosterManage.asyncGetRosterIdList());
});

test('deleting somebody who is no friend changes nothing', async () => {
  const ada = await person('ada');
  const bob = await person('bob');
  const before = await ada.im.rosterManage.asyncGetRosterInfo(bob.uid);
  await ada.im.rosterManage.asyncDeleteRoster({ user_id: bob.uid });
  expect(ada.im.rosterManage.getRosterInfo(bob.uid)).toEqual(before);
});

test('deleting a friend takes the conversation away on the own devices', async () => {
  const ada = await person('ada');
  const bob = await person('bob');
  await friends(ada, bob);
  bob.im.sysManage.sendRosterMessage({ uid: ada.uid, content: 'hi' });
  await ada.next('onRosterMessage');
  await ada.im.rosterManage.asyncDeleteRoster({ user_id: bob.uid });
  await ada.next('flooNotice', (res) => res.category === 'conversation_deleted');
  expect(ada.im.userManage.getConversationList()).toEqual([]);
  expect(bob.im.userManage.getConversationList()).toHaveLength(1);
});

test('users are found by name and id, and the missing ones are told apart', async () => {
  const ada = await person('ada');
  const bob = await person('bob');
  expect(await ada.im.rosterManage.asyncSearchRosterByName({ username: bob.name })).toMatchObject({ user_id: bob.uid });
  expect(await ada.im.rosterManage.asyncSearchRosterById({ user_id: bob.uid })).toMatchObject({
    username: bob.name,
    relation: 2,
  });
  expect(await ada.im.rosterManage.asyncGetRosterInfo(bob.uid)).toMatchObject({ username: bob.name });
  await expect(ada.im.rosterManage.asyncSearchRosterByName({ username: 'nobody_here' })).rejects.toMatchObject({
    code: 'REJECTED',
    serverCode: 10000,
  });
});

test('the own profile and settings are cached, and fresh on every device after a change', async () => {
  const ada = await person('ada');
  const phone = await device(ada);
  expect(await phone.im.userManage.asyncGetProfile()).toMatchObject({ username: ada.name });
  await ada.im.userManage.asyncUpdateProfile({ description: 'hello', private_info: 'p', public_info: 'q' });
  await ada.im.userManage.asyncUpdateAvatar({ avatar: 'https://example.org/a.png' });
  expect(await ada.im.userManage.asyncGetProfile()).toMatchObject({
    description: 'hello',
    avatar: 'https://example.org/a.png',
  });
  expect(await ada.im.rosterManage.asyncGetUserProfile()).toMatchObject({ private_info: 'p' });
  await until(() => phone.of('flooNotice').filter((n) => n.desc === 'INFO_UPDATED').length === 2, 'told twice');
  expect(await phone.im.userManage.asyncGetProfile()).toMatchObject({
    description: 'hello',
    avatar: 'https://example.org/a.png',
  });
  expect(await ada.im.userManage.asyncCheckUsername({ username: 'surely_free_name' })).toBe(true);
});
