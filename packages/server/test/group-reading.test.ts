import {
  ContentType,
  DeliveryStatus,
  MessageType,
  OperationType,
  StatusCode,
  type SyncDL,
  Vsn,
} from '@flooim/protocol';
import { describe, expect, test } from 'vitest';
import { memberRoles } from './support/group-cast.ts';
import { groupMessage, pullAll, rowOf, say, textsOf, useTalk } from './support/group-talk.ts';
import { bodies, type Phone } from './support/phone.ts';
import type { Person } from './support/rest.ts';

const talk = useTalk();
const { READ_ACK, READ_ALL, READ_CANCEL, RECALL, DELETE, PLAY_ACK } = OperationType;

/** The receipts of this group that a device was pushed, as reader and message. */
async function receipts(phone: Phone): Promise<[reader: number, mid: number][]> {
  await phone.settle();
  return receiptsIn(phone.pushed.flatMap(({ metas }) => metas));
}

function receiptsIn(metas: SyncDL['metas']): [reader: number, mid: number][] {
  return metas.flatMap((meta) => {
    const operation = bodies({ metas: [meta] } as SyncDL)[0]?.operation;
    const isOne = operation?.type === READ_ACK && operation.xid?.uid === talk().gid;
    return isOne ? [[meta.from?.uid ?? 0, operation.mid] as [number, number]] : [];
  });
}

const stored = () => talk().people.server.context.reader.get('SELECT count(*) AS n, max(mid) AS mid FROM entry');

describe('reading in a group', () => {
  test('moves the position on all own devices and tells nobody else', async () => {
    const { owner, member, gid, phone } = talk();
    const [speaker, reader, desk] = [await phone(owner), await phone(member), await phone(member, 'desk')];
    const [, second] = await say(speaker, gid, 'a', 'b', 'c');
    const answer = await reader.operate(gid, READ_ACK, second as number);
    expect(answer).toMatchObject({ status: { code: StatusCode.OK }, xid: { uid: 0 } });
    const { sync, body } = await desk.pushedOperation(READ_ALL);
    expect(body.operation).toMatchObject({ mid: second, xid: { uid: gid } });
    expect(sync).toMatchObject({ nextKey: answer.serverMid, prevMid: answer.prevMid, xid: { uid: 0 } });
    expect((await rowOf(desk, gid))?.readMid).toBe(second);
    expect(await receipts(speaker)).toEqual([]);
  });

  test('is a matter of his own for who was removed, as far as he got it', async () => {
    const { owner, member, gid, phone, people } = talk();
    const [speaker, reader, desk] = [await phone(owner), await phone(member), await phone(member, 'desk')];
    await people.ok(owner, 'groupReadAck', { group_id: gid, value: true });
    const [first] = await say(speaker, gid, 'a');
    await people.ok(owner, 'groupKick', { group_id: gid, user_list: [member.uid] });
    await say(speaker, gid, 'b');
    const answer = await reader.operate(gid, READ_ACK, Number.MAX_SAFE_INTEGER);
    expect(answer).toMatchObject({ status: { code: StatusCode.OK }, xid: { uid: 0 } });
    const { body } = await desk.pushedOperation(READ_ALL);
    const kicked = people.server.context.reader.get(
      'SELECT until_mid FROM group_span WHERE gid = ? AND uid = ?',
      gid,
      member.uid,
    );
    expect(body.operation).toMatchObject({ mid: kicked?.['until_mid'], xid: { uid: gid } });
    expect(body.operation?.mid).toBeGreaterThan(first as number);
    expect(await receipts(speaker)).toEqual([]);
  });

  test('never goes back and never passes the end', async () => {
    const { owner, member, gid, phone } = talk();
    const [speaker, reader] = [await phone(owner), await phone(member)];
    const [first, second] = await say(speaker, gid, 'a', 'b');
    await reader.operate(gid, READ_ACK, Number.MAX_SAFE_INTEGER);
    expect((await rowOf(reader, gid))?.readMid).toBe(second);
    await reader.operate(gid, READ_ACK, first as number);
    expect((await rowOf(reader, gid))?.readMid).toBe(second);
  });

  test('leaves one entry in the own system log, and a repeat gets the first answer', async () => {
    const { owner, member, gid, phone } = talk();
    const [speaker, reader] = [await phone(owner), await phone(member)];
    const [first, second] = await say(speaker, gid, 'a', 'b');
    await reader.operate(gid, READ_ACK, first as number);
    const id = reader.nextMid();
    const answer = await reader.operate(gid, READ_ACK, second as number, undefined, id);
    expect(await reader.operate(gid, READ_ACK, second as number, undefined, id)).toMatchObject({
      serverMid: answer.serverMid,
    });
    const pulled = await pullAll(await phone(member, 'new'), 0);
    const reads = bodies({ metas: pulled } as SyncDL).filter(
      ({ operation }) => operation?.type === READ_ALL && operation.xid?.uid === gid,
    );
    expect(reads.map(({ operation }) => operation?.mid)).toEqual([second]);
  });

  test('of nothing new still has an answer that names an entry', async () => {
    const { owner, member, gid, phone } = talk();
    const [speaker, reader] = [await phone(owner), await phone(member)];
    const [mid] = await say(speaker, gid, 'a');
    const first = await reader.operate(gid, READ_ACK, mid as number);
    const again = await reader.operate(gid, READ_ACK, mid as number);
    expect(again).toMatchObject({ status: { code: StatusCode.OK }, serverMid: first.serverMid });
  });
});

