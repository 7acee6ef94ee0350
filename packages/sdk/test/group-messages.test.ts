import type { ContentTypeName, Meta } from 'flooim';
import { expect, test } from 'vitest';
import { groupOf, heardNotice, opened } from './group-town.ts';
import { type Person, town } from './people.ts';
import { profile, until } from './support.ts';

const { person, device } = town();

/** Says something in a group; the server's mid. */
async function sayIn(gid: number, from: Person, content: string): Promise<string> {
  return (await from.im.sysManage.asyncSendGroupMessage({ gid, content })).mid;
}

const shown = (of: Person, gid: number): Meta[] => of.im.groupManage.getGruopMessage(gid);
const contents = (of: Person, gid: number): string[] => shown(of, gid).map((meta) => meta.content);
const unread = (of: Person, gid: number): number => of.im.groupManage.getUnreadCount(gid);
const listed = (of: Person, gid: number) => of.im.userManage.getConversationList().find((item) => item.id === gid);
const shows = (of: Person, gid: number, ...wanted: string[]) =>
  until(() => contents(of, gid).join() === wanted.join(), `${wanted} with ${of.name}`);

test('a message reaches every member on every device once, and counts for those who did not send it', async () => {
  const ada = await person('ada');
  const phone = await device(ada);
  const bob = await person('bob');
  const cyd = await person('cyd');
  const gid = await groupOf(ada, [bob, cyd]);
  const mid = await sayIn(gid, ada, 'hello all');
  for (const one of [phone, bob, cyd]) {
    await shows(one, gid, 'hello all');
    expect(one.of('onGroupMessage')).toHaveLength(1);
    expect(one.of('onRosterMessage')).toEqual([]);
    expect(one.of('onMentionMessage')).toEqual([]);
  }
  expect(bob.of('onGroupMessage')[0]).toMatchObject({
    id: mid,
    from: String(ada.uid),
    to: String(gid),
    toType: 'group',
    type: 'text',
    status: 0,
    sending: 'sent',
  });
  expect([ada, phone, bob, cyd].map((one) => unread(one, gid))).toEqual([0, 0, 1, 1]);
  expect(listed(bob, gid)).toMatchObject({ type: 'group', content: 'hello all', unread: 1, mentioned: false });
  expect(shown(ada, gid)).toMatchObject([{ id: mid, toType: 'group', to: String(gid), from: String(ada.uid) }]);
});

test('each type arrives as it was sent', async () => {
  const ada = await person('ada');
  const bob = await person('bob');
  const gid = await groupOf(ada, [bob], { type: 2 });
  const types: ContentTypeName[] = ['text', 'image', 'audio', 'video', 'file', 'location', 'command', 'forward'];
  for (const type of types) {
    const rest = { ext: { of: type }, attachment: { url: 'x' }, config: { a: 1 }, priority: 3 };
    await ada.im.sysManage.asyncSendGroupMessage({ gid, content: type, type: type as 'text', ...rest });
  }
  await until(() => shown(bob, gid).length === types.length, 'all');
  for (const [i, meta] of shown(bob, gid).entries()) {
    const type = types[i];
    expect(meta).toMatchObject({ content: type, type, ext: { of: type }, attach: { url: 'x' }, config: { a: 1 } });
  }
});

