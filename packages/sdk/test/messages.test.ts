import type { RosterMessage } from 'flooim';
import { expect, test } from 'vitest';
import { say, texts, town } from './people.ts';
import { until } from './support.ts';

const { person, device } = town();

test('a text arrives with what was sent, and is unread', async () => {
  const ada = await person('ada');
  const bob = await person('bob');
  const mid = ada.im.sysManage.sendRosterMessage({ uid: bob.uid, content: 'hello', type: 'text', ext: { a: 1 } });
  expect(mid).toBeTypeOf('number');
  const sent = await ada.next('onSendingMessageStatusChanged', (res) => res.status === 'sent');
  expect(sent.mid).toBe(mid);
  const got = await bob.next('onRosterMessage');
  expect(got).toMatchObject({
    id: sent.serverMid,
    from: String(ada.uid),
    to: String(bob.uid),
    content: 'hello',
    ext: { a: 1 },
    toType: 'roster',
    type: 'text',
    status: 0,
  });
  expect(got.timestamp).toMatch(/^\d{13}$/);
  expect(bob.im.rosterManage.getUnreadCount(ada.uid)).toBe(1);
  expect(bob.of('onUnreadChange')).toEqual([ada.uid]);
  expect(bob.im.userManage.getConversationList()).toMatchObject([
    { id: ada.uid, content: 'hello', unread: 1, type: 'roster' },
  ]);
});

test('each of the eight types arrives as it was sent, and commands are not counted', async () => {
  const ada = await person('ada');
  const bob = await person('bob');
  const types = ['text', 'image', 'audio', 'video', 'file', 'location', 'command', 'forward'] as const;
  for (const type of types) {
    const message: RosterMessage = {
      uid: String(bob.uid),
      type,
      content: `a ${type}`,
      attachment: { url: `/${type}`, size: 3 },
      ext: 'plain',
    };
    ada.im.sysManage.sendRosterMessage(message);
  }
  await bob.next('onRosterMessage', (meta) => meta.type === 'forward');
  const got = bob.im.rosterManage.getRosterMessageByRid(ada.uid);
  expect(got.map((meta) => meta.type)).toEqual(types);
  expect(got.map((meta) => meta.content)).toEqual(types.map((type) => `a ${type}`));
  expect(got[1]).toMatchObject({ attach: { url: '/image', size: 3 }, ext: 'plain' });
  expect(bob.im.rosterManage.getUnreadCount(ada.uid)).toBe(types.length - 1);
});

test('a message shows at once under its client mid, and under the server mid once it was taken', async () => {
  const ada = await person('ada');
  const bob = await person('bob');
  const mid = ada.im.sysManage.sendRosterMessage({ uid: bob.uid, content: 'soon' });
  expect(ada.im.rosterManage.getRosterMessageByRid(bob.uid)).toMatchObject([{ id: String(mid), sending: 'sending' }]);
  expect(ada.im.userManage.getConversationList()).toMatchObject([{ id: bob.uid, content: 'soon' }]);
  const { serverMid } = await ada.next('onSendingMessageStatusChanged', (res) => res.status === 'sent');
  expect(ada.im.rosterManage.getRosterMessageByRid(bob.uid)).toMatchObject([
    { id: serverMid, sending: 'sent', clientMid: String(mid) },
  ]);
});

test('many messages in both directions keep one order on both sides', async () => {
  const ada = await person('ada');
  const bob = await person('bob');
  const count = 60;
  for (let i = 0; i < count; i++) {
    ada.im.sysManage.sendRosterMessage({ uid: bob.uid, content: `a${i}` });
    bob.im.sysManage.sendRosterMessage({ uid: ada.uid, content: `b${i}` });
  }
  await until(() => texts(ada, bob).length === 2 * count && texts(bob, ada).length === 2 * count, 'all arrived');
  const settled = () =>
    [ada, bob].every(
      (one) => one.of('onSendingMessageStatusChanged').filter((s) => s.status === 'sent').length === count,
    );
  await until(settled, 'all sent');
  expect(texts(ada, bob)).toEqual(texts(bob, ada));
  expect(texts(bob, ada).filter((text) => text.startsWith('a'))).toEqual(
    Array.from({ length: count }, (_, i) => `a${i}`),
  );
});

