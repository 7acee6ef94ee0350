import {
  ContentType,
  decodeMessageBody,
  encodeMessageBody,
  type Init,
  limits,
  type MessageBody,
  MessageType,
  OperationType,
  StatusCode,
  type SyncDL,
  Vsn,
} from '@flooim/protocol';
import { describe, expect, test } from 'vitest';
import { groupMessage, groupText, pullAll, say, useTalk } from './support/group-talk.ts';
import { bodies, type Phone } from './support/phone.ts';
import { standingClock } from './support/rest.ts';

const clock = standingClock();
const talk = useTalk({}, { clock });
const { APPEND, REPLACE, RECALL } = OperationType;
type EditType = typeof APPEND | typeof REPLACE;

function edit(phone: Phone, to: number, type: EditType, mid: number, what: Init<MessageBody>, id?: number) {
  const operation = { type, mid, xid: { uid: to } };
  const payload = encodeMessageBody({ type: MessageType.OPER, ctype: ContentType.COMMAND, operation, ...what });
  return phone.send({ id, to: { uid: to }, payload });
}

/** The newest message as a page of history shows it. */
const newest = async (phone: Phone, peer: number) => bodies(await phone.history(peer, 0, 1))[0] as MessageBody;

/** The edits among what a device was pushed. */
const editsOf = (phone: Phone) =>
  phone.pushed.flatMap(bodies).filter(({ operation }) => operation?.type === APPEND || operation?.type === REPLACE);

/** What is stored, without the receipts of delivery: a device sends those by itself, at any time after a push. */
function stored() {
  const entries = talk().people.server.context.reader.all('SELECT mid, payload FROM entry');
  return entries.filter(({ payload }) => {
    return decodeMessageBody(payload as Uint8Array).operation?.type !== OperationType.DELIVER_ACK;
  });
}

