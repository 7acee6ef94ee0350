import { ContentType, decodeMessageBody, MessageType, Namespace, OperationType, type SyncDL } from '@flooim/protocol';
import { startServer } from '@flooim/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bodies, Phone } from './support/phone.ts';
import { addApp, ask, join, newFolder, type People, type Person, standingClock, startPeople } from './support/rest.ts';

let clock: ReturnType<typeof standingClock>;
let people: People;
let admin = '';
const phones: Phone[] = [];
beforeEach(async () => {
  clock = standingClock();
  people = await startPeople({}, { clock });
  admin = await people.server.context.adminTokens.create('flooim');
});
afterEach(async () => {
  for (const phone of phones.splice(0)) phone.raw.terminate();
  await people.close();
});

const phoneOf = async ({ uid, token }: Person, guid = 'phone') => {
  const phone = await Phone.connect(people.url, { uid, token, guid });
  phones.push(phone);
  return phone;
};
const byAdmin = (name: Parameters<typeof ask>[1], params: object, headers: Record<string, string> = {}) =>
  ask(people.url, name, params, { token: admin, headers });
const forUser = ({ uid }: Person) => ({ user_id: String(uid) });
const toUsers = (targets: (Person | number)[], more: object = {}) => ({
  type: 1,
  targets: targets.map((target) => (typeof target === 'number' ? target : target.uid)),
  content_type: ContentType.TEXT,
  content: 'hello',
  ...more,
});
const history = async (person: Person, peer: Person | number, more: object = {}) => {
  const opposite_id = typeof peer === 'number' ? peer : peer.uid;
  return people.ok(person, 'messageHistory', { opposite_id, msg_id_start: 0, limit: 100, ...more });
};
const contentsOf = async (person: Person, peer: Person | number) =>
  (await history(person, peer)).messages.map(({ content }: { content: string }) => content);