describe('receipts, where the group wants them', () => {
  test('tell each sender his newest message that was read, and mark his messages in pulls and history', async () => {
    const { owner, admin, member, gid, phone, ok } = talk();
    await ok(owner, 'groupReadAck', { value: true });
    const [first, second, reader] = [await phone(owner), await phone(admin), await phone(member)];
    const [, own2] = await say(first, gid, 'o1', 'o2');
    const [adm1] = await say(second, gid, 'a1');
    await say(first, gid, 'o3');
    await reader.operate(gid, READ_ACK, adm1 as number);
    expect(await receipts(first)).toEqual([[member.uid, own2]]);
    expect(await receipts(second)).toEqual([[member.uid, adm1]]);
    expect(await receipts(reader)).toEqual([]);
    const statuses = bodies(await first.history(gid)).map(({ status, content }) => [content, status]);
    const { READ, UNREAD } = DeliveryStatus;
    expect(statuses).toEqual([
      ['o3', UNREAD],
      ['a1', UNREAD],
      ['o2', READ],
      ['o1', READ],
    ]);
    const pulled = bodies({ metas: await pullAll(await phone(owner, 'new'), gid) } as SyncDL);
    expect(pulled.filter(({ type }) => type === MessageType.GROUPCHAT).map(({ status }) => status)).toEqual([
      2, 2, 0, 0,
    ]);
  });

  test('of one reader for one sender are one, the last', async () => {
    const { owner, admin, member, gid, phone, ok } = talk();
    await ok(owner, 'groupReadAck', { value: true });
    const [speaker, one, other] = [await phone(owner), await phone(member), await phone(admin)];
    const [first, second] = await say(speaker, gid, 'a', 'b');
    for (const mid of [first, second]) await one.operate(gid, READ_ACK, mid as number);
    await other.operate(gid, READ_ACK, first as number);
    expect(receiptsIn(await pullAll(await phone(owner, 'new'), 0))).toEqual([
      [member.uid, second],
      [admin.uid, first],
    ]);
  });

  test('go to nobody who has left or whom the reader has blocked', async () => {
    const { owner, admin, member, gid, people, phone, ok } = talk();
    await ok(owner, 'groupReadAck', { value: true });
    const [first, second, reader] = [await phone(owner), await phone(admin), await phone(member)];
    await people.ok(member, 'rosterBlock', { user_id: owner.uid });
    await say(first, gid, 'from the blocked one');
    await say(second, gid, 'from the one who leaves');
    await ok(admin, 'groupLeave');
    await reader.operate(gid, READ_ACK, Number.MAX_SAFE_INTEGER);
    expect(await receipts(first)).toEqual([]);
    expect(await receipts(second)).toEqual([]);
    expect(bodies(await first.history(gid)).map(({ status }) => status)).toEqual([0, 0]);
    await people.ok(member, 'rosterUnblock', { user_id: owner.uid });
  });

  test('tell of nothing that the reader could not see', async () => {
    const { owner, admin, outsider, gid, phone, ok } = talk();
    await ok(owner, 'groupReadAck', { value: true });
    const [first, second, reader] = [await phone(owner), await phone(admin), await phone(outsider)];
    const [before] = await say(second, gid, 'before he came');
    await ok(owner, 'groupInvite', { user_list: [outsider.uid] });
    const [since] = await say(first, gid, 'since');
    await reader.operate(gid, READ_ACK, since as number);
    expect(await receipts(first)).toEqual([[outsider.uid, since]]);
    expect(await receipts(second)).toEqual([]);
    await ok(owner, 'groupKick', { user_list: [outsider.uid] });
    await ok(owner, 'groupHistoryVisible', { value: true });
    await ok(owner, 'groupInvite', { user_list: [outsider.uid] });
    const [visible] = await say(second, gid, 'and he sees all there is');
    await reader.operate(gid, READ_ACK, visible as number);
    expect(await receipts(second)).toEqual([[outsider.uid, visible]]);
    expect(before).toBeLessThan(since as number);
  });

  test('never go back', async () => {
    const { owner, member, gid, phone, ok } = talk();
    await ok(owner, 'groupReadAck', { value: true });
    const [speaker, reader, old] = [await phone(owner), await phone(member), await phone(member, 'old', Vsn.V1)];
    const [first, second] = await say(speaker, gid, 'a', 'b');
    await old.operate(owner.uid, READ_ACK, second as number);
    await reader.operate(gid, READ_ACK, first as number);
    expect(await receipts(speaker)).toEqual([[member.uid, second]]);
    expect(receiptsIn(await pullAll(await phone(owner, 'new'), 0))).toEqual([[member.uid, second]]);
  });

  test('look back a thousand entries and no further', async () => {
    const { owner, admin, member, gid, phone, ok } = talk();
    await ok(owner, 'groupReadAck', { value: true });
    const [first, second, reader] = [await phone(owner), await phone(admin), await phone(member)];
    await say(second, gid, 'long ago');
    const recent = await Promise.all(
      Array.from({ length: 1000 }, () => groupMessage(first, gid, { content: 'much later' })),
    );
    await reader.operate(gid, READ_ACK, Number.MAX_SAFE_INTEGER);
    expect(await receipts(first)).toEqual([[member.uid, recent.at(-1)?.serverMid]]);
    expect(await receipts(second)).toEqual([]);
  });

  test('are told of to no device twice for a repeat', async () => {
    const { owner, member, gid, phone, ok } = talk();
    await ok(owner, 'groupReadAck', { value: true });
    const [speaker, reader] = [await phone(owner), await phone(member)];
    const [mid] = await say(speaker, gid, 'a');
    const id = reader.nextMid();
    for (let i = 0; i < 3; i++) await reader.operate(gid, READ_ACK, mid as number, undefined, id);
    expect(await receipts(speaker)).toEqual([[member.uid, mid]]);
  });
});