test('bad arguments throw at once', async () => {
  const { sysManage } = (await person('ada')).im;
  const cases: [() => unknown, string][] = [
    [() => sysManage.sendGroupMessage(undefined as never), 'msg'],
    [() => sysManage.sendGroupMessage({ content: 'x' } as never), 'msg.gid'],
    [() => sysManage.sendGroupMessage({ gid: 7, priority: 11 }), 'msg.priority'],
    [() => sysManage.sendGroupMessage({ gid: 7, type: 'rtc' as never }), 'msg.type'],
    [() => sysManage.sendMentionMessage({ gid: 7 } as never), 'params.txt'],
    [() => sysManage.sendMentionMessage({ gid: 7, txt: 'x', mentionAll: 1 as never }), 'params.mentionAll'],
    [() => sysManage.sendMentionMessage({ gid: 7, txt: 'x', mentionList: ['x'] }), 'params.mentionList[0]'],
    [() => sysManage.sendMentionMessage({ gid: 7, txt: 'x', pushMessage: 'y'.repeat(5000) }), 'params'],
    [() => sysManage.forwardMessage({ mid: 1 }), 'param.uid'],
    [() => sysManage.forwardMessage({ uid: 7, gid: 8, mid: 1 }), 'param.uid'],
    [() => sysManage.forwardMessage({ gid: 8, mid: 'x' }), 'param.mid'],
  ];
  for (const [call, field] of cases) {
    expect(call, field).toThrow(expect.objectContaining({ code: 'INVALID_PARAMETER', field }));
  }
});

test('who is mentioned hears so, by name or with everybody, and nobody else', async () => {
  const ada = await person('ada');
  const bob = await person('bob');
  const phone = await device(bob);
  const cyd = await person('cyd');
  const gid = await groupOf(ada, [bob, cyd]);
  const words = { mentionedMessage: 'come', pushMessage: 'news', senderNickname: 'Ada' };
  ada.im.sysManage.sendMentionMessage({ gid, txt: 'one', mentionList: [bob.uid, ada.uid], ...words });
  await shows(cyd, gid, 'one');
  const meta = await bob.next('onMentionMessage');
  expect(meta).toMatchObject({ content: 'one', type: 'text', toType: 'group' });
  expect(meta.config).toEqual({ mentionAll: false, mentionList: [bob.uid, ada.uid], ...words });
  expect(bob.of('onGroupMessage')).toEqual([meta]);
  expect([bob, cyd].map((one) => listed(one, gid)?.mentioned)).toEqual([true, false]);
  bob.im.sysManage.sendMentionMessage({ gid, txt: 'two', mentionAll: true });
  await cyd.next('onMentionMessage', (one) => one.content === 'two');
  await ada.next('onMentionMessage', (one) => one.content === 'two');
  // Nobody mentions himself, on none of his devices.
  await shows(phone, gid, 'one', 'two');
  expect([ada, bob, phone, cyd].map((one) => one.of('onMentionMessage').length)).toEqual([1, 1, 1, 1]);
  bob.im.groupManage.readGroupMessage(gid, Number(meta.id));
  expect(listed(bob, gid)?.mentioned).toBe(false);
  expect(listed(cyd, gid)?.mentioned).toBe(true);
});

test('a mention that is recalled is none any more', async () => {
  const ada = await person('ada');
  const bob = await person('bob');
  const gid = await groupOf(ada, [bob]);
  const { mid } = await ada.im.sysManage.asyncSendMentionMessage({ gid, txt: 'hey', mentionAll: true });
  await bob.next('onMentionMessage');
  ada.im.groupManage.recallMessage(gid, Number(mid));
  await bob.next('onMessageRecalled');
  expect(listed(bob, gid)?.mentioned).toBe(false);
});

test('a message is forwarded from a user to a group and on to a user, without its config', async () => {
  const ada = await person('ada');
  const bob = await person('bob');
  const gid = await groupOf(ada, [bob]);
  const said = { content: 'look', type: 'image', ext: { a: 1 }, attachment: { url: 'u' }, config: { b: 2 } } as const;
  const { mid } = await bob.im.sysManage.asyncSendRosterMessage({ uid: ada.uid, ...said });
  await ada.next('onRosterMessage');
  ada.im.sysManage.forwardMessage({ gid, mid });
  const inGroup = await bob.next('onGroupMessage');
  const same = { content: 'look', type: 'image', ext: { a: 1 }, attach: { url: 'u' }, config: '' };
  expect(inGroup).toMatchObject({ ...same, from: String(ada.uid), to: String(gid) });
  await bob.im.sysManage.asyncForwardMessage({ uid: ada.uid, mid: inGroup.id });
  expect(await ada.next('onRosterMessage', (meta) => meta.config === '')).toMatchObject({ ...same, toType: 'roster' });
});