describe('a message that a user sends over REST', () => {
  it('is his, stored, pushed to the other and to his own devices, and tells its mid', async () => {
    const { alice, bob } = people;
    const [mine, theirs] = [await phoneOf(alice), await phoneOf(bob)];
    const answer = await people.as(alice, 'messageSend', toUsers([bob], { ext: 'e', config: '{"a":1}' }));
    expect([answer.code, answer.data]).toEqual([200, true]);
    for (const phone of [mine, theirs]) {
      const sync = await phone.pushedText('hello');
      expect(sync.metas[0]).toMatchObject({ id: answer.msg_ids?.[0], from: { uid: alice.uid }, to: { uid: bob.uid } });
      expect(bodies(sync)[0]).toMatchObject({ type: MessageType.CHAT, ext: 'e', config: '{"a":1}', isSystem: false });
    }
    const [message] = (await history(bob, alice)).messages;
    expect(message).toEqual({
      msg_id: answer.msg_ids?.[0],
      from_xid: { uid: alice.uid, device_sn: 0 },
      to_xid: { uid: bob.uid, device_sn: 0 },
      ctype: 'TEXT',
      content: 'hello',
      attachment: '',
      ext: 'e',
      config: '{"a":1}',
      status: 'UNREAD',
      timestamp: clock(),
    });
  });

  it('cannot be somebody else’s', async () => {
    const { alice, bob, carol } = people;
    const answer = await people.as(alice, 'messageSend', toUsers([bob], { from_user_id: carol.uid }));
    expect([answer.code, answer.message]).toEqual([10010, expect.stringContaining('from_user_id')]);
    const headers = forUser(carol);
    await people.ok(alice, 'messageSend', toUsers([bob], { from_user_id: alice.uid }), { headers });
    expect((await history(bob, alice)).messages).toHaveLength(1);
    expect((await history(bob, carol)).messages).toHaveLength(0);
  });

  it('is refused where one over the socket would be', async () => {
    const { alice, bob, carol } = people;
    await people.ok(bob, 'rosterBlock', { user_id: alice.uid });
    const blocked = await people.as(alice, 'messageSend', toUsers([bob]));
    expect([blocked.code, blocked.message]).toEqual([10006, 'you have been blocked by the recipient']);
    expect((await people.as(alice, 'messageSend', toUsers([999_999]))).code).toBe(10000);
    expect((await people.as(alice, 'messageSend', toUsers([alice]))).code).toBe(10002);
    await addApp(people.server, 'other');
    const someone = await join(people.url, 'someone', 'phone', 'other');
    expect((await people.as(alice, 'messageSend', toUsers([someone]))).code).toBe(10000);
    expect((await people.as(carol, 'messageSend', { ...toUsers([bob]), type: 2 })).code).toBe(20001);
  });

  it('goes to each of several, and says whom it did not reach', async () => {
    const { alice, bob, carol } = people;
    const several = await people.as(alice, 'messageSend', toUsers([bob, carol, bob]));
    expect([several.code, several.msg_ids]).toEqual([200, undefined]);
    expect([await contentsOf(bob, alice), await contentsOf(carol, alice)]).toEqual([['hello'], ['hello']]);
    const partly = await people.as(alice, 'messageSend', toUsers([bob, 999_999, carol, 999_998]));
    expect([partly.code, partly.message]).toEqual([10000, 'the user does not exist: target 999999; 2 of 4 were sent']);
    expect(await contentsOf(carol, alice)).toEqual(['hello', 'hello']);
  });

  it.each([
    [{ targets: [] }, 'targets'],
    [{ content: undefined }, 'content'],
    [{ content_type: 8 }, 'content_type'],
    [{ content_type: 13 }, 'content_type'],
    [{ content_type: 10 }, 'related_mid'],
    [{ content_type: 10, related_mid: 5, online_only: true }, 'online_only'],
    [{ type: 3 }, 'type'],
    [{ config: 'not json' }, 'config'],
    [{ content: 'é'.repeat(16_000) }, 'content'],
    [{ targets: Array.from({ length: 501 }, (_, i) => i + 1) }, 'targets'],
  ])('is refused with %j', async (wrong, named) => {
    const answer = await people.as(people.alice, 'messageSend', toUsers([people.bob], wrong));
    expect(answer.code).toBe(10002);
    expect(answer.message).toContain(named);
    expect((await history(people.bob, people.alice)).messages).toEqual([]);
  });

  it('may be an attachment alone', async () => {
    const { alice, bob } = people;
    const image = { content_type: ContentType.IMAGE, content: undefined, attachment: '{"url":"x"}' };
    await people.ok(alice, 'messageSend', toUsers([bob], image));
    expect((await history(bob, alice)).messages).toMatchObject([{ ctype: 'IMAGE', attachment: '{"url":"x"}' }]);
  });

  it('only for who is online is not stored', async () => {
    const { alice, bob } = people;
    const phone = await phoneOf(bob);
    const answer = await people.as(alice, 'messageSend', toUsers([bob], { online_only: true }));
    expect([answer.code, answer.msg_ids]).toEqual([200, undefined]);
    const sync = await phone.pushedText('hello');
    expect(sync.nextKey).toBe(0);
    expect((await history(bob, alice)).messages).toEqual([]);
  });
});

