import {
  ContentType,
  encodeMessageBody,
  type Init,
  type MessageBody,
  MessageType,
  Namespace,
  QoS,
  StatusCode,
  Vsn,
} from '@flooim/protocol';
import { describe, expect, test } from 'vitest';
import { EntryKind } from '../src/store/entry.ts';
import { memberRoles } from './support/group-cast.ts';
import { groupMessage, groupText, pullAll, say, textsOf, useTalk } from './support/group-talk.ts';
import { bodies, type Phone, texts } from './support/phone.ts';
import { changeDatabase, type Person } from './support/rest.ts';

const talk = useTalk();

/** Everything that is stored of the group. */
const entries = () =>
  talk().people.server.context.reader.all('SELECT * FROM entry WHERE log_id = ?', talk().gid).length;

describe('a message to a group', () => {
  test('reaches every device of every member but the one it came from, under the id of the group', async () => {
    const { owner, admin, member, banned, gid, phone } = talk();
    const sender = await phone(member);
    const others = [await phone(member, 'desk'), await phone(owner), await phone(admin), await phone(banned)];
    const answer = await groupText(sender, gid, 'hello all');
    expect(answer.status?.code).toBe(StatusCode.OK);
    expect(answer.xid?.uid).toBe(gid);
    for (const other of others) {
      const push = await other.pushedText('hello all');
      expect(push).toMatchObject({ xid: { uid: gid }, nextKey: answer.serverMid, prevMid: answer.prevMid });
      expect(push.metas[0]).toMatchObject({
        id: answer.serverMid,
        from: { uid: member.uid, deviceSN: sender.raw.deviceSN },
        to: { uid: gid },
        timestamp: answer.serverTime,
      });
      expect(bodies(push)[0]).toMatchObject({ type: MessageType.GROUPCHAT, content: 'hello all' });
    }
    await sender.settle();
    expect(sender.pushed.flatMap(texts)).toEqual([]);
  });

  test('reaches nobody who is not in it, or wants none of its messages', async () => {
    const { member, silent, left, outsider, foreigner, gid, phone } = talk();
    const deaf = [await phone(silent), await phone(left), await phone(outsider), await phone(foreigner)];
    await say(await phone(member), gid, 'between us');
    for (const other of deaf) {
      await other.settle();
      expect(other.pushed.flatMap(texts)).toEqual([]);
    }
  });

  test('reaches a device that came since the last one, and not the session that went', async () => {
    const { owner, admin, member, gid, phone } = talk();
    const [sender, listener] = [await phone(member), await phone(owner)];
    await say(sender, gid, 'early');
    await listener.pushedText('early');
    const late = await phone(admin);
    await say(sender, gid, 'late');
    await late.pushedText('late');
    late.raw.terminate();
    const again = await phone(admin);
    await say(sender, gid, 'again');
    await again.pushedText('again');
    expect(late.pushed.flatMap(texts)).not.toContain('again');
  });

  test('from before somebody came does not reach him, though he came before it was delivered', async () => {
    const { owner, member, gid, people, phone } = talk();
    const [early, late] = [await phone(member), await phone(owner)];
    const { groupDelivery, reader } = people.server.context;
    const joined = (uid: number) =>
      Number(reader.get('SELECT joined_mid AS mid FROM group_member WHERE gid = ? AND uid = ?', gid, uid)?.['mid']);
    const [first, second] = [joined(member.uid), joined(owner.uid)].sort((a, b) => a - b) as [number, number];
    const [since, before] = joined(member.uid) === first ? [early, late] : [late, early];
    expect(first).toBeLessThan(second);
    const payload = encodeMessageBody({ type: MessageType.GROUPCHAT, content: 'between' });
    const by = { fromUid: 1, fromDevice: 1, clientMid: null, toUid: gid, logId: gid, kind: EntryKind.message };
    groupDelivery.deliver({ ...by, ns: Namespace.MESSAGE, time: 1, payload }, { mid: first, prevMid: 0 });
    await since.pushedText('between');
    await before.settle();
    expect(before.pushed.flatMap(texts)).not.toContain('between');
  });

  test('arrives as it was said, with its mentions, whatever its type', async () => {
    const { owner, member, gid, phone } = talk();
    const [sender, other] = [await phone(member), await phone(owner)];
    for (const ctype of Object.values(ContentType).filter((value) => value <= ContentType.RTC)) {
      const body: Init<MessageBody> = {
        ctype,
        content: `type ${ctype} 你好 👋`,
        attachment: '{"url":"https://example.org/a"}',
        ext: 'anything',
        config: `{"mentionAll":true,"mentionList":[${owner.uid}]}`,
        priority: 3,
      };
      await groupMessage(sender, gid, body);
      expect(bodies(await other.pushedText(`type ${ctype} 你好 👋`))[0]).toMatchObject(body);
    }
  });

  test('has only what a sender may say, and a priority of ten at most', async () => {
    const { owner, member, gid, phone } = talk();
    const [sender, other] = [await phone(member), await phone(owner)];
    const said = { content: 'trust me', isSystem: true, status: 2, editTimestamp: 9, priority: 4_000_000_000 } as const;
    await groupMessage(sender, gid, said);
    expect(bodies(await other.pushedText('trust me'))[0]).toMatchObject({
      isSystem: false,
      status: 0,
      editTimestamp: 0,
      priority: 10,
    });
  });

  test('stands in the same order on every device, pushed, pulled and in history', async () => {
    const { owner, admin, member, gid, phone } = talk();
    const speakers = [await phone(owner), await phone(admin), await phone(member)];
    const away = await phone(member, 'away');
    away.raw.close();
    await away.raw.closed();
    const sends = Array.from({ length: 60 }, (_, i) => groupText(speakers[i % 3] as Phone, gid, `${i}`));
    const mids = (await Promise.all(sends)).map(({ serverMid }) => serverMid);
    const listener = await phone(member, 'away');
    const pulled = await pullAll(listener, gid, 7);
    const history = await listener.history(gid, 0, 100);
    const order = mids.toSorted((a, b) => a - b);
    expect(pulled.filter(({ ns }) => ns === Namespace.MESSAGE).map(({ id }) => id)).toEqual(order);
    expect(history.metas.map(({ id }) => id)).toEqual(order.toReversed());
    for (const speaker of speakers) {
      await speaker.settle();
      const pushed = speaker.pushed.filter(({ xid }) => xid?.uid === gid).map(({ nextKey }) => nextKey);
      expect(pushed).toEqual(pushed.toSorted((a, b) => a - b));
      expect(pushed).toHaveLength(40);
    }
  });

  test('repeated gets the first answer; other content under the same client mid is refused', async () => {
    const { member, gid, phone } = talk();
    const sender = await phone(member);
    const id = sender.nextMid();
    const first = await groupText(sender, gid, 'once', id);
    expect(await groupText(sender, gid, 'once', id)).toMatchObject({
      serverMid: first.serverMid,
      serverTime: first.serverTime,
    });
    const other = await groupText(sender, gid, 'twice', id);
    expect(other.status).toMatchObject({ code: StatusCode.INVALID_PARAMETER });
    expect((await sender.history(gid)).metas.map(({ id: mid }) => mid)).toEqual([first.serverMid]);
  });

  test('repeated by who was removed meanwhile still gets the first answer', async () => {
    const { owner, member, gid, phone, ok } = talk();
    const sender = await phone(member);
    const id = sender.nextMid();
    const first = await groupText(sender, gid, 'my last words', id);
    await ok(owner, 'groupKick', { user_list: [member.uid] });
    expect(await groupText(sender, gid, 'my last words', id)).toMatchObject({
      status: { code: StatusCode.OK },
      serverMid: first.serverMid,
    });
    expect((await groupText(sender, gid, 'and more', id)).status?.code).toBe(StatusCode.FAIL);
  });

  test('of a version 1 device that uses a client mid again for another text is another message', async () => {
    const { member, gid, phone } = talk();
    const old = await phone(member, 'old', Vsn.V1);
    const id = old.nextMid();
    const first = await groupText(old, gid, 'one', id);
    const second = await groupText(old, gid, 'two', id);
    expect(second.serverMid).toBeGreaterThan(first.serverMid);
    expect((await groupText(old, gid, 'two', id)).serverMid).toBe(second.serverMid);
  });

  test('reaches a version 1 device by notice and pull, and by push once it has all before', async () => {
    const { owner, member, gid, phone } = talk();
    const [sender, old] = [await phone(owner), await phone(member, 'old', Vsn.V1)];
    await say(sender, gid, 'first');
    expect(textsOf(await pullAll(old, gid))).toEqual(['first']);
    const [second] = await say(sender, gid, 'second');
    expect(await old.pushedText('second')).toMatchObject({ nextKey: second, prevMid: 0, isEagerSync: false });
  });

  test('that only tells of typing goes nowhere and gets no answer', async () => {
    const { owner, member, gid, phone } = talk();
    const [sender, other] = [await phone(member), await phone(owner)];
    const before = entries();
    const typing = { qos: QoS.AT_MOST_ONCE, ext: '{"input_status":"typing"}', content: '' };
    void groupMessage(sender, gid, typing);
    await sender.settle();
    await other.settle();
    expect(other.pushed.flatMap(bodies).filter(({ ext }) => ext.includes('typing'))).toEqual([]);
    expect(entries()).toBe(before);
  });

  test.each([
    ['a chat message to a group', MessageType.CHAT, 'group', 'the user does not exist'],
    ['a group message to a user', MessageType.GROUPCHAT, 'user', 'the group does not exist'],
    ['a group message to nobody', MessageType.GROUPCHAT, 'nobody', 'to is not another user'],
    ['a group message to an id that is too large', MessageType.GROUPCHAT, 'huge', 'the group does not exist'],
  ] as const)('%s is refused', async (_, type, target, reason) => {
    const { owner, member, gid, phone } = talk();
    const to = { group: gid, user: owner.uid, nobody: 0, huge: Number.MAX_SAFE_INTEGER }[target];
    const answer = await (await phone(member)).message(to, { type, content: 'x' });
    expect(answer.status).toMatchObject({ code: StatusCode.INVALID_PARAMETER });
    expect(answer.status?.reason).toContain(reason);
  });
});

