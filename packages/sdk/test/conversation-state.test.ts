import { expect, test } from 'vitest';
import { groupOf } from './group-town.ts';
import { type Person, say, town } from './people.ts';
import { open, profile, until } from './support.ts';

const where = town();
const { person, device } = where;

const list = ({ im }: Person) => im.userManage.getConversationList();
const order = (of: Person) => list(of).map((item) => item.id);
const item = (of: Person, id: number) => list(of).find((one) => one.id === id);

test('a pinned conversation stands first on all own devices until it is not pinned any more', async () => {
  const ada = await person('ada');
  const phone = await device(ada);
  const [bob, cyd, dan] = [await person('bob'), await person('cyd'), await person('dan')];
  for (const one of [bob, cyd, dan]) await say(one, ada, 'hello');
  await until(() => order(phone).join() === [dan.uid, cyd.uid, bob.uid].join(), 'the newest first');
  const heard = phone.of('recentlistUpdate').length;
  await ada.im.userManage.asyncPinConversation({ conversation_id: bob.uid, pinned: true });
  expect(order(ada)).toEqual([bob.uid, dan.uid, cyd.uid]);
  await until(() => order(phone).join() === [bob.uid, dan.uid, cyd.uid].join(), 'pinned on the phone');
  expect(phone.of('recentlistUpdate').length).toBeGreaterThan(heard);
  expect(item(phone, bob.uid)).toMatchObject({ pinned: true });
  await phone.im.userManage.asyncPinConversation({ conversation_id: cyd.uid, pinned: true });
  await until(() => order(ada).join() === [cyd.uid, bob.uid, dan.uid].join(), 'the last pinned at the top');
  await say(dan, ada, 'again');
  await until(() => item(ada, dan.uid)?.content === 'again', 'a new message');
  expect(order(ada)).toEqual([cyd.uid, bob.uid, dan.uid]);
  await ada.im.userManage.asyncPinConversation({ conversation_id: cyd.uid, pinned: false });
  await until(() => order(phone).join() === [bob.uid, dan.uid, cyd.uid].join(), 'not pinned any more');
  expect(item(phone, cyd.uid)).toMatchObject({ pinned: false });
});

test('a draft is on all own devices, in groups too, and of nobody else', async () => {
  const ada = await person('ada');
  const phone = await device(ada);
  const bob = await person('bob');
  const gid = await groupOf(ada, [bob]);
  await say(bob, ada, 'hello');
  await bob.im.sysManage.asyncSendGroupMessage({ gid, content: 'all' });
  await until(() => list(phone).length === 2, 'both listed');
  for (const id of [bob.uid, gid]) await ada.im.userManage.asyncSetDraft({ conversation_id: id, draft: `to ${id}` });
  for (const id of [bob.uid, gid]) {
    expect(item(ada, id)?.draft).toBe(`to ${id}`);
    await until(() => item(phone, id)?.draft === `to ${id}`, 'the draft');
  }
  expect(list(bob).map((one) => one.draft)).toEqual(list(bob).map(() => ''));
  await phone.im.userManage.asyncSetDraft({ conversation_id: gid, draft: '' });
  await until(() => item(ada, gid)?.draft === '', 'taken away');
  expect(item(ada, bob.uid)?.draft).toBe(`to ${bob.uid}`);
});

test('where nothing is left of what was said a draft lists the conversation only as long as there is one, or until it is sent', async () => {
  const ada = await person('ada');
  const phone = await device(ada);
  const [bob, cyd] = [await person('bob'), await person('cyd')];
  for (const one of [bob, cyd]) await say(one, ada, 'hello');
  await until(() => order(ada).length === 2 && order(phone).length === 2, 'both listed');
  for (const { uid } of [bob, cyd]) ada.im.sysManage.deleteConversation(uid, true);
  await until(() => order(ada).length === 0 && order(phone).length === 0, 'both deleted');
  for (const { uid } of [bob, cyd]) await ada.im.userManage.asyncSetDraft({ conversation_id: uid, draft: 'hm' });
  await until(() => order(phone).length === 2, 'both begun');
  await phone.im.userManage.asyncSetDraft({ conversation_id: bob.uid, draft: '' });
  expect(order(phone)).toEqual([cyd.uid]);
  await until(() => order(ada).join() === String(cyd.uid), 'given up');
  ada.im.sysManage.sendRosterMessage({ uid: cyd.uid, content: 'hm' });
  const told = ada.im.userManage.asyncSetDraft({ conversation_id: cyd.uid, draft: '' });
  expect(order(ada)).toEqual([cyd.uid]);
  await told;
  await until(() => item(phone, cyd.uid)?.content === 'hm', 'sent');
  expect(item(ada, cyd.uid)).toMatchObject({ content: 'hm', draft: '' });
});

test('what was kept is there on a new device, and after a reload before the network is', async () => {
  const platform = profile();
  const ada = await person('ada', { platform, autoLogin: true });
  const bob = await person('bob');
  await say(bob, ada, 'hello');
  await until(() => order(ada).length === 1, 'listed');
  await ada.im.userManage.asyncPinConversation({ conversation_id: bob.uid, pinned: true });
  await ada.im.userManage.asyncSetDraft({ conversation_id: bob.uid, draft: 'half a' });
  const kept = { pinned: true, draft: 'half a' };
  expect(item(await device(ada), bob.uid)).toMatchObject(kept);
  await ada.im.dispose();
  const { im } = open(where.config({ platform, autoLogin: true, dnsServer: 'http://127.0.0.1:9/v2/app_dns' }));
  expect(await im.ready).toBe(true);
  expect(im.userManage.getConversationList()).toMatchObject([{ id: bob.uid, ...kept }]);
});