describe('how fast a user may send', () => {
  it('is one measure for REST and the socket, and none for services', async () => {
    await people.close();
    people = await startPeople({ messagesPerSec: 1, messageBurst: 3, data: newFolder() }, { clock });
    admin = await people.server.context.adminTokens.create('flooim');
    const { alice, bob, carol } = people;
    const phone = await phoneOf(alice);
    for (const text of ['1', '2', '3']) await phone.text(bob.uid, text);
    const many = Array.from({ length: 10 }, (_, i) => 900_000 + i);
    const refused = await people.as(alice, 'messageSend', toUsers(many));
    expect([refused.code, refused.message]).toEqual([10028, expect.stringContaining('too many messages')]);
    expect((await people.as(carol, 'messageSend', toUsers([bob]))).code).toBe(200);
    for (let i = 0; i < 10; i++) {
      expect((await byAdmin('messageSend', toUsers([bob]), forUser(alice))).code).toBe(200);
    }
  });

  it('lets nobody send who was disabled while he waited', async () => {
    await people.close();
    people = await startPeople({ messagesPerSec: 1, messageBurst: 1, data: newFolder() }, { clock });
    admin = await people.server.context.adminTokens.create('flooim');
    const { alice, bob } = people;
    const answers = [1, 2].map(() => people.as(alice, 'messageSend', toUsers([bob])));
    await Promise.race(answers);
    expect((await byAdmin('userDisable', { list: [alice.uid] })).code).toBe(200);
    const codes = (await Promise.all(answers)).map(({ code }) => code);
    expect(codes.sort()).toEqual([200, 402]);
    expect(await contentsOf(bob, alice)).toEqual(['hello']);
  });
});

describe('a message that an admin sends', () => {
  it('is that of the user whom it names', async () => {
    const { alice, bob, carol } = people;
    await byAdmin('messageSend', toUsers([bob], { from_user_id: alice.uid, content: 'by parameter' }));
    await byAdmin('messageSend', toUsers([bob], { content: 'by header' }), forUser(alice));
    expect(await contentsOf(bob, alice)).toEqual(['by header', 'by parameter']);
    const both = await byAdmin('messageSend', toUsers([bob], { from_user_id: carol.uid }), forUser(alice));
    expect(both.code).toBe(10010);
    await addApp(people.server, 'other');
    const someone = await join(people.url, 'someone', 'phone', 'other');
    for (const from_user_id of [999_999, someone.uid]) {
      expect((await byAdmin('messageSend', toUsers([bob], { from_user_id }))).code).toBe(10000);
    }
    expect(await contentsOf(bob, carol)).toEqual([]);
  });

  it('of no user is the app’s own, in the system conversation', async () => {
    const phone = await phoneOf(people.bob);
    for (const name of ['messageSend', 'messageNotify'] as const) {
      const answer = await byAdmin(name, toUsers([people.bob], { content: name }));
      expect([answer.code, answer.msg_ids?.length], answer.text).toEqual([200, 1]);
      const sync = await phone.pushedText(name);
      expect(sync.xid?.uid).toBe(0);
      expect(sync.metas[0]).toMatchObject({ id: answer.msg_ids?.[0], from: { uid: 0 }, ns: Namespace.MESSAGE });
      expect(bodies(sync)[0]).toMatchObject({ isSystem: true });
    }
  });

  it('as a notice is the app’s own whoever is named, and no operation', async () => {
    const phone = await phoneOf(people.bob);
    await byAdmin('messageNotify', toUsers([people.bob], { from_user_id: people.alice.uid }), forUser(people.carol));
    expect((await phone.pushedText('hello')).metas[0]?.from?.uid).toBe(0);
    const recall = await byAdmin('messageNotify', toUsers([people.bob], { content_type: 10, related_mid: 1 }));
    expect([recall.code, recall.message]).toEqual([10002, expect.stringContaining('content_type')]);
  });

  it('to everybody reaches everybody of the app', async () => {
    await addApp(people.server, 'other');
    const someone = await join(people.url, 'someone', 'phone', 'other');
    const phone = await phoneOf(people.bob);
    const answer = await byAdmin('messageBroadcast', { type: 1, content_type: 0, content: 'to all' });
    expect(answer.data).toEqual({ success: true, send_num: 3 });
    const sync = await phone.pushedText('to all');
    expect([sync.xid?.uid, bodies(sync)[0]?.isSystem]).toEqual([0, true]);
    const systemTexts = ({ uid }: Person) =>
      people.server.context.reader
        .all('SELECT payload FROM entry WHERE log_id = ? AND kind = 1', uid)
        .map(({ payload }) => decodeMessageBody(payload as Uint8Array).content);
    for (const person of [people.alice, people.bob, people.carol]) expect(systemTexts(person)).toEqual(['to all']);
    expect(systemTexts(someone)).toEqual([]);
  });
});