describe('who may send to a group', () => {
  const speakers = new Set<string>(['owner', 'admin', 'member', 'silent']);

  test.each(memberRoles.filter((role) => speakers.has(role)))('%s does', async (role) => {
    const { gid, phone, [role]: person } = talk();
    expect((await groupText(await phone(person), gid, 'me')).status?.code).toBe(StatusCode.OK);
  });

  test.each([
    ['banned', StatusCode.USER_BANNED, 'you are banned from sending to this group: you alone'],
    ['left', StatusCode.FAIL, 'only members of the group may do this'],
    ['outsider', StatusCode.FAIL, 'only members of the group may do this'],
    ['foreigner', StatusCode.INVALID_PARAMETER, 'the group does not exist'],
  ] as const)('%s does not', async (role, code, reason) => {
    const { gid, phone, [role]: person } = talk();
    const before = entries();
    const answer = await groupText(await phone(person), gid, 'let me speak');
    expect(answer.status).toEqual({ code, reason });
    expect(answer.serverMid).toBe(0);
    expect(entries()).toBe(before);
  });

  test('while all are banned only owner and admins do', async () => {
    const { owner, admin, member, gid, phone, ok } = talk();
    const [first, second, third] = [await phone(owner), await phone(admin), await phone(member)];
    await ok(owner, 'groupBanAll', { duration: -1 });
    expect((await groupText(first, gid, 'o')).status?.code).toBe(StatusCode.OK);
    expect((await groupText(second, gid, 'a')).status?.code).toBe(StatusCode.OK);
    expect((await groupText(third, gid, 'm')).status).toEqual({
      code: StatusCode.USER_BANNED,
      reason: 'you are banned from sending to this group: all members',
    });
    await ok(owner, 'groupUnbanAll');
    expect((await groupText(third, gid, 'm')).status?.code).toBe(StatusCode.OK);
  });

  test('nobody once it is dissolved', async () => {
    const { owner, gid, phone, ok } = talk();
    const device = await phone(owner);
    await ok(owner, 'groupDestroy');
    expect((await groupText(device, gid, 'anyone?')).status?.reason).toBe('the group does not exist');
  });

  /** What happens in the batch of the message, right before it. */
  const meanwhile: [what: string, sql: string, code: number][] = [
    ['removed', 'DELETE FROM group_member WHERE gid = $gid AND uid = $uid', StatusCode.FAIL],
    ['banned', 'UPDATE group_member SET ban_until = -1 WHERE gid = $gid AND uid = $uid', StatusCode.USER_BANNED],
    ['banned with all', 'UPDATE group_info SET ban_until = -1 WHERE gid = $gid', StatusCode.USER_BANNED],
    ['without the group', 'UPDATE group_info SET status = 1 WHERE gid = $gid', StatusCode.INVALID_PARAMETER],
  ];

  test.each(meanwhile)('who is %s by the time it is written is refused then', async (_, sql, code) => {
    const { member, gid, phone, people } = talk();
    const device = await phone(member);
    await say(device, gid, 'still here');
    const before = entries();
    // The server still has the group in memory as it was.
    changeDatabase(people.server, sql.replaceAll('$gid', `${gid}`).replaceAll('$uid', `${member.uid}`));
    expect((await groupText(device, gid, 'too late')).status?.code).toBe(code);
    expect(entries()).toBe(before);
  });
});