describe('a version 1 reader', () => {
  test('tells the sender of one message of a group', async () => {
    const { owner, member, gid, phone } = talk();
    const [speaker, old] = [await phone(owner), await phone(member, 'old', Vsn.V1)];
    const [first, second] = await say(speaker, gid, 'a', 'b');
    for (const mid of [second, first]) {
      expect((await old.operate(owner.uid, READ_ACK, mid as number)).status?.code).toBe(StatusCode.OK);
    }
    // The older one says nothing that the newer did not.
    expect(await receipts(speaker)).toEqual([[member.uid, second]]);
    const push = speaker.pushed.find(({ metas }) => receiptsIn(metas).length > 0);
    expect(push?.xid?.uid).toBe(0);
  });

  test.each(['left', 'outsider', 'foreigner'] as const)('who is %s tells nobody', async (role) => {
    const { owner, gid, phone, [role]: person } = talk();
    const [speaker, old] = [await phone(owner), await phone(person, 'old', Vsn.V1)];
    const [mid] = await say(speaker, gid, 'a');
    const before = stored();
    const answer = await old.operate(owner.uid, READ_ACK, mid as number);
    expect(answer.status?.code).toBe(StatusCode.INVALID_PARAMETER);
    expect(stored()).toEqual(before);
  });

  test('who has left tells nobody that he read what was said while he was there', async () => {
    const { owner, member, gid, phone, ok } = talk();
    const [speaker, old] = [await phone(owner), await phone(member, 'old', Vsn.V1)];
    const [mid] = await say(speaker, gid, 'a');
    await ok(member, 'groupLeave');
    const before = stored();
    const answer = await old.operate(owner.uid, READ_ACK, mid as number);
    expect(answer.status?.reason).toBe('the message does not exist');
    expect(stored()).toEqual(before);
    expect(await receipts(speaker)).toEqual([]);
  });

  test('does not tell somebody else than the sender', async () => {
    const { owner, admin, member, gid, phone } = talk();
    const [speaker, old] = [await phone(owner), await phone(member, 'old', Vsn.V1)];
    const [mid] = await say(speaker, gid, 'a');
    expect((await old.operate(admin.uid, READ_ACK, mid as number)).status?.reason).toBe('the message does not exist');
  });

  test('says to his own devices that he has read all, or takes one back', async () => {
    const { owner, member, gid, phone } = talk();
    const [speaker, old, desk] = [await phone(owner), await phone(member, 'old', Vsn.V1), await phone(member, 'desk')];
    const [first, second] = await say(speaker, gid, 'a', 'b');
    await old.operate(member.uid, READ_ALL, second as number, gid);
    expect((await desk.pushedOperation(READ_ALL)).body.operation).toMatchObject({ mid: second, xid: { uid: gid } });
    expect((await rowOf(desk, gid))?.readMid).toBe(second);
    await old.operate(member.uid, READ_CANCEL, first as number, gid);
    expect((await desk.pushedOperation(READ_CANCEL)).body.operation).toMatchObject({ mid: first, xid: { uid: gid } });
  });
});