describe('a message to groups', () => {
  const makeGroup = async (owner: Person, members: Person[]) => {
    const user_list = members.map(({ uid }) => uid);
    const { group_id } = await people.ok(owner, 'groupCreate', { name: 'a group', user_list });
    return group_id as number;
  };
  const toGroup = (gids: number[], more: object = {}) => ({ ...toUsers(gids, more), type: 2 });

  it('reaches the members of each, from one of them, and nobody else', async () => {
    const { alice, bob, carol } = people;
    const [first, second] = [await makeGroup(alice, [bob]), await makeGroup(alice, [bob, carol])];
    const [member, other] = [await phoneOf(bob), await phoneOf(carol)];
    const answer = await people.as(alice, 'messageSend', toGroup([first]));
    const sync = await member.pushedText('hello');
    expect([answer.msg_ids, sync.xid?.uid]).toEqual([[sync.metas[0]?.id], first]);
    expect(bodies(sync)[0]).toMatchObject({ type: MessageType.GROUPCHAT, isSystem: false });
    await people.ok(alice, 'messageSend', toGroup([first, second], { content: 'both' }));
    expect((await other.pushedText('both')).xid?.uid).toBe(second);
    expect(await contentsOf(bob, first)).toEqual(['both', 'hello']);
    expect(await contentsOf(carol, second)).toEqual(['both']);
    expect((await people.as(carol, 'messageSend', toGroup([first]))).code).toBe(20011);
    const refused = { opposite_id: first, msg_id_start: 0, limit: 5 };
    expect((await people.as(carol, 'messageHistory', refused)).code).not.toBe(200);
  });

  it('is refused to who is banned, and not to the owner or the app', async () => {
    const { alice, bob } = people;
    const gid = await makeGroup(alice, [bob]);
    await people.ok(alice, 'groupBanAll', { group_id: gid, duration: -1 });
    expect((await people.as(bob, 'messageSend', toGroup([gid]))).code).toBe(10010);
    expect((await byAdmin('messageSend', toGroup([gid], { content: 'as bob' }), forUser(bob))).code).toBe(10010);
    await people.ok(alice, 'messageSend', toGroup([gid], { content: 'owner' }));
    const asOwner = await byAdmin('messageSend', toGroup([gid], { content: 'for the group' }), {
      group_id: String(gid),
    });
    expect(asOwner.code).toBe(200);
    expect((await byAdmin('messageNotify', toGroup([gid], { content: 'app' }))).code).toBe(200);
    const { messages } = await history(bob, gid);
    const said = messages.map((message: { content: string; from_xid: { uid: number } }) => [
      message.content,
      message.from_xid.uid,
    ]);
    expect(said).toEqual([
      ['app', 0],
      ['for the group', alice.uid],
      ['owner', alice.uid],
    ]);
  });

  it('is recalled by its owner and by the app', async () => {
    const { alice, bob } = people;
    const gid = await makeGroup(alice, [bob]);
    const send = async () => (await people.as(bob, 'messageSend', toGroup([gid]))).msg_ids?.[0];
    await people.ok(alice, 'messageRecall', { conversation_id: gid, msg_id: await send() });
    const mid = await send();
    clock.advance(6 * 60_000);
    expect((await people.as(alice, 'messageRecall', { conversation_id: gid, msg_id: mid })).code).toBe(10010);
    expect((await byAdmin('messageRecall', { conversation_id: gid, msg_id: mid })).code).toBe(200);
    expect(await contentsOf(alice, gid)).toEqual([]);
  });

  it('is edited by the app if it was its own', async () => {
    const { alice, bob } = people;
    const gid = await makeGroup(alice, [bob]);
    const [related_mid] = (await byAdmin('messageSend', toGroup([gid]))).msg_ids ?? [];
    const edit = (mid?: number) => toGroup([gid], { content_type: 12, content: 'bye', related_mid: mid });
    expect((await byAdmin('messageSend', edit(related_mid))).code).toBe(200);
    expect(await contentsOf(bob, gid)).toEqual(['bye']);
    const bobs = (await people.as(bob, 'messageSend', toGroup([gid], { content: 'bob' }))).msg_ids?.[0];
    expect((await byAdmin('messageSend', edit(bobs))).code).toBe(10010);
    expect(await contentsOf(bob, gid)).toEqual(['bob', 'bye']);
  });

  it('is not for the group of another app, nor for users', async () => {
    await addApp(people.server, 'other');
    const { alice, bob } = people;
    const gid = await makeGroup(alice, [bob]);
    const foreign = await people.server.context.adminTokens.create('other');
    for (const name of ['messageSend', 'messageNotify'] as const) {
      const answer = await ask(people.url, name, toGroup([gid]), { token: foreign, appId: 'other' });
      expect(answer.code).toBe(20001);
    }
    expect((await byAdmin('messageSend', toGroup([bob.uid]))).code).toBe(20001);
    expect((await byAdmin('messageSend', toUsers([gid]))).code).toBe(10000);
  });
});

