import { type Endpoint, fileStreams, type ServerEndpointName, serverRest } from '@flooim/protocol';
import { RawClient } from '@flooim/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call, nullsIn, tokenOf } from './support/deployed.ts';
import { chatFile, sendFile, upload } from './support/files.ts';
import { type Answer, ask, join, type People, type Person, password, sampleOf, startPeople } from './support/rest.ts';
import { gif, passOf, uploadFor } from './support/uploads.ts';

let people: People;
let admin: string;
const visited = new Set<ServerEndpointName>();
beforeAll(async () => {
  people = await startPeople();
  admin = await people.server.context.adminTokens.create('flooim');
});
afterAll(() => people.close());

/** What clients cannot bear: a null, or a list that is not there. */
function expectSound({ text }: Answer, what: string): void {
  const envelope = JSON.parse(text);
  expect(nullsIn(envelope), what).toEqual([]);
  expect(typeof envelope.code, what).toBe('number');
}

async function worked(name: ServerEndpointName, asked: Promise<Answer>) {
  const answer = await asked;
  expect([answer.status, answer.code], `${name}: ${answer.text}`).toEqual([200, 200]);
  expectSound(answer, name);
  expect(answer.data, name).toBeDefined();
  expect(answer.message, name).toBe('');
  visited.add(name);
  return answer.data;
}

const ok = (by: Person, name: ServerEndpointName, params: object = {}) => worked(name, people.as(by, name, params));
const byAdmin = (name: ServerEndpointName, params: object = {}, uid?: number) =>
  worked(name, ask(people.url, name, params, { token: admin, headers: uid ? { user_id: String(uid) } : {} }));
const byOperator = (name: ServerEndpointName, params: object = {}) =>
  worked(name, ask(people.url, name, params, { token: people.server.context.secrets.operatorToken, appId: '' }));
const byNobody = (name: ServerEndpointName, params: object = {}) => worked(name, ask(people.url, name, params));