test('one that is in the store alone is forwarded too, one that is nowhere fails', async () => {
  const platform = profile();
  const ada = await person('ada', { platform });
  const bob = await person('bob');
  const gid = await groupOf(ada, [bob]);
  const first = await sayIn(gid, bob, 'the first');
  for (let i = 0; i < 55; i++) bob.im.sysManage.sendGroupMessage({ gid, content: `${i}` });
  await until(() => shown(ada, gid).length === 56, 'all');
  await ada.im.dispose();
  const again = await device(ada, { platform });
  expect(contents(again, gid)).not.toContain('the first');
  await again.im.sysManage.asyncForwardMessage({ uid: bob.uid, mid: first });
  expect(await bob.next('onRosterMessage')).toMatchObject({ content: 'the first' });
  // A notice's: no message.
  const notice = (await heardNotice(bob, gid, 'invite_accepted')).id;
  const nowhere = again.im.sysManage.asyncForwardMessage({ uid: bob.uid, mid: notice });
  await expect(nowhere).rejects.toMatchObject({ code: 'REJECTED' });
  expect(again.of('onSendingMessageStatusChanged').at(-1)).toMatchObject({ status: 'failed' });
});

test('who is banned is told so, and his message failed', async () => {
  const ada = await person('ada');
  const bob = await person('bob');
  const gid = await groupOf(ada, [bob]);
  await ada.im.groupManage.asyncGroupBab({ group_id: gid, user_list: [bob.uid], duration: 5 });
  const sent = bob.im.sysManage.asyncSendGroupMessage({ gid, content: 'no' });
  await expect(sent).rejects.toMatchObject({ code: 'USER_BANNED' });
  const [error] = bob.of('flooError');
  expect(error?.category).toBe('USER_BANNED');
  const failed = bob.of('onSendingMessageStatusChanged').at(-1);
  expect(failed).toMatchObject({ status: 'failed', reason: error?.desc });
  expect(shown(bob, gid)).toMatchObject([{ sending: 'failed', toType: 'group' }]);
  await ada.im.groupManage.asyncGroupUnban({ group_id: gid, user_list: [bob.uid] });
  bob.im.sysManage.resendMessage(gid, failed?.mid ?? 0);
  await shows(ada, gid, 'no');
});

test('reading clears the number on all own devices, never goes back, and does not go past the end', async () => {
  const ada = await person('ada');
  const bob = await person('bob');
  const phone = await device(bob);
  const gid = await groupOf(ada, [bob]);
  const first = await sayIn(gid, ada, 'one');
  await sayIn(gid, ada, 'two');
  await until(() => unread(bob, gid) === 2 && unread(phone, gid) === 2, 'two unread');
  bob.im.groupManage.readGroupMessage(gid, Number(first));
  await until(() => unread(phone, gid) === 1, 'one left');
  bob.im.groupManage.readGroupMessage(gid, Number.MAX_SAFE_INTEGER);
  await until(() => unread(phone, gid) === 0, 'none left');
  phone.im.groupManage.readGroupMessage(gid, Number(first));
  expect([bob, phone].map((one) => unread(one, gid))).toEqual([0, 0]);
  await sayIn(gid, ada, 'three');
  await until(() => unread(bob, gid) === 1 && unread(phone, gid) === 1, 'the third');
});