describe('a transaction', () => {
  const send = (person: Person, more: object) => people.as(person, 'messageSend', toUsers([people.bob], more));

  it('is done once, and gives the first answer again', async () => {
    const { alice, bob } = people;
    const answers = await Promise.all([1, 2, 3].map(() => send(alice, { transaction_id: 7 })));
    clock.advance(9 * 60_000);
    answers.push(await send(alice, { transaction_id: 7, content: 'other' }));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(await contentsOf(bob, alice)).toEqual(['hello']);
    clock.advance(60_001);
    expect((await send(alice, { transaction_id: 7 })).msg_ids).not.toEqual(answers[0]?.msg_ids);
    expect(await contentsOf(bob, alice)).toEqual(['hello', 'hello']);
  });

  it('is the sender’s own', async () => {
    const { alice, bob, carol } = people;
    await send(alice, { transaction_id: 7 });
    await send(carol, { transaction_id: 7 });
    await byAdmin('messageSend', toUsers([bob], { transaction_id: 7, content: 'her service' }), forUser(carol));
    expect(await contentsOf(bob, alice)).toHaveLength(1);
    expect(await contentsOf(bob, carol)).toHaveLength(2);
    await byAdmin('messageSend', toUsers([bob], { transaction_id: 8, from_user_id: alice.uid }));
    await byAdmin('messageSend', toUsers([bob], { transaction_id: 8, from_user_id: carol.uid }));
    expect([(await contentsOf(bob, alice)).length, (await contentsOf(bob, carol)).length]).toEqual([2, 3]);
    expect((await send(alice, { transaction_id: 0 })).msg_ids).not.toEqual(
      (await send(alice, { transaction_id: 0 })).msg_ids,
    );
  });

  it('is known again by what it says when the server has started anew', async () => {
    const data = newFolder();
    const first = await startPeople({ data }, { clock });
    const token = await first.server.context.adminTokens.create('flooim');
    const post = (url: string) => {
      const message = toUsers([first.bob], { from_user_id: first.alice.uid, transaction_id: 7 });
      return ask(url, 'messageSend', message, { token });
    };
    const before = await post(first.url);
    await first.close();
    const second = await startServer({ data }, { clock });
    const after = await post(second.url);
    const messages = second.context.reader.all('SELECT mid FROM entry WHERE kind = 1');
    await second.close();
    expect(after.msg_ids).toEqual(before.msg_ids);
    expect(messages).toHaveLength(1);
  });

  it('that failed can be tried again', async () => {
    const { alice, bob } = people;
    await people.ok(bob, 'rosterBlock', { user_id: alice.uid });
    expect((await send(alice, { transaction_id: 7 })).code).toBe(10006);
    await people.ok(bob, 'rosterUnblock', { user_id: alice.uid });
    expect((await send(alice, { transaction_id: 7 })).code).toBe(200);
  });
});