describe('a null is nowhere', () => {
  it('in what somebody finds who has just come: what is nothing is left out, and lists are empty lists', async () => {
    const fresh = await join(people.url, 'fresh');
    for (const name of [
      'rosterList',
      'rosterApplyList',
      'rosterBlockedList',
      'groupsJoined',
      'groupsPublic',
      'groupInvitations',
      'messageUnread',
      'userRosters',
      'deviceList',
      'supportStaff',
    ] as const) {
      expect(await ok(fresh, name), name).toEqual([]);
    }
    expect(await ok(fresh, 'groupApplications', { group_list: [] })).toEqual([]);
    expect(await ok(fresh, 'groupInfoBatch', { group_list: [] })).toEqual([]);
    expect(await ok(fresh, 'rosterDetails', { list: [] })).toEqual([]);
    expect(await ok(fresh, 'conversationPinned')).toEqual({ conversation_ids: [] });
    expect(await ok(fresh, 'userProfile')).toEqual({ user_id: fresh.uid, username: 'fresh' });
    expect(Object.values(await ok(fresh, 'userSettings'))).not.toContain('');
    const none = { opposite_id: people.alice.uid, msg_id_start: 0, limit: 10 };
    expect((await ok(fresh, 'messageHistory', none)).messages).toEqual([]);
  });

  it('in what a new group has nothing of', async () => {
    const fresh = await join(people.url, 'fresher');
    const { group_id } = await ok(fresh, 'groupCreate', { name: 'empty' });
    for (const name of ['groupAdmins', 'groupBlocked', 'groupBanned', 'groupAnnouncements', 'groupFiles'] as const) {
      expect(await ok(fresh, name, { group_id }), name).toEqual([]);
    }
    expect(await ok(fresh, 'groupDisplayNames', { group_id, user_list: [] })).toEqual([]);
    const [member] = await ok(fresh, 'groupMembers', { group_id });
    expect(member).toEqual({ user_id: fresh.uid, join_time: expect.any(Number) });
    expect(await ok(fresh, 'groupInfo', { group_id })).not.toHaveProperty('description');
  });

  it('on anybody’s way into the service', async () => {
    await byNobody('dns', { app_id: 'flooim' });
    await byNobody('appConfig', { platform: 6 });
    await byNobody('userNameCheck', { username: 'a_free_name' });
    await byNobody('userRegister', { username: 'gina', password });
    await byNobody('userRegisterAnonymous', { username: 'anon_', password, cid: people.alice.uid });
    await byNobody('tokenByName', { name: 'gina', password });
    await byNobody('tokenByLogin', { login_name: 'gina', password });
    await byNobody('tokenById', { user_id: people.bob.uid, password, device_guid: 'd' });
    const { qr_code } = await byNobody('loginCode');
    expectSound(await ask(people.url, 'loginCodeAnswer', { qr_code }), 'loginCodeAnswer, pending');
    await ok(people.alice, 'loginCodeConfirm', { qr_code });
    await byNobody('loginCodeAnswer', { qr_code });
  });

  it('in what is one’s own', async () => {
    const { alice, bob } = people;
    await ok(alice, 'userProfileUpdate', { nick_name: 'Ally', description: '' });
    await ok(alice, 'userNickName', { nick_name: '' });
    await ok(alice, 'userName', { username: 'alice' });
    await ok(alice, 'userMobile', { mobile: '' });
    await ok(alice, 'userAvatar', { avatar: '' });
    await ok(alice, 'userProfile');
    await ok(alice, 'userSettingsUpdate', { auth_question: '', push_token: '' });
    await ok(alice, 'userAuthMode', { value: 0 });
    for (const name of ['userDownload', 'userSounds', 'userVibratory', 'userPush', 'userPushDetail'] as const) {
      await ok(alice, name, { value: false });
    }
    await ok(alice, 'userPushLimit', { no_push_start_hour: 0, no_push_end_hour: 0 });
    await ok(alice, 'userPushNickName', { value: '' });
    await ok(alice, 'userSettings');
    for (const name of ['conversationTouch', 'conversationPin', 'conversationUnpin'] as const) {
      await ok(alice, name, { conversation_id: bob.uid });
    }
    await ok(alice, 'conversationDraft', { conversation_id: bob.uid, draft: '' });
    await ok(alice, 'conversationPinned');
    await ok(alice, 'userOnline');
    await ok(alice, 'storeToken');
    await ok(alice, 'supportStaff');
  });

  it('between people', async () => {
    const { alice, bob, carol } = people;
    const user_id = bob.uid;
    await ok(bob, 'userSettingsUpdate', { auth_mode: 1 });
    await ok(alice, 'rosterApply', { user_id });
    await ok(carol, 'rosterApply', { user_id, reason: '' });
    await ok(bob, 'rosterApplyList', { cursor: '' });
    await ok(bob, 'rosterAccept', { user_id: alice.uid });
    await ok(bob, 'rosterDecline', { user_id: carol.uid });
    await ok(bob, 'rosterApplyList');
    await ok(alice, 'rosterExt', { user_id, alias: '', ext: '' });
    expect(await ok(alice, 'rosterList')).toContain(user_id);
    await ok(alice, 'userRosters');
    await ok(alice, 'rosterDetails', { list: [user_id, carol.uid, alice.uid, 1] });
    await ok(alice, 'rosterById', { user_id });
    await ok(alice, 'rosterByName', { username: 'carol' });
    await ok(carol, 'userMobile', { mobile: '13900000003' });
    await ok(alice, 'rosterByMobile', { mobile: '13900000003' });
    await ok(alice, 'rosterMayMessage', { user_id: alice.uid, roster_id: user_id });
    await ok(alice, 'rosterBlock', { user_id });
    await ok(alice, 'rosterBlockedList');
    await ok(alice, 'rosterUnblock', { user_id });
    const batch = await ok(alice, 'rosterApplyBatch', { list: [{ user_id: carol.uid }, { user_id: 1 }] });
    expect(batch).toEqual({ success: [carol.uid], fails: [{ user_id: 1, reason: expect.any(String) }] });
    await ok(alice, 'rosterDelete', { user_id });
  });

  it('in messages and their history, whatever they lack', async () => {
    const { alice, bob } = people;
    const message = { type: 1, targets: [bob.uid], content_type: 0, content: 'x' };
    await ok(alice, 'messageSend', message);
    const { msg_ids } = await people.as(alice, 'messageSend', message);
    await ok(bob, 'messageUnread');
    await ok(bob, 'messageAck', { conversation_id: alice.uid });
    await ok(alice, 'messageRecall', { conversation_id: bob.uid, msg_id: msg_ids?.[0] });
    await ok(bob, 'messageHistory', { opposite_id: alice.uid, msg_id_start: 0, limit: 10 });
    await ok(bob, 'conversationDelete', { conversation_id: alice.uid });
    await byAdmin('messageNotify', { type: 1, targets: [bob.uid], content_type: 0, content: 'x' });
    await byAdmin('messageBroadcast', { type: 1, content_type: 0, content: 'x' });
  });

  it('in groups and all that happens in them', async () => {
    const { alice, bob, carol } = people;
    const { group_id } = await ok(alice, 'groupCreate', { name: 'g', type: 1, user_list: [bob.uid] });
    const user_list = [bob.uid];
    const to = (params: object = {}) => ({ group_id, ...params });
    await ok(carol, 'groupInfo', to());
    await ok(carol, 'groupSettings', to());
    await ok(carol, 'groupsPublic');
    await ok(carol, 'groupApply', to());
    await ok(alice, 'groupApplications', { group_list: [group_id] });
    await ok(alice, 'groupApplyHandle', to({ user_id: carol.uid, approval: true }));
    await ok(carol, 'groupLeave', to());
    await ok(carol, 'userSettingsUpdate', { group_confirm: true });
    await ok(alice, 'groupInvite', to({ user_list: [carol.uid, 1] }));
    await ok(carol, 'groupInvitations');
    await ok(carol, 'groupInviteHandle', to({ user_id: carol.uid, approval: true }));
    for (const name of ['groupDescription', 'groupAvatar', 'groupExt', 'groupDisplayName'] as const) {
      await ok(alice, name, to({ value: '' }));
    }
    await ok(alice, 'groupName', to({ value: 'h' }));
    await ok(alice, 'groupInfoBatch', { group_list: [group_id, 1] });
    await ok(alice, 'groupMembers', to());
    await ok(alice, 'groupDisplayNames', to({ user_list: [bob.uid, alice.uid, 1] }));
    await ok(alice, 'groupAdminAdd', to({ user_list: [bob.uid, 1] }));
    await ok(alice, 'groupAdmins', to());
    await ok(alice, 'groupAdminRemove', to({ user_list }));
    await ok(alice, 'groupBan', to({ user_list, duration: -1 }));
    await ok(alice, 'groupBanned', to());
    await ok(alice, 'groupUnban', to({ user_list }));
    await ok(alice, 'groupBanAll', to({ duration: -1 }));
    await ok(alice, 'groupUnbanAll', to());
    for (const name of [
      'groupAllowInvitation',
      'groupAllowModify',
      'groupReadAck',
      'groupHistoryVisible',
      'groupHideMemberInfo',
      'groupNotDisturb',
    ] as const) {
      await ok(alice, name, to({ value: 0 }));
    }
    await ok(alice, 'groupApproval', to({ apply_approval: 0 }));
    await ok(alice, 'groupMuteMode', to({ msg_mute_mode: 1 }));
    await ok(alice, 'groupPushMode', to({ msg_push_mode: 1 }));
    const { id: announcement_id } = await ok(alice, 'groupAnnounce', to({ title: 't', content: '' }));
    await ok(bob, 'groupAnnouncements', to());
    await ok(bob, 'groupAnnouncement', to({ announcement_id }));
    await ok(bob, 'groupAnnouncementLast', to());
    await ok(alice, 'groupAnnouncementDelete', to({ announcement_id }));
    const shared = { name: 'fileUploadChat', to_id: group_id, to_type: 2, file_type: 200 } as const;
    const { url } = await upload(people, alice, shared);
    const { file_id } = await ok(alice, 'groupFileShare', to({ name: 'n', size: 10, url }));
    await ok(bob, 'groupFiles', to());
    await ok(bob, 'groupFile', to({ file_id }));
    await ok(alice, 'groupFileRename', to({ file_id, name: 'm' }));
    await ok(alice, 'groupFileDelete', to({ file_list: [file_id, 1] }));
    const { qr_info } = await ok(alice, 'groupCode', to());
    await ok(await join(people.url, 'heidi'), 'groupCodeJoin', { qr_info });
    await ok(alice, 'groupKick', to({ user_list: [carol.uid] }));
    await ok(alice, 'groupBlock', to({ user_list: [carol.uid] }));
    await ok(alice, 'groupBlocked', to());
    await ok(alice, 'groupUnblock', to({ user_list: [carol.uid] }));
    await ok(alice, 'groupsJoined');
    await ok(alice, 'groupTransfer', to({ new_owner: bob.uid }));
    await ok(bob, 'groupDestroy', to());
  });

  it('with files', async () => {
    const { alice, bob, carol } = people;
    const { group_id } = await ok(alice, 'groupCreate', { name: 'g' });
    await ok(alice, 'fileUploadChat', { file_type: 99, to_id: bob.uid });
    await ok(alice, 'fileUploadAvatar');
    await ok(alice, 'fileUploadGroupAvatar', { group_id });
    const file = await chatFile(people, alice, bob, gif, '');
    await sendFile(people, alice, bob.uid, file);
    await ok(bob, 'fileForward', { file_sign: file.object, to_id: carol.uid });
    await ok(bob, 'fileLink', { file_sign: file.object });
    const address = await uploadFor(people, alice, bob);
    const form = new FormData();
    form.append('file', new Blob([gif]));
    const sent = await fetch(address.upload_url, { method: 'POST', body: form });
    expect(await sent.text()).toBe('{"code":200,"data":true}');
    await ok(alice, 'fileFinish', { upload: passOf(address) });
  });

  it('for services and operators', async () => {
    const { alice, bob } = people;
    await byAdmin('userList');
    const list = [
      { username: 'ivan', password },
      { username: 'alice', password },
    ];
    await byAdmin('userRegisterBatch', { list });
    await byAdmin('userProfileBatch', { list: [{ user_id: bob.uid, nick_name: '' }, { user_id: 1 }] });
    await byAdmin('userAvatarBatch', {
      list: [
        { user_id: bob.uid, avatar: '' },
        { user_id: 1, avatar: '' },
      ],
    });
    await byAdmin('userDisable', { list: [] });
    await byAdmin('userEnable', { list: [bob.uid] });
    await byAdmin('userAddRoster', { list: [bob.uid] }, alice.uid);
    await byAdmin('userChangePasswordAdmin', { password: 'another-horse-2' }, bob.uid);
    await byOperator('operatorAppCreate', { app_id: 'new' });
    await byOperator('operatorAppUpdate', { app_id: 'new', name: '' });
    await byOperator('operatorAppToken', { app_id: 'new' });
    await byOperator('operatorAppTokensEnd', { app_id: 'new' });
    await byOperator('operatorAppMoved', { app_id: 'new' });
    await byOperator('operatorApps');
  });

  it('in what is left for a push service, and in texts that are the whole body', async () => {
    const { alice, url } = people;
    const phone = await RawClient.login(url, { uid: alice.uid, token: alice.token, guid: 'alice-phone' });
    phone.terminate();
    const device_sn = phone.deviceSN;
    await ok(alice, 'deviceList');
    await ok(alice, 'pushTokenBind', { device_sn, device_token: 't', notifier_name: 'n' });
    await ok(alice, 'pushTokenUnbind', { deviceSn: device_sn });
    await ok(alice, 'pushAlias', { alias: '' });
    await ok(alice, 'pushBadge', { badge: 0 });
    await ok(alice, 'pushTagsAdd', { tags: ['a'] });
    await ok(alice, 'pushTags');
    await ok(alice, 'pushTagsRemove', { tags: ['a'] });
    await ok(alice, 'pushTagsClear');
    expect(await ok(alice, 'pushTags')).toEqual([]);
    for (const [name, path] of [
      ['userPublic', '/user/public'],
      ['userPrivate', '/user/private'],
    ] as const) {
      await worked(name, call(url, path, { method: 'POST', token: alice.token, body: 'a text' }));
    }
    await ok(alice, 'deviceRemove', { device_sn });
    // That was his token.
    alice.token = await tokenOf(url, alice);
  });

  it('in what is handed on', async () => {
    const { alice, bob, carol } = people;
    const { code } = await ok(alice, 'secretLeave', { expire_seconds: 60, secret_text: 'x' });
    await byNobody('secretTake', { code });
    const { group_id } = await ok(alice, 'groupCreate', { name: 'g' });
    const { qr_info } = await ok(alice, 'appGroupCode', { group_id });
    await ok(carol, 'appGroupCodeJoin', { qr_info });
    const { link } = await byAdmin('linkCreate', { user_id: bob.uid });
    await byNobody('linkInfo', { link });
    await byAdmin('linkList');
    await byAdmin('linkDelete', { link });
    await byAdmin('linkList');
  });

  it('at the end of a device, a password, a token and an account', async () => {
    const judy = await join(people.url, 'judy');
    await ok(judy, 'userChangePassword', { old_password: password, new_password: 'another-horse-2' });
    await ok(judy, 'deviceKick');
    await ok(await join(people.url, 'kim'), 'tokenRevoke');
    await ok(await join(people.url, 'leo'), 'userDelete', { password });
  });

  it('in any other answer either, whatever it says', async () => {
    for (const name of Object.keys(serverRest) as ServerEndpointName[]) {
      const { params, path }: Endpoint = serverRest[name];
      // These are bytes, and say with an HTTP status what they have to say.
      if (name in fileStreams || path === '/app/captcha/image') continue;
      const token = people.carol.token;
      for (const given of [sampleOf(params), {}]) expectSound(await ask(people.url, name, given, { token }), name);
    }
  });

  it('and all was asked for that needs nothing from outside', () => {
    const names = Object.keys(serverRest) as ServerEndpointName[];
    const left = names.filter((name) => !visited.has(name)).map((name) => serverRest[name].path);
    const outside =
      /^\/app\/(captcha|user|official_account|wechat|generate_url_link)|^\/user\/bind_openid|^\/file\/(upload|resumable|download)/;
    expect(left.filter((path) => !outside.test(path))).toEqual([]);
  });
});