describe('what concerns one’s own view', () => {
  test.each([READ_CANCEL, DELETE])('operation %i is for messages that one may read', async (type) => {
    const { owner, outsider, gid, phone, ok } = talk();
    const [speaker, newcomer] = [await phone(owner), await phone(outsider)];
    const [before] = await say(speaker, gid, 'before');
    await ok(owner, 'groupInvite', { user_list: [outsider.uid] });
    const [since] = await say(speaker, gid, 'since');
    const answer = async (mid = 0) => (await newcomer.operate(outsider.uid, type, mid, gid)).status;
    expect((await answer(before))?.reason).toBe('the message does not exist');
    expect((await answer(since))?.code).toBe(StatusCode.OK);
    await ok(owner, 'groupHistoryVisible', { value: true });
    expect((await answer(before))?.code).toBe(StatusCode.OK);
    await ok(outsider, 'groupLeave');
    const [after] = await say(speaker, gid, 'after');
    expect((await answer(since))?.code).toBe(StatusCode.OK);
    expect((await answer(after))?.reason).toBe('the message does not exist');
  });

  test('who has left reads to where he was at most', async () => {
    const { owner, member, gid, phone, ok } = talk();
    const [speaker, device] = [await phone(owner), await phone(member)];
    await say(speaker, gid, 'his last');
    await ok(member, 'groupLeave');
    const left = (await pullAll(device, gid)).at(-1)?.id ?? 0;
    await say(speaker, gid, 'without him');
    const answer = await device.operate(member.uid, READ_ALL, Number.MAX_SAFE_INTEGER, gid);
    expect(answer.status?.code).toBe(StatusCode.OK);
    const desk = await phone(member, 'desk');
    const reads = bodies({ metas: await pullAll(desk, 0) } as SyncDL).filter(
      ({ operation }) => operation?.xid?.uid === gid,
    );
    expect(reads.at(-1)?.operation?.mid).toBe(left);
  });

  test('own messages are never unread', async () => {
    const { member, gid, phone } = talk();
    const device = await phone(member);
    const [mid] = await say(device, gid, 'mine');
    const answer = await device.operate(member.uid, READ_CANCEL, mid as number, gid);
    expect(answer.status?.reason).toBe('own messages are never unread');
  });
});

