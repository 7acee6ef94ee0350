import { FaultProxy } from '@flooim/testkit';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { groupOf } from './group-town.ts';
import { say, texts, town } from './people.ts';
import { until } from './support.ts';

const where = town();
const { person, device } = where;

let proxy: FaultProxy;
beforeAll(async () => {
  proxy = await FaultProxy.start(where.server.url);
});
afterEach(() => proxy.set({ kind: 'pass' }));
afterAll(() => proxy.close());

const proxied = () => ({ dnsServer: `${proxy.url}/v2/app_dns` });

test('each resolves with what the server acknowledged', async () => {
  const ada = await person('ada');
  const bob = await person('bob');
  const gid = await groupOf(ada, [bob]);
  const { sysManage } = ada.im;
  const uid = bob.uid;
  const message = await sysManage.asyncSendRosterMessage({ uid, content: 'one' });
  const sent = await ada.next('onSendingMessageStatusChanged', (res) => res.status === 'sent');
  expect(message).toMatchObject({ clientMid: sent.mid, mid: sent.serverMid });
  const got = await bob.next('onRosterMessage');
  expect(got).toMatchObject({ id: message.mid, timestamp: message.timestamp });
  const { mid } = message;
  const edited = await sysManage.asyncAppendMessageContent({ uid, mid, content: ' two' });
  const replaced = await sysManage.asyncReplaceMessage({ uid, mid, content: 'three' });
  expect([edited.mid, replaced.mid]).toEqual([mid, mid]);
  expect(Number(replaced.timestamp)).toBeGreaterThan(Number(edited.timestamp));
  expect(ada.im.rosterManage.getRosterMessageByRid(uid)[0]).toMatchObject({ edited: replaced.timestamp });
  const inGroup = await sysManage.asyncSendGroupMessage({ gid, content: 'hello' });
  const mention = await sysManage.asyncSendMentionMessage({ gid, txt: 'you', mentionList: [uid] });
  const forwarded = await sysManage.asyncForwardMessage({ gid, mid });
  const mids = [inGroup, mention, forwarded].map((one) => one.mid);
  await until(() => bob.of('onGroupMessage').length === 3, 'in the group');
  expect(bob.of('onGroupMessage').map((meta) => meta.id)).toEqual(mids);
  expect(await sysManage.asyncRecallMessage({ gid, mid: inGroup.mid })).toMatchObject({ mid: inGroup.mid });
  expect(ada.im.groupManage.getGruopMessage(gid).map((meta) => meta.id)).toEqual(mids.slice(1));
  expect((await sysManage.asyncRecallMessage({ uid, mid })).mid).toBe(mid);
  expect(texts(ada, bob)).toEqual([]);
});

test('when one resolves, the events were told and the getters show it', async () => {
  const ada = await person('ada');
  const bob = await person('bob');
  const { mid } = await ada.im.sysManage.asyncSendRosterMessage({ uid: bob.uid, content: 'x' });
  expect(ada.of('onSendingMessageStatusChanged').at(-1)).toMatchObject({ status: 'sent', serverMid: mid });
  expect(ada.im.rosterManage.getRosterMessageByRid(bob.uid)).toMatchObject([{ id: mid, sending: 'sent' }]);
});

test('a refusal rejects with the words and the status of the server', async () => {
  const ada = await person('ada');
  const bob = await person('bob');
  await bob.im.rosterManage.asyncBlockeAdd({ user_id: ada.uid });
  const refused = ada.im.sysManage.asyncSendRosterMessage({ uid: bob.uid, content: 'x' });
  const message = 'you have been blocked by the recipient';
  await expect(refused).rejects.toMatchObject({ name: 'FlooError', code: 'REJECTED', status: 2, message });
  const mid = await say(bob, await person('cyd'), 'foreign');
  const recall = ada.im.sysManage.asyncRecallMessage({ uid: bob.uid, mid });
  await expect(recall).rejects.toMatchObject({ code: 'REJECTED' });
});

test('bad arguments and a missing login reject', async () => {
  const ada = await person('ada');
  const { sysManage } = ada.im;
  const cases: [() => Promise<unknown>, string][] = [
    [() => sysManage.asyncSendRosterMessage({} as never), 'msg.uid'],
    [() => sysManage.asyncSendGroupMessage({ gid: 'x' }), 'msg.gid'],
    [() => sysManage.asyncSendMentionMessage(undefined as never), 'params'],
    [() => sysManage.asyncForwardMessage({ mid: 1 }), 'param.uid'],
    [() => sysManage.asyncRecallMessage({ uid: 7, mid: 'x' }), 'params.mid'],
    [() => sysManage.asyncRecallMessage({ mid: 7 }), 'params.uid'],
  ];
  for (const [call, field] of cases) {
    await expect(call(), field).rejects.toMatchObject({ code: 'INVALID_PARAMETER', field });
  }
  await ada.im.logout();
  await expect(sysManage.asyncSendRosterMessage({ uid: 7 })).rejects.toMatchObject({ code: 'NOT_LOGGED_IN' });
});

test('one waits through a lost connection', async () => {
  const ada = await person('ada', proxied());
  const bob = await person('bob');
  proxy.set({ kind: 'stall' });
  proxy.cut();
  await ada.next('connectionChange', (state) => state.name === 'waiting');
  let settled = false;
  const sent = ada.im.sysManage.asyncSendRosterMessage({ uid: bob.uid, content: 'later' });
  const done = () => {
    settled = true;
  };
  sent.then(done, done);
  await until(() => texts(ada, bob).length === 1, 'queued');
  expect(settled).toBe(false);
  proxy.set({ kind: 'pass' });
  ada.im.connection.reconnectNow();
  const { mid } = await sent;
  expect((await bob.next('onRosterMessage')).id).toBe(mid);
});

test('one that is not answered when the login ends is canceled', async () => {
  const ada = await person('ada', proxied());
  const bob = await person('bob');
  proxy.set({ kind: 'stall' });
  const sent = ada.im.sysManage.asyncSendRosterMessage({ uid: bob.uid, content: 'x' });
  const ended = expect(sent).rejects.toMatchObject({ code: 'CANCELED' });
  await ada.im.logout();
  await ended;
  proxy.set({ kind: 'pass' });
});

test('one that is not sent yet is canceled with its conversation', async () => {
  const ada = await person('ada', proxied());
  const bob = await person('bob');
  proxy.set({ kind: 'stall' });
  proxy.cut();
  await ada.next('connectionChange', (state) => state.name === 'waiting');
  const sent = ada.im.sysManage.asyncSendRosterMessage({ uid: bob.uid, content: 'x' });
  const ended = expect(sent).rejects.toMatchObject({ code: 'CANCELED' });
  ada.im.sysManage.deleteConversation(bob.uid);
  await ended;
});

test('one of a session that ends for good is canceled', async () => {
  const ada = await person('ada', proxied());
  const phone = await device(ada);
  const bob = await person('bob');
  proxy.set({ kind: 'stall' });
  const sent = ada.im.sysManage.asyncSendRosterMessage({ uid: bob.uid, content: 'x' });
  const ended = expect(sent).rejects.toMatchObject({ code: 'CANCELED' });
  await phone.im.userManage.asyncKickDevice();
  proxy.set({ kind: 'pass' });
  await ended;
});