test('another device of the sender sees the message, and does not count it', async () => {
  const ada = await person('ada');
  const phone = await device(ada);
  const bob = await person('bob');
  await say(ada, bob, 'from the desk');
  expect(await phone.next('onRosterMessage')).toMatchObject({ from: String(ada.uid), content: 'from the desk' });
  expect(phone.im.rosterManage.getUnreadCount(bob.uid)).toBe(0);
});

test('a refused message is failed, says why, and can be sent again or thrown away', async () => {
  const ada = await person('ada');
  const bob = await person('bob');
  await bob.im.rosterManage.asyncBlockeAdd({ user_id: ada.uid });
  const mid = ada.im.sysManage.sendRosterMessage({ uid: bob.uid, content: 'please' });
  const failed = await ada.next('onSendingMessageStatusChanged', (res) => res.status === 'failed');
  expect(failed).toMatchObject({ mid, reason: 'you have been blocked by the recipient' });
  expect(ada.of('flooError')).toEqual([{ category: 'MESSAGE', desc: 'you have been blocked by the recipient' }]);
  expect(ada.im.rosterManage.getRosterMessageByRid(bob.uid)).toMatchObject([{ sending: 'failed', id: String(mid) }]);

  await bob.im.rosterManage.asyncBlockeRemove({ user_id: ada.uid });
  const again = ada.im.sysManage.resendMessage(bob.uid, mid);
  expect(again).toBeGreaterThan(mid);
  await ada.next('onSendingMessageStatusChanged', (res) => res.status === 'sent');
  expect(texts(ada, bob)).toEqual(['please']);

  await bob.im.rosterManage.asyncBlockeAdd({ user_id: ada.uid });
  const lost = ada.im.sysManage.sendRosterMessage({ uid: bob.uid, content: 'one more' });
  await ada.next('onSendingMessageStatusChanged', (res) => res.mid === lost && res.status === 'failed');
  ada.im.sysManage.discardMessage(bob.uid, lost);
  expect(texts(ada, bob)).toEqual(['please']);
});

test('a conversation in which nothing was ever said is listed no longer than its refused message', async () => {
  const ada = await person('ada');
  const bob = await person('bob');
  await bob.im.rosterManage.asyncBlockeAdd({ user_id: ada.uid });
  const mid = ada.im.sysManage.sendRosterMessage({ uid: bob.uid, content: 'please' });
  await ada.next('onSendingMessageStatusChanged', (res) => res.status === 'failed');
  expect(ada.im.userManage.getConversationList()).toMatchObject([{ id: bob.uid }]);
  ada.im.sysManage.discardMessage(bob.uid, mid);
  expect(ada.im.userManage.getConversationList()).toEqual([]);
});

test('typing reaches the peer while online and is kept nowhere', async () => {
  const ada = await person('ada');
  const bob = await person('bob');
  ada.im.sysManage.sendInputStatusMessage(bob.uid, 'typing');
  expect(await bob.next('onInputStatusMessage')).toEqual({
    ext: '{"input_status":"typing"}',
    from: String(ada.uid),
    to: String(bob.uid),
  });
  expect(texts(bob, ada)).toEqual([]);
  expect(bob.im.rosterManage.getUnreadCount(ada.uid)).toBe(0);
});

test('a message can be forwarded to somebody else', async () => {
  const ada = await person('ada');
  const bob = await person('bob');
  const cyd = await person('cyd');
  ada.im.sysManage.sendRosterMessage({ uid: bob.uid, type: 'file', content: 'a.pdf', attachment: { url: '/f' } });
  const got = await bob.next('onRosterMessage');
  bob.im.sysManage.forwardMessage({ uid: cyd.uid, mid: got.id });
  expect(await cyd.next('onRosterMessage')).toMatchObject({ type: 'file', content: 'a.pdf', attach: { url: '/f' } });
});