describe('recalling', () => {
  test.each(['owner', 'admin', 'member'] as const)('%s takes back a message of the member', async (role) => {
    const { member, silent, gid, phone, [role]: person } = talk();
    const [author, by, quiet] = [await phone(member), await phone(person, 'other'), await phone(silent)];
    const [mid] = await say(author, gid, 'oops');
    const answer = await by.operate(gid, RECALL, mid as number, 12345);
    expect(answer).toMatchObject({ status: { code: StatusCode.OK }, xid: { uid: gid } });
    for (const phone of [author, quiet]) {
      const { sync, body } = await phone.pushedOperation(RECALL);
      expect(sync.metas[0]).toMatchObject({ from: { uid: person.uid }, to: { uid: gid } });
      // Whatever the client called the conversation.
      expect(body.operation).toMatchObject({ mid, xid: { uid: gid } });
    }
    expect((await author.history(gid)).metas).toEqual([]);
    expect(textsOf(await pullAll(await phone(member, 'new'), gid))).toEqual([]);
  });

  test('is not for other members, nor for who is not in it', async () => {
    const { owner, silent, banned, left, outsider, foreigner, gid, phone } = talk();
    const [mid] = await say(await phone(owner), gid, 'mine');
    const before = stored();
    const refused = async (person: Person) =>
      (await (await phone(person)).operate(gid, RECALL, mid as number, gid)).status;
    for (const person of [silent, banned]) {
      expect((await refused(person))?.reason).toBe('only the sender can recall a message');
    }
    for (const person of [left, outsider]) {
      expect((await refused(person))?.reason).toBe('only members of the group may do this');
    }
    expect((await refused(foreigner))?.reason).toBe('the conversation does not exist');
    expect(stored()).toEqual(before);
  });

  test('who was removed does not take back his own any more; a banned one does', async () => {
    const { owner, member, admin, gid, phone, ok } = talk();
    const [device, other] = [await phone(member), await phone(admin)];
    const [mine] = await say(device, gid, 'mine');
    const [theirs] = await say(other, gid, 'theirs');
    await ok(owner, 'groupKick', { user_list: [member.uid] });
    expect((await device.operate(gid, RECALL, mine as number, gid)).status?.code).toBe(StatusCode.FAIL);
    await ok(owner, 'groupBan', { user_list: [admin.uid], duration: 10 });
    expect((await other.operate(gid, RECALL, theirs as number, gid)).status?.code).toBe(StatusCode.OK);
  });
});