test('where the group tells, the sender hears who read, on all his devices, and it becomes read with the first', async () => {
  const ada = await person('ada');
  const phone = await device(ada);
  const bob = await person('bob');
  const cyd = await person('cyd');
  const gid = await groupOf(ada, [bob, cyd]);
  await ada.im.groupManage.asyncUpdateEnableReadack({ group_id: gid, value: true });
  const first = await sayIn(gid, ada, 'one');
  const second = await sayIn(gid, ada, 'two');
  await until(() => unread(bob, gid) === 2 && unread(cyd, gid) === 2, 'arrived');
  const { getMessageStatus, getMessageReaders } = ada.im.sysManage;
  expect(getMessageStatus(gid, first, true)).toBe('unread');
  expect(getMessageReaders(gid, first)).toEqual([]);
  bob.im.groupManage.readGroupMessage(gid, Number(first));
  await ada.next('onMessageStatusChanged', (ref) => ref.mid === first && ref.uid === String(gid));
  expect(getMessageReaders(gid, first)).toEqual([bob.uid]);
  expect([first, second].map((mid) => getMessageStatus(gid, mid, true))).toEqual(['read', 'unread']);
  expect(shown(ada, gid).map((meta) => meta.status)).toEqual([2, 0]);
  cyd.im.groupManage.readGroupMessage(gid, Number(second));
  await until(() => getMessageReaders(gid, first).length === 2, 'both read the first');
  expect(getMessageReaders(gid, second)).toEqual([cyd.uid]);
  await until(() => phone.im.sysManage.getMessageReaders(gid, first).length === 2, 'the phone knows');
  expect(bob.im.sysManage.getMessageReaders(gid, first)).toEqual([]);
});

test('the members are named in the config where the group tells who read, so that other clients tell', async () => {
  const ada = await person('ada');
  const bob = await person('bob');
  const gid = await groupOf(ada, [bob]);
  await ada.im.groupManage.asyncUpdateEnableReadack({ group_id: gid, value: true });
  await opened(ada, gid);
  ada.im.sysManage.sendGroupMessage({ gid, content: 'one', config: { a: 1 } });
  ada.im.sysManage.sendMentionMessage({ gid, txt: 'two', mentionAll: true });
  ada.im.sysManage.sendGroupMessage({ gid, content: 'three', config: { a: 'x'.repeat(4080) } });
  await until(() => shown(bob, gid).length === 3, 'all');
  const configs = shown(bob, gid).map((meta) => meta.config as Record<string, unknown>);
  expect(configs.map((config) => config['groupMemberList'])).toEqual([[bob.uid], [bob.uid], undefined]);
  expect(configs[0]?.['a']).toBe(1);
  expect(configs[1]?.['mentionAll']).toBe(true);
});

test('where the group does not tell, nobody hears who read', async () => {
  const ada = await person('ada');
  const bob = await person('bob');
  const gid = await groupOf(ada, [bob]);
  const mid = await sayIn(gid, ada, 'one');
  await shows(bob, gid, 'one');
  bob.im.groupManage.readGroupMessage(gid, Number(mid));
  const answer = await sayIn(gid, bob, 'read it');
  await ada.next('onGroupMessage', (meta) => meta.id === answer);
  expect(ada.im.sysManage.getMessageStatus(gid, mid, true)).toBe('unread');
});

test('a message is recalled by its sender or an administrator, for everybody, and by nobody else', async () => {
  const ada = await person('ada');
  const bob = await person('bob');
  const cyd = await person('cyd');
  const gid = await groupOf(ada, [bob, cyd]);
  const own = await sayIn(gid, bob, 'own');
  const foreign = await sayIn(gid, bob, 'foreign');
  await shows(cyd, gid, 'own', 'foreign');
  await expect(cyd.im.sysManage.asyncRecallMessage({ gid, mid: own })).rejects.toMatchObject({ code: 'REJECTED' });
  bob.im.groupManage.recallMessage(gid, Number(own));
  await ada.im.sysManage.asyncRecallMessage({ gid, mid: foreign });
  for (const one of [ada, bob, cyd]) {
    await until(() => one.of('onMessageRecalled').length === 2, 'both gone');
    expect(one.of('onMessageRecalled')).toContainEqual({ uid: String(gid), mid: foreign });
    expect(contents(one, gid)).toEqual([]);
    expect(unread(one, gid)).toBe(0);
  }
});