describe.each(['a group', 'a pair'] as const)('in %s', (where) => {
  /** An author, a reader, and the conversation as each of them knows it. */
  async function two() {
    const { owner, member, gid, phone } = talk();
    const [author, reader] = [await phone(member), await phone(owner)];
    const isGroup = where === 'a group';
    const [to, from] = isGroup ? [gid, gid] : [owner.uid, member.uid];
    const send = (body: Init<MessageBody>) => (isGroup ? groupMessage(author, to, body) : author.message(to, body));
    return { author, reader, to, from, send };
  }

  test('APPEND adds to the message, tells all, and its answer says when', async () => {
    const { author, reader, to, from, send } = await two();
    const { serverMid: mid } = await send({ content: 'Once' });
    const answer = await edit(author, to, APPEND, mid, { content: ' upon' });
    expect(answer).toMatchObject({ status: { code: StatusCode.OK }, xid: { uid: to } });
    expect(answer.editTimestamp).toBeGreaterThanOrEqual(clock());
    const { sync, body } = await reader.pushedOperation(APPEND);
    expect(sync).toMatchObject({ nextKey: answer.serverMid, prevMid: answer.prevMid, xid: { uid: from } });
    expect(body).toMatchObject({ content: ' upon', editTimestamp: answer.editTimestamp, operation: { mid } });
    expect(await newest(reader, from)).toMatchObject({ content: 'Once upon', editTimestamp: answer.editTimestamp });
  });

  test('each edit is newer than the one before, also within one millisecond', async () => {
    const { author, to, send } = await two();
    const { serverMid: mid } = await send({ content: '' });
    const answers = await Promise.all(
      Array.from({ length: 5 }, (_, i) => edit(author, to, APPEND, mid, { content: `${i}` })),
    );
    const times = answers.map(({ editTimestamp }) => editTimestamp);
    expect(times).toEqual(times.map((_, i) => (times[0] as number) + i));
    expect((await newest(author, to)).content).toBe('01234');
  });

  test('REPLACE puts another content, config and ext in place; nothing given is nothing changed', async () => {
    const { author, reader, to, from, send } = await two();
    const { serverMid: mid } = await send({
      content: 'draft',
      config: '{"a":{"b":1}}',
      ext: 'plain',
      attachment: '{}',
    });
    await edit(author, to, REPLACE, mid, { content: 'final', config: '{"a":{"c":2}}', ext: 'other' });
    const changed = { content: 'final', config: '{"a":{"b":1,"c":2}}', ext: 'other', attachment: '{}' };
    expect(await newest(reader, from)).toMatchObject(changed);
    await edit(author, to, REPLACE, mid, { config: 'null', ext: 'null' });
    expect(await newest(reader, from)).toMatchObject(changed);
  });

  test('a device that was away and one that was there come to the same text', async () => {
    const { author, reader, to, from, send } = await two();
    const { owner, phone } = talk();
    const { serverMid: mid } = await send({ content: '0' });
    for (let i = 1; i < 20; i++) await edit(author, to, i % 5 ? APPEND : REPLACE, mid, { content: `${i} ` });
    await reader.settle();
    // Online: the message as it came, and each edit after it that is newer than the last.
    const [original] = reader.pushed.filter(({ nextKey }) => nextKey === mid).flatMap(bodies);
    const followed = editsOf(reader).reduce(
      (held, { operation, content, editTimestamp }) => {
        if (editTimestamp <= held.editTimestamp) return held;
        return { content: operation?.type === APPEND ? held.content + content : content, editTimestamp };
      },
      { content: original?.content ?? '', editTimestamp: 0 },
    );
    // Away: the message in its present state; the edits that follow are not newer.
    const metas = (await pullAll(await phone(owner, 'new'), from)).filter(({ id }) => id >= mid);
    const [message, ...pulled] = bodies({ metas } as SyncDL) as [MessageBody];
    expect(followed).toEqual({ content: message.content, editTimestamp: message.editTimestamp });
    expect(message.content).toBe('15 16 17 18 19 ');
    const later = pulled.map(({ editTimestamp }) => editTimestamp);
    expect(Math.max(...later)).toBe(message.editTimestamp);
  });

  test('an edit is made once for its client mid; the repeat gets the first answer with its time', async () => {
    const { author, reader, to, from, send } = await two();
    const { serverMid: mid } = await send({ content: 'a' });
    const id = author.nextMid();
    const first = await edit(author, to, APPEND, mid, { content: 'b' }, id);
    clock.advance(60_000);
    const again = await edit(author, to, APPEND, mid, { content: 'b' }, id);
    const { serverMid, serverTime, editTimestamp } = first;
    expect(again).toMatchObject({ serverMid, serverTime, editTimestamp });
    expect(again.editTimestamp).toBeGreaterThan(0);
    const other = await edit(author, to, APPEND, mid, { content: 'c' }, id);
    expect(other.status?.code).toBe(StatusCode.INVALID_PARAMETER);
    expect((await newest(reader, from)).content).toBe('ab');
    await reader.settle();
    expect(editsOf(reader)).toHaveLength(1);
  });

  test('a repeat of a version 1 device is known by its content too', async () => {
    const { member, phone } = talk();
    const { author, to, send } = await two();
    const { serverMid: mid } = await send({ content: 'a' });
    const old = await phone(member, 'old', Vsn.V1);
    const id = old.nextMid();
    const first = await edit(old, to, APPEND, mid, { content: 'b', config: 'null' }, id);
    const again = await edit(old, to, APPEND, mid, { content: 'b', config: 'null' }, id);
    expect(again).toMatchObject({ serverMid: first.serverMid, editTimestamp: first.editTimestamp });
    await edit(old, to, APPEND, mid, { content: 'c', config: 'null' }, id);
    expect((await newest(author, to)).content).toBe('abc');
  });

  test('what a recalled message said in its edits goes too: from the disk, and for devices that come later', async () => {
    const { author, to, from, send } = await two();
    const { owner, phone, people } = talk();
    const { serverMid: mid } = await send({ content: 'a' });
    const { serverMid: kept } = await send({ content: 'b' });
    const id = author.nextMid();
    const first = await edit(author, to, REPLACE, mid, { content: 'a secret' }, id);
    await edit(author, to, APPEND, mid, { ext: '{"a secret":1}' });
    await edit(author, to, APPEND, kept, { content: ' stays' });
    await author.operate(to, RECALL, mid, to);
    const pulled = await pullAll(await phone(owner, 'new'), from);
    expect(pulled.filter(({ payload }) => Buffer.from(payload).includes('a secret'))).toEqual([]);
    const edits = bodies({ metas: pulled } as SyncDL).filter(({ operation }) => operation?.type === APPEND);
    expect(edits.at(-1)).toMatchObject({ content: ' stays', operation: { mid: kept } });
    const onDisk = people.server.context.reader.all("SELECT mid FROM entry WHERE instr(payload, 'a secret') > 0");
    expect(onDisk).toEqual([]);
    const again = await edit(author, to, REPLACE, mid, { content: 'a secret' }, id);
    expect(again).toMatchObject({ status: { code: StatusCode.OK }, serverMid: first.serverMid });
  });

  test('only the sender edits, only a message, and only one that is still there', async () => {
    const { author, reader, to, from, send } = await two();
    const { serverMid: mid } = await send({ content: 'mine' });
    const before = stored();
    const foreign = await edit(reader, from, REPLACE, mid, { content: 'not yours' });
    expect(foreign.status).toEqual({ code: StatusCode.FAIL, reason: 'only the sender can change a message' });
    const missing = await edit(author, to, APPEND, 999_999_999, { content: 'x' });
    expect(missing.status?.reason).toBe('the message does not exist');
    expect(stored()).toEqual(before);
    const recalled = await author.operate(to, RECALL, mid, to);
    for (const gone of [mid, recalled.serverMid]) {
      expect((await edit(author, to, APPEND, gone, { content: 'x' })).status?.reason).toBe(
        'the message does not exist',
      );
    }
  });

  test.each([
    ['content', { content: 'x'.repeat(limits.contentBytes + 1) }],
    ['config', { config: `{"a":"${'x'.repeat(limits.configBytes)}"}` }],
    ['config is not JSON', { config: '{oh' }],
    ['ext', { ext: 'x'.repeat(limits.extBytes + 1) }],
  ])('what is too large or broken is refused by name: %s', async (field, what) => {
    const { author, to, send } = await two();
    const { serverMid: mid } = await send({ content: 'small' });
    const answer = await edit(author, to, APPEND, mid, what);
    expect(answer.status?.code).toBe(StatusCode.INVALID_PARAMETER);
    expect(answer.status?.reason).toContain(field);
    expect((await newest(author, to)).content).toBe('small');
  });

  test.each([
    ['content', { content: 'x'.repeat(12_000) }, { content: 'y'.repeat(12_000) }],
    ['config', { config: `{"a":"${'x'.repeat(3000)}"}` }, { config: `{"b":"${'x'.repeat(3000)}"}` }],
    ['ext', { ext: `{"a":"${'x'.repeat(12_000)}"}` }, { ext: `{"b":"${'x'.repeat(12_000)}"}` }],
  ])('what becomes too large is refused by name, and changes nothing: %s', async (field, whole, added) => {
    const { author, to, send } = await two();
    const { serverMid: mid } = await send(whole);
    const before = stored();
    const answer = await edit(author, to, APPEND, mid, added);
    expect(answer.status?.reason).toMatch(new RegExp(`^invalid request parameter: ${field} is longer than`));
    expect(stored()).toEqual(before);
  });

  test('what a client claims about the time of an edit is not taken', async () => {
    const { author, to, send } = await two();
    const { serverMid: mid } = await send({ content: 'a' });
    const answer = await edit(author, to, APPEND, mid, { content: 'b', editTimestamp: Number.MAX_SAFE_INTEGER });
    expect(answer.editTimestamp).toBeLessThan(clock() + 1000);
    expect((await newest(author, to)).editTimestamp).toBe(answer.editTimestamp);
  });
});

