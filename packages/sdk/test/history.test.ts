import { expect, test } from 'vitest';
import { say, texts, town } from './people.ts';
import { until } from './support.ts';

const { person, device } = town();

test('history comes page by page, oldest first in a page, until there is no more', async () => {
  const ada = await person('ada');
  const bob = await person('bob');
  for (let i = 0; i < 7; i++) await say(ada, bob, `m${i}`);
  const first = await ada.im.sysManage.requireHistoryMessage(bob.uid, 0, 3);
  expect(first.messages.map((meta) => meta.content)).toEqual(['m4', 'm5', 'm6']);
  const second = await ada.im.sysManage.requireHistoryMessage(bob.uid, first.next, 3);
  expect(second.messages.map((meta) => meta.content)).toEqual(['m1', 'm2', 'm3']);
  const third = await ada.im.sysManage.requireHistoryMessage(bob.uid, second.next, 3);
  expect(third.messages.map((meta) => meta.content)).toEqual(['m0']);
  expect(third.next).toBe(0);
  expect(ada.of('onReceiveHistoryMsg').map((res) => res.next)).toEqual([first.next, second.next, 0]);
});

test('a new device pulls the newest entries by itself and gets the rest as history', async () => {
  const ada = await person('ada');
  const bob = await person('bob');
  const count = 120;
  for (let i = 0; i < count; i++) ada.im.sysManage.sendRosterMessage({ uid: bob.uid, content: `m${i}` });
  await until(() => texts(bob, ada).length === count, 'all arrived');
  const phone = await device(bob);
  const synced = texts(phone, ada);
  expect(synced.length).toBeGreaterThan(50);
  expect(synced.at(-1)).toBe(`m${count - 1}`);
  const oldest = phone.im.rosterManage.getRosterMessageByRid(ada.uid)[0]?.id as string;
  const page = await phone.im.sysManage.requireHistoryMessage(ada.uid, oldest, 100);
  expect(page.next).toBe(0);
  expect(texts(phone, ada)).toEqual(Array.from({ length: count }, (_, i) => `m${i}`));
  expect(phone.im.rosterManage.getUnreadCount(ada.uid)).toBe(count);
});

test('recalled and deleted messages are not in the history', async () => {
  const ada = await person('ada');
  const bob = await person('bob');
  const recalled = await say(ada, bob, 'recalled');
  const deleted = await say(bob, ada, 'deleted');
  await say(ada, bob, 'stays');
  ada.im.rosterManage.recallMessage(bob.uid, recalled);
  await bob.next('onMessageRecalled');
  bob.im.rosterManage.deleteMessage(ada.uid, deleted);
  const phone = await device(bob);
  const page = await phone.im.sysManage.requireHistoryMessage(ada.uid, 0, 10);
  await until(() => texts(phone, ada).join() === 'stays', 'the deletion arrived');
  expect(page.messages.some((meta) => meta.content === 'recalled')).toBe(false);
});

test('a deleted conversation goes on every own device, comes back with the next message, and stays with the peer', async () => {
  const ada = await person('ada');
  const phone = await device(ada);
  const bob = await person('bob');
  await say(bob, ada, 'old');
  await until(() => texts(phone, bob).length === 1 && texts(ada, bob).length === 1, 'arrived');
  ada.im.sysManage.deleteConversation(bob.uid);
  expect(ada.im.userManage.getConversationList()).toEqual([]);
  const notice = await phone.next('flooNotice', (res) => res.category === 'conversation_deleted');
  expect(notice.desc).toEqual({ id: bob.uid, source: 'user_operation' });
  expect(phone.im.userManage.getConversationList()).toEqual([]);
  expect(phone.im.rosterManage.getUnreadCount(bob.uid)).toBe(0);
  expect(texts(bob, ada)).toEqual(['old']);
  await say(bob, ada, 'new');
  await until(() => texts(phone, bob).join() === 'new' && texts(ada, bob).join() === 'new', 'only the new one');
  const page = await ada.im.sysManage.requireHistoryMessage(bob.uid, 0, 10);
  expect(page.messages.map((meta) => meta.content)).toEqual(['new']);
});

test('a conversation deleted here alone stays on the other devices', async () => {
  const ada = await person('ada');
  const phone = await device(ada);
  const bob = await person('bob');
  await say(bob, ada, 'keep');
  await until(() => texts(phone, bob).length === 1 && texts(ada, bob).length === 1, 'arrived');
  ada.im.sysManage.deleteConversation(bob.uid, false);
  await say(bob, ada, 'next');
  await until(() => texts(ada, bob).join() === 'next' && texts(phone, bob).join() === 'keep,next', 'only here');
});