test('marking unread, deleting one and deleting all hold on the own devices and nowhere else', async () => {
  const ada = await person('ada');
  const bob = await person('bob');
  const phone = await device(bob);
  const gid = await groupOf(ada, [bob]);
  const first = await sayIn(gid, ada, 'one');
  const second = await sayIn(gid, ada, 'two');
  await until(() => unread(bob, gid) === 2 && unread(phone, gid) === 2, 'arrived');
  bob.im.groupManage.readGroupMessage(gid, Number(second));
  await until(() => unread(phone, gid) === 0, 'read');
  bob.im.rosterManage.unreadMessage(gid, first);
  expect(await phone.next('onMessageCanceled')).toEqual({ uid: String(gid), mid: first });
  expect([bob, phone].map((one) => unread(one, gid))).toEqual([1, 1]);
  bob.im.rosterManage.deleteMessage(gid, first);
  expect(await phone.next('onMessageDeleted')).toEqual({ uid: String(gid), mid: first });
  await until(() => unread(phone, gid) === 0, 'gone with its mark');
  await shows(phone, gid, 'two');
  bob.im.sysManage.deleteConversation(gid);
  await phone.next('flooNotice', (notice) => notice.category === 'conversation_deleted');
  expect([listed(bob, gid), listed(phone, gid)]).toEqual([undefined, undefined]);
  expect(contents(ada, gid)).toEqual(['one', 'two']);
  await sayIn(gid, ada, 'three');
  for (const one of [bob, phone]) await shows(one, gid, 'three');
  expect(listed(phone, gid)).toMatchObject({ unread: 1 });
});

test('a device that was away gets all it missed, in order, with the numbers right', async () => {
  const ada = await person('ada');
  const platform = profile();
  const bob = await person('bob', { platform });
  const gid = await groupOf(ada, [bob]);
  const first = await sayIn(gid, ada, 'before');
  await shows(bob, gid, 'before');
  bob.im.groupManage.readGroupMessage(gid, Number(first));
  await bob.im.dispose();
  const gone = await sayIn(gid, ada, 'gone');
  for (let i = 0; i < 30; i++) await sayIn(gid, ada, `m${i}`);
  await ada.im.sysManage.asyncRecallMessage({ gid, mid: gone });
  const again = await device(bob, { platform });
  const all = Array.from({ length: 30 }, (_, i) => `m${i}`);
  await shows(again, gid, 'before', ...all);
  expect(unread(again, gid)).toBe(30);
});

test('history is by the rule of the group, and reads page by page', async () => {
  const ada = await person('ada');
  const bob = await person('bob');
  const [shut, open] = [await groupOf(ada, []), await groupOf(ada, [])];
  await ada.im.groupManage.asyncUpdateHistoryVisible({ group_id: open, value: true });
  for (const gid of [shut, open]) for (const text of ['one', 'two', 'three']) await sayIn(gid, ada, text);
  for (const gid of [shut, open]) {
    await ada.im.groupManage.asyncInvite({ group_id: gid, user_list: [bob.uid] });
    await heardNotice(bob, gid, 'invite_accepted');
  }
  expect((await bob.im.sysManage.requireHistoryMessage(shut)).messages).toEqual([]);
  const page = await bob.im.sysManage.requireHistoryMessage(open, 0, 2);
  expect(page.messages).toMatchObject([{ content: 'two', toType: 'group' }, { content: 'three' }]);
  const last = await bob.im.sysManage.requireHistoryMessage(open, page.next, 2);
  expect(last.messages.map((meta) => meta.content)).toEqual(['one']);
  expect(unread(bob, open)).toBe(0);
});

test('who wants no messages of a group gets none, and those that come after he does again', async () => {
  const ada = await person('ada');
  const bob = await person('bob');
  const gid = await groupOf(ada, [bob]);
  await bob.im.groupManage.asyncGroupMsgMutemode({ group_id: gid, msg_mute_mode: 2 });
  await sayIn(gid, ada, 'not heard');
  await bob.im.groupManage.asyncGroupMsgMutemode({ group_id: gid, msg_mute_mode: 0 });
  await sayIn(gid, ada, 'heard');
  await shows(bob, gid, 'heard');
  expect(unread(bob, gid)).toBe(1);
});