test('a change while a device was away reaches it, also one back to nothing', async () => {
  const ada = await person('ada');
  const platform = profile();
  const phone = await device(ada, { platform });
  const bob = await person('bob');
  await say(bob, ada, 'hello');
  await until(() => order(phone).length === 1, 'listed');
  const conversation = { conversation_id: bob.uid };
  await ada.im.userManage.asyncPinConversation({ ...conversation, pinned: true });
  await ada.im.userManage.asyncSetDraft({ ...conversation, draft: 'x' });
  await until(() => item(phone, bob.uid)?.draft === 'x', 'kept');
  await phone.im.dispose();
  await ada.im.userManage.asyncPinConversation({ ...conversation, pinned: false });
  await ada.im.userManage.asyncSetDraft({ ...conversation, draft: '' });
  const again = await device(ada, { platform });
  await until(() => item(again, bob.uid)?.draft === '', 'nothing kept');
  expect(item(again, bob.uid)).toMatchObject({ pinned: false });
});

test('a conversation that is touched comes up, or begins, on all own devices', async () => {
  const ada = await person('ada');
  const phone = await device(ada);
  const [bob, cyd, dan] = [await person('bob'), await person('cyd'), await person('dan')];
  for (const one of [bob, cyd]) await say(one, ada, 'hello');
  await until(() => order(phone).join() === [cyd.uid, bob.uid].join(), 'the newest first');
  await ada.im.userManage.asyncTouchConversation({ conversation_id: bob.uid });
  expect(order(ada)).toEqual([bob.uid, cyd.uid]);
  await until(() => order(phone).join() === [bob.uid, cyd.uid].join(), 'touched');
  expect(item(phone, bob.uid)?.content).toBe('hello');
  await phone.im.userManage.asyncTouchConversation({ conversation_id: dan.uid });
  await until(() => order(ada).join() === [dan.uid, bob.uid, cyd.uid].join(), 'begun');
  expect(item(ada, dan.uid)).toMatchObject({ content: '', unread: 0, type: 'roster' });
  expect(list(dan)).toEqual([]);
});

test('a muted conversation says so on all own devices, with a friend and in a group, and counts on', async () => {
  const ada = await person('ada');
  const phone = await device(ada);
  const bob = await person('bob');
  await where.friends(ada, bob);
  const gid = await groupOf(ada, [bob]);
  await say(bob, ada, 'hello');
  await bob.im.sysManage.asyncSendGroupMessage({ gid, content: 'all' });
  await until(() => list(phone).length === 2, 'both listed');
  for (const id of [bob.uid, gid]) {
    const heard = [ada, phone].map((one) => one.of('recentlistUpdate').length);
    await ada.im.userManage.asyncMuteConversation({ conversation_id: id, muted: true });
    expect(item(ada, id)).toMatchObject({ muted: true, unread: 1 });
    await until(() => item(phone, id)?.muted === true, 'muted');
    for (const [i, one] of [ada, phone].entries()) {
      await until(() => one.of('recentlistUpdate').length > (heard[i] ?? 0), 'the list is told');
    }
    await phone.im.userManage.asyncMuteConversation({ conversation_id: id, muted: false });
    await until(() => item(ada, id)?.muted === false, 'not muted any more');
  }
  expect(ada.im.groupManage.getAllGroupDetail()[gid]?.msg_mute_mode).toBe(0);
});

test('who wants no messages of a group is muted already, and stays so when he mutes it', async () => {
  const ada = await person('ada');
  const gid = await groupOf(ada, []);
  await ada.im.groupManage.asyncGroupMsgMutemode({ group_id: gid, msg_mute_mode: 2 });
  await ada.im.userManage.asyncMuteConversation({ conversation_id: gid, muted: true });
  expect((await ada.im.groupManage.asyncGetInfo({ group_id: gid })).msg_mute_mode).toBe(2);
});

test('what the server refuses is taken back', async () => {
  const ada = await person('ada');
  const nobody = { conversation_id: 999_999_999 };
  const { userManage } = ada.im;
  await expect(userManage.asyncPinConversation({ ...nobody, pinned: true })).rejects.toMatchObject({
    code: 'REJECTED',
  });
  await expect(userManage.asyncSetDraft({ ...nobody, draft: 'x' })).rejects.toMatchObject({ code: 'REJECTED' });
  expect(item(ada, nobody.conversation_id)?.pinned ?? false).toBe(false);
  expect(list(ada)).toEqual([]);
});

test('bad arguments reject with their field', async () => {
  const { userManage } = (await person('ada')).im;
  const cases: [() => Promise<unknown>, string][] = [
    [() => userManage.asyncPinConversation(undefined as never), 'params'],
    [() => userManage.asyncPinConversation({ conversation_id: 5 } as never), 'params.pinned'],
    [() => userManage.asyncPinConversation({ conversation_id: 'x', pinned: true }), 'params.conversation_id'],
    [() => userManage.asyncSetDraft({ conversation_id: 5 } as never), 'params.draft'],
    [() => userManage.asyncSetDraft({ conversation_id: 5, draft: 'x'.repeat(2001) }), 'params.draft'],
    [() => userManage.asyncTouchConversation({} as never), 'params.conversation_id'],
    [() => userManage.asyncMuteConversation({ conversation_id: 5, muted: 1 as never }), 'params.muted'],
  ];
  for (const [call, field] of cases) {
    await expect(call(), field).rejects.toMatchObject({ code: 'INVALID_PARAMETER', field });
  }
});