test('edits follow the rights to send: blocked, banned, removed', async () => {
  const { owner, member, gid, people, phone, ok } = talk();
  const device = await phone(member);
  const [inGroup] = await say(device, gid, 'in the group');
  const { serverMid: inPair } = await device.text(owner.uid, 'between us');
  const refused = async (to: number, mid = 0) => (await edit(device, to, APPEND, mid, { content: '!' })).status;
  await people.ok(owner, 'rosterBlock', { user_id: member.uid });
  expect((await refused(owner.uid, inPair))?.reason).toBe('you have been blocked by the recipient');
  await people.ok(owner, 'rosterUnblock', { user_id: member.uid });
  await people.ok(member, 'rosterBlock', { user_id: owner.uid });
  expect((await refused(owner.uid, inPair))?.code).toBe(StatusCode.FAIL);
  await people.ok(member, 'rosterUnblock', { user_id: owner.uid });
  await ok(owner, 'groupBan', { user_list: [member.uid], duration: 5 });
  expect((await refused(gid, inGroup))?.code).toBe(StatusCode.USER_BANNED);
  clock.advance(5 * 60_000 + 1);
  expect((await refused(gid, inGroup))?.code).toBe(StatusCode.OK);
  await ok(owner, 'groupKick', { user_list: [member.uid] });
  expect((await refused(gid, inGroup))?.reason).toBe('only members of the group may do this');
});

test('a repeat of an edit by who was removed meanwhile gets the first answer', async () => {
  const { owner, member, gid, phone, ok } = talk();
  const device = await phone(member);
  const [mid] = await say(device, gid, 'a');
  const id = device.nextMid();
  const first = await edit(device, gid, APPEND, mid as number, { content: 'b' }, id);
  await ok(owner, 'groupKick', { user_list: [member.uid] });
  const again = await edit(device, gid, APPEND, mid as number, { content: 'b' }, id);
  expect(again).toMatchObject({ serverMid: first.serverMid, editTimestamp: first.editTimestamp });
});

test.each(['left', 'outsider', 'foreigner'] as const)('%s edits nothing in the group', async (role) => {
  const { owner, gid, phone, [role]: person } = talk();
  const { serverMid: mid } = await groupText(await phone(owner), gid, 'hands off');
  const before = stored();
  const answer = await edit(await phone(person), gid, REPLACE, mid, { content: 'mine now' });
  expect([StatusCode.FAIL, StatusCode.INVALID_PARAMETER]).toContain(answer.status?.code);
  expect(stored()).toEqual(before);
});