describe('an operation over REST', () => {
  const sendHello = async () => {
    const { msg_ids } = await people.as(people.alice, 'messageSend', toUsers([people.bob]));
    return msg_ids?.[0] as number;
  };

  it('recalls, for both', async () => {
    const { alice, bob } = people;
    const phone = await phoneOf(bob);
    const mid = await sendHello();
    const recall = { conversation_id: bob.uid, msg_id: mid };
    expect(await people.ok(alice, 'messageRecall', recall)).toBe(true);
    const { body } = await phone.pushedOperation(OperationType.RECALL);
    expect(body.operation?.mid).toBe(mid);
    expect((await history(bob, alice)).messages).toEqual([]);
  });

  it('recalls a user’s own within five minutes, an admin’s at any time', async () => {
    const { alice, bob, carol } = people;
    const mid = await sendHello();
    const foreign = await people.as(bob, 'messageRecall', { conversation_id: alice.uid, msg_id: mid });
    expect(foreign.code).toBe(10010);
    expect((await people.as(carol, 'messageRecall', { conversation_id: bob.uid, msg_id: mid })).code).toBe(10002);
    clock.advance(5 * 60_000 + 1);
    const late = await people.as(alice, 'messageRecall', { conversation_id: bob.uid, msg_id: mid });
    expect([late.code, late.message]).toEqual([10010, 'exceed recall time limit']);
    const answer = await byAdmin('messageRecall', { conversation_id: bob.uid, msg_id: mid }, forUser(alice));
    expect(answer.code, answer.text).toBe(200);
    expect((await history(bob, alice)).messages).toEqual([]);
  });

  it('recalls for the app itself too', async () => {
    const mid = await sendHello();
    const answer = await byAdmin('messageRecall', { conversation_id: people.bob.uid, msg_id: mid });
    expect(answer.code, answer.text).toBe(200);
    expect((await history(people.bob, people.alice)).messages).toEqual([]);
  });

  it('takes nothing of a group for a conversation of two', async () => {
    const { alice, bob } = people;
    const { group_id } = await people.ok(alice, 'groupCreate', { name: 'the group', user_list: [bob.uid] });
    const { msg_ids } = await people.as(alice, 'messageSend', toUsers([group_id], { type: 2 }));
    const msg_id = msg_ids?.[0];
    const answer = await byAdmin('messageRecall', { conversation_id: alice.uid, msg_id });
    expect(answer.code, answer.text).toBe(10002);
    expect(await contentsOf(bob, group_id)).toEqual(['hello']);
  });

  it('is one of the content types 9 to 12 of a message', async () => {
    const { alice, bob } = people;
    const mid = await sendHello();
    const operate = (person: Person, target: Person, content_type: number, more: object = {}) =>
      people.ok(person, 'messageSend', toUsers([target], { content_type, related_mid: mid, content: '', ...more }));
    await operate(bob, alice, 9);
    expect((await history(alice, bob)).messages).toMatchObject([{ status: 'READ' }]);
    await operate(alice, bob, 11, { content: ' world' });
    expect(await contentsOf(bob, alice)).toEqual(['hello world']);
    await operate(alice, bob, 12, { content: 'bye' });
    expect(await contentsOf(bob, alice)).toEqual(['bye']);
    await operate(alice, bob, 10);
    expect(await contentsOf(bob, alice)).toEqual([]);
  });

  it('that reads is nothing for the app itself', async () => {
    const ack = toUsers([people.bob], { content_type: 9, related_mid: await sendHello() });
    const answer = await byAdmin('messageSend', ack);
    expect([answer.code, answer.message]).toEqual([10002, expect.stringContaining('from_user_id')]);
    expect((await byAdmin('messageSend', { ...ack, targets: [people.alice.uid] }, forUser(people.bob))).code).toBe(200);
  });

  it('tells of users and groups apart', async () => {
    const mid = await sendHello();
    const wrong = { ...toUsers([people.bob], { content_type: 10, related_mid: mid }), type: 2 };
    expect((await people.as(people.alice, 'messageSend', wrong)).code).toBe(20001);
  });

  it('reads one message or all', async () => {
    const { alice, bob } = people;
    const [first, second] = [await sendHello(), await sendHello()];
    const statuses = async () => (await history(alice, bob)).messages.map(({ status }: { status: string }) => status);
    expect(await people.ok(bob, 'messageAck', { conversation_id: alice.uid, msg_id: first })).toBe(true);
    expect(await statuses()).toEqual(['UNREAD', 'READ']);
    await people.ok(bob, 'messageAck', { conversation_id: alice.uid });
    expect(await statuses()).toEqual(['READ', 'READ']);
    expect(second).toBeGreaterThan(first);
    expect((await people.as(bob, 'messageAck', { conversation_id: 999_999 })).code).not.toBe(200);
  });
});