describe('who is removed', () => {
  const ways: [string, (by: Person, whom: Person) => Promise<unknown>][] = [
    ['kicked', (by, { uid }) => talk().ok(by, 'groupKick', { user_list: [uid] })],
    ['blocked', (by, { uid }) => talk().ok(by, 'groupBlock', { user_list: [uid] })],
    ['leaving', (_, whom) => talk().ok(whom, 'groupLeave')],
    ['in a group that is dissolved', (by) => talk().ok(by, 'groupDestroy')],
  ];

  test.each(ways)('by being %s gets nothing that comes after, on any path', async (_, remove) => {
    const { owner, member, gid, phone } = talk();
    const [speaker, online] = [await phone(owner), await phone(member)];
    const away = await phone(member, 'away');
    await pullAll(away, gid);
    away.raw.close();
    await away.raw.closed();
    await say(speaker, gid, 'before');
    const pending = groupText(speaker, gid, 'about then');
    await remove(owner, member);
    const aboutThen = (await pending).serverMid;
    await groupText(speaker, gid, 'after');
    await online.settle();
    expect(online.pushed.flatMap(texts)).toEqual(['before', 'about then']);
    const back = await phone(member, 'away');
    const pulled = await pullAll(back, gid);
    expect(textsOf(pulled)).toEqual(['before', 'about then']);
    expect(pulled.at(-1)?.id).toBeGreaterThan(aboutThen);
    expect((await back.history(gid)).metas).toEqual([]);
    expect((await back.pull(gid, 1_000_000_000)).metas).toEqual([]);
  });
});

test('messages of many members at once leave no gap', async () => {
  const { owner, admin, member, gid, phone } = talk();
  const devices = [await phone(owner), await phone(admin), await phone(member), await phone(member, 'desk')];
  const start = (await say(devices[0] as Phone, gid, 'start'))[0] as number;
  await Promise.all(devices.map((device) => device.settle()));
  for (const device of devices) device.pushed.length = 0;
  await Promise.all(Array.from({ length: 200 }, (_, i) => groupText(devices[i % 4] as Phone, gid, `m${i}`)));
  for (const device of devices) {
    await device.settle();
    const got = device.pushed.map(({ prevMid, nextKey }) => [prevMid, nextKey]);
    expect(got).toHaveLength(150);
    expect(got.every(([prev, next]) => (prev as number) >= start && (prev as number) < (next as number))).toBe(true);
  }
});
