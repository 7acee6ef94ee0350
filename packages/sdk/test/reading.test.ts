import { expect, test } from 'vitest';
import { say, texts, town } from './people.ts';
import { until } from './support.ts';

const { person, device } = town();

test('a message is delivered when it reached a device, and read when the peer read it', async () => {
  const ada = await person('ada');
  const bob = await person('bob');
  const mid = await say(ada, bob, 'hello');
  await ada.next('onMessageStatusChanged', (res) => res.mid === mid);
  expect(ada.im.sysManage.getMessageStatus(bob.uid, Number(mid))).toBe('delivered');
  bob.im.rosterManage.readRosterMessage(ada.uid, mid);
  expect(bob.im.rosterManage.getUnreadCount(ada.uid)).toBe(0);
  await until(() => ada.im.sysManage.getMessageStatus(bob.uid, mid) === 'read', 'read');
  expect(ada.im.rosterManage.getRosterMessageByRid(bob.uid)).toMatchObject([{ status: 2 }]);
});

test('reading clears the unread number on every device of the reader', async () => {
  const ada = await person('ada');
  const bob = await person('bob');
  const phone = await device(bob);
  for (const text of ['one', 'two', 'three']) await say(ada, bob, text);
  await until(() => phone.im.rosterManage.getUnreadCount(ada.uid) === 3, 'three unread');
  await until(() => bob.im.rosterManage.getUnreadCount(ada.uid) === 3, 'three unread');
  bob.im.rosterManage.readRosterMessage(ada.uid);
  await until(() => phone.im.rosterManage.getUnreadCount(ada.uid) === 0, 'read on the other device');
  expect(phone.of('onUnreadChange').at(-1)).toBe(ada.uid);
});

test('the read position never goes back', async () => {
  const ada = await person('ada');
  const bob = await person('bob');
  const first = await say(ada, bob, 'one');
  await say(ada, bob, 'two');
  await until(() => bob.im.rosterManage.getUnreadCount(ada.uid) === 2, 'two unread');
  bob.im.rosterManage.readRosterMessage(ada.uid);
  bob.im.rosterManage.readRosterMessage(ada.uid, first);
  expect(bob.im.rosterManage.getUnreadCount(ada.uid)).toBe(0);
});

test('a message marked unread counts on all own devices until the next reading', async () => {
  const ada = await person('ada');
  const bob = await person('bob');
  const phone = await device(bob);
  const mid = await say(ada, bob, 'remember');
  await until(() => bob.im.rosterManage.getUnreadCount(ada.uid) === 1, 'unread');
  bob.im.rosterManage.readRosterMessage(ada.uid);
  await until(() => phone.im.rosterManage.getUnreadCount(ada.uid) === 0, 'read on the phone');
  bob.im.rosterManage.unreadMessage(ada.uid, mid);
  expect(await phone.next('onMessageCanceled')).toEqual({ uid: String(ada.uid), mid });
  expect(bob.im.rosterManage.getUnreadCount(ada.uid)).toBe(1);
  expect(phone.im.rosterManage.getUnreadCount(ada.uid)).toBe(1);
  bob.im.rosterManage.readRosterMessage(ada.uid);
  await until(() => phone.im.rosterManage.getUnreadCount(ada.uid) === 0, 'read again on the phone');
});

test('a recalled message disappears for both, and its unread with it', async () => {
  const ada = await person('ada');
  const bob = await person('bob');
  await say(ada, bob, 'first');
  const mid = await say(ada, bob, 'oops');
  await until(() => bob.im.rosterManage.getUnreadCount(ada.uid) === 2, 'two unread');
  ada.im.rosterManage.recallMessage(bob.uid, mid);
  const expected = { uid: String(ada.uid), mid };
  expect(await bob.next('onMessageRecalled')).toEqual(expected);
  expect(await ada.next('onMessageRecalled')).toEqual({ uid: String(bob.uid), mid });
  expect(texts(bob, ada)).toEqual(['first']);
  expect(texts(ada, bob)).toEqual(['first']);
  expect(bob.im.rosterManage.getUnreadCount(ada.uid)).toBe(1);
  expect(bob.im.userManage.getConversationList()).toMatchObject([{ content: 'first' }]);
});

test('the message of somebody else cannot be recalled, and the refusal is told', async () => {
  const ada = await person('ada');
  const bob = await person('bob');
  const mid = await say(ada, bob, 'mine');
  await bob.next('onRosterMessage');
  bob.im.rosterManage.recallMessage(ada.uid, mid);
  expect((await bob.next('flooError')).category).toBe('MESSAGE');
  expect(texts(bob, ada)).toEqual(['mine']);
});

test('a deleted message is gone on all own devices and stays with the other user', async () => {
  const ada = await person('ada');
  const phone = await device(ada);
  const bob = await person('bob');
  const mid = await say(bob, ada, 'secret');
  await until(() => phone.im.rosterManage.getUnreadCount(bob.uid) === 1, 'arrived');
  await until(() => ada.im.rosterManage.getUnreadCount(bob.uid) === 1, 'arrived');
  ada.im.rosterManage.deleteMessage(bob.uid, mid);
  expect(await phone.next('onMessageDeleted')).toEqual({ uid: String(bob.uid), mid });
  expect(texts(phone, bob)).toEqual([]);
  expect(texts(ada, bob)).toEqual([]);
  expect(phone.im.rosterManage.getUnreadCount(bob.uid)).toBe(0);
  expect(texts(bob, ada)).toEqual(['secret']);
});