describe('every operation on the group', () => {
  // Who was in it once still reads: a matter of his own.
  const refused = [
    ['left', RECALL],
    ['outsider', READ_ACK],
    ['outsider', RECALL],
    ['foreigner', READ_ACK],
    ['foreigner', RECALL],
  ] as const;
  test.each(refused)('by %s, operation %i, is refused and writes nothing', async (role, type) => {
    const { owner, gid, phone, [role]: person } = talk();
    const [mid] = await say(await phone(owner), gid, 'here');
    const device = await phone(person);
    const before = stored();
    const answer = await device.operate(gid, type, mid as number, gid);
    expect([StatusCode.FAIL, StatusCode.INVALID_PARAMETER]).toContain(answer.status?.code);
    expect(answer.serverMid).toBe(0);
    expect(stored()).toEqual(before);
  });

  test.each(memberRoles)('reading is for every member: %s', async (role) => {
    const { owner, gid, phone, [role]: person } = talk();
    const [mid] = await say(await phone(owner, 'speaker'), gid, 'here');
    expect((await (await phone(person)).operate(gid, READ_ACK, mid as number)).status?.code).toBe(StatusCode.OK);
  });

  test.each([
    ['a mid of 0', READ_ACK, 0, 'operation.mid'],
    ['a mid that nobody has', RECALL, 999_999_999, 'the message does not exist'],
    ['a type for two', PLAY_ACK, 1, 'operation.type'],
    ['no such type', 99, 1, 'operation.type'],
  ])('with %s is refused', async (_, type, mid, reason) => {
    const { member, gid, phone } = talk();
    const answer = await (await phone(member)).operate(gid, type as OperationType, mid, gid);
    expect(answer.status).toMatchObject({ code: StatusCode.INVALID_PARAMETER });
    expect(answer.status?.reason).toContain(reason);
  });

  test('a notice of the group cannot be recalled, deleted or marked', async () => {
    const { member, gid, phone } = talk();
    const device = await phone(member);
    const notice = (await pullAll(device, gid))[0]?.id ?? 0;
    for (const [to, type] of [
      [gid, RECALL],
      [member.uid, DELETE],
      [member.uid, READ_CANCEL],
    ] as const) {
      expect((await device.operate(to, type, notice, gid)).status?.reason).toBe('the message does not exist');
    }
  });
});

test('what a person would call unread: messages of others since he read, and what he has marked', async () => {
  const { owner, member, silent, gid, people, phone, ok } = talk();
  const [speaker, reader] = [await phone(owner), await phone(member)];
  const count = async (person = member) => {
    const counts = await people.ok(person, 'messageUnread');
    return counts.find(({ conversation_id }: { conversation_id: { uid: number } }) => conversation_id.uid === gid)?.num;
  };
  const [first, second, , recalled, deleted] = await say(speaker, gid, 'a', 'b', 'c', 'd', 'e');
  await groupMessage(speaker, gid, { ctype: ContentType.COMMAND, content: 'for a program' });
  await groupMessage(speaker, gid, { content: 'f (\x06 is no command', ext: '(\x06' });
  await say(reader, gid, 'my own');
  expect(await count()).toBe(6);
  await speaker.operate(gid, RECALL, recalled as number, gid);
  await reader.operate(member.uid, DELETE, deleted as number, gid);
  expect(await count()).toBe(4);
  await reader.operate(gid, READ_ACK, second as number);
  expect(await count()).toBe(2);
  await reader.operate(member.uid, READ_CANCEL, first as number, gid);
  expect(await count()).toBe(3);
  expect(await count(silent)).toBe(0);
  expect(await count(owner)).toBe(1);
  await ok(member, 'groupLeave');
  expect(await count()).toBeUndefined();
});

test('acknowledging messages of a group tells nobody that they were delivered', async () => {
  const { owner, member, gid, phone } = talk();
  const [speaker, device] = [await phone(owner), await phone(member)];
  const [mid] = await say(speaker, gid, 'a');
  const before = stored();
  device.acknowledge(gid, mid as number);
  await expect.poll(async () => (await rowOf(device, gid))?.n).toBe(0);
  expect(stored()).toEqual(before);
  expect(await rowOf(speaker, gid)).toMatchObject({ type: 2, peerReadMid: 0, peerDeliveredMid: 0 });
});