describe('history over REST', () => {
  it('walks back page by page, newest first', async () => {
    const { alice, bob } = people;
    for (const content of ['1', '2', '3', '4', '5']) await people.ok(alice, 'messageSend', toUsers([bob], { content }));
    const seen: string[] = [];
    let start = 0;
    for (let pages = 0; pages < 9; pages++) {
      const page = await history(bob, alice, { msg_id_start: start, limit: 2 });
      seen.push(...page.messages.map(({ content }: { content: string }) => content));
      start = page.next_msg_id;
      if (page.is_last) break;
    }
    expect(seen).toEqual(['5', '4', '3', '2', '1']);
    expect(await history(bob, alice, { msg_id_start: start, limit: 2 })).toEqual({
      messages: [],
      is_last: true,
      next_msg_id: start,
    });
  });

  it('is one’s own conversations alone', async () => {
    const { alice, bob, carol } = people;
    await people.ok(alice, 'messageSend', toUsers([bob]));
    expect((await history(carol, bob)).messages).toEqual([]);
    const nobody = await people.as(carol, 'messageHistory', { opposite_id: 999_999, msg_id_start: 0, limit: 5 });
    expect(nobody.code).toBe(10002);
    const seen = await byAdmin('messageHistory', { opposite_id: bob.uid, msg_id_start: 0, limit: 5 }, forUser(alice));
    expect(seen.data.messages).toHaveLength(1);
  });

  it('is empty after the conversation was deleted, on all devices of that user', async () => {
    const { alice, bob } = people;
    const phone = await phoneOf(bob);
    await people.ok(alice, 'messageSend', toUsers([bob]));
    await phone.pushedText('hello');
    expect(await people.ok(bob, 'conversationDelete', { conversation_id: alice.uid })).toBe(true);
    const isDeletion = ({ metas }: SyncDL) => metas.some(({ ns }) => ns === Namespace.CONVERSATION);
    await phone.pushedWhere(isDeletion, 'the deletion');
    expect((await history(bob, alice)).messages).toEqual([]);
    expect((await history(alice, bob)).messages).toHaveLength(1);
  });
});

describe('the unread list', () => {
  it('counts what others wrote since the user read', async () => {
    const { alice, bob, carol } = people;
    const unread = async (person: Person) => people.ok(person, 'messageUnread');
    expect(await unread(bob)).toEqual([]);
    for (const content of ['1', '2']) await people.ok(alice, 'messageSend', toUsers([bob], { content }));
    await people.ok(carol, 'messageSend', toUsers([bob]));
    const rows = await unread(bob);
    expect(rows).toHaveLength(2);
    expect(rows).toContainEqual({ conversation_id: { uid: alice.uid }, num: 2 });
    expect(rows).toContainEqual({ conversation_id: { uid: carol.uid }, num: 1 });
    await people.ok(bob, 'messageAck', { conversation_id: alice.uid });
    expect(await unread(bob)).toContainEqual({ conversation_id: { uid: alice.uid }, num: 0 });
    expect(await unread(alice)).toEqual([{ conversation_id: { uid: bob.uid }, num: 0 }]);
  });
});
