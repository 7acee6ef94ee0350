import { type ConversationUnread, limits, Vsn } from '@flooim/protocol';
import { until } from '@flooim/testkit';
import { describe, expect, test } from 'vitest';
import { pullAll, rowOf, say, textsOf, useTalk } from './support/group-talk.ts';
import type { Phone } from './support/phone.ts';
import { standingClock } from './support/rest.ts';

const clock = standingClock();
const talk = useTalk({}, { clock });

/** Collects the unread lists that come to a device unasked. */
function listen(phone: Phone): ConversationUnread[][] {
  const lists: ConversationUnread[][] = [];
  phone.raw.onUnread = ({ unread }) => lists.push(unread);
  return lists;
}

describe('what a user keeps about a conversation', () => {
  test('is in the unread list of each of his devices, and nobody else’s', async () => {
    const { owner, member, gid, people, phone } = talk();
    const keep = (name: 'conversationPin' | 'conversationDraft' | 'conversationTouch', more: object = {}) =>
      people.ok(member, name, { conversation_id: gid, ...more });
    expect(await keep('conversationPin')).toBe(true);
    expect(await keep('conversationDraft', { draft: 'dear all,' })).toBe(true);
    expect(await keep('conversationTouch')).toBe(true);
    const kept = { pinnedAt: clock(), touchedAt: clock(), draft: 'dear all,' };
    for (const guid of ['one', 'two']) expect(await rowOf(await phone(member, guid), gid)).toMatchObject(kept);
    expect(await rowOf(await phone(owner), gid)).toMatchObject({ pinnedAt: 0, touchedAt: 0, draft: '' });
  });

  test('is told at once to every version 2 session, with what that device lacks', async () => {
    const { owner, member, gid, people, phone } = talk();
    const [first, second] = [await phone(member, 'first'), await phone(member, 'second')];
    const [old, foreign] = [await phone(member, 'old', Vsn.V1), await phone(owner)];
    const lacking = (await rowOf(first, gid))?.n ?? 0;
    const all = await pullAll(second, gid);
    await until(async () => ((await rowOf(second, gid))?.n ?? 0) === 0, 'the cursor');
    await say(foreign, gid, 'one', 'two');
    const lists = [first, second].map(listen);
    const others = [old, foreign].map(listen);
    await people.ok(member, 'conversationPin', { conversation_id: gid });
    await until(() => lists.every((list) => list.length > 0), 'both lists');
    const row = { xid: { uid: gid, deviceSN: 0 }, type: 2, readMid: 0, pinnedAt: clock() };
    expect(lists[0]).toEqual([[expect.objectContaining({ ...row, n: lacking + 2 })]]);
    expect(lists[1]).toEqual([[expect.objectContaining({ ...row, n: 2 })]]);
    expect(all.length).toBe(lacking);
    // A round trip later the others have still heard nothing.
    for (const phone of [old, foreign]) await phone.pull(gid);
    expect(others).toEqual([[], []]);
  });

  test('that is not changed is told to nobody', async () => {
    const { member, gid, people, phone } = talk();
    const device = await phone(member);
    const lists = listen(device);
    const call = (name: Parameters<typeof people.ok>[1], more: object = {}) =>
      people.ok(member, name, { conversation_id: gid, ...more });
    await call('conversationPin');
    await call('conversationDraft', { draft: 'x' });
    await call('conversationTouch');
    await until(() => lists.length === 3, 'three changes');
    const pinnedAt = lists[0]?.[0]?.pinnedAt;
    const touched = clock();
    clock.advance(1000);
    await call('conversationPin');
    await call('conversationDraft', { draft: 'x' });
    await call('conversationTouch', { time: touched });
    await call('conversationUnpin');
    await call('conversationDraft', { draft: '' });
    await until(() => lists.length === 5, 'two changes more');
    expect(lists.flat().map((row) => [row.pinnedAt, row.draft])).toEqual([
      [pinnedAt, ''],
      [pinnedAt, 'x'],
      [pinnedAt, 'x'],
      [0, 'x'],
      [0, ''],
    ]);
  });

  test('lists a conversation without messages, and goes when it is deleted everywhere', async () => {
    const { member, outsider, people, phone } = talk();
    const device = await phone(outsider, 'fresh');
    expect(await rowOf(device, member.uid)).toBeUndefined();
    await people.ok(outsider, 'conversationTouch', { conversation_id: member.uid });
    expect(await rowOf(device, member.uid)).toMatchObject({ n: 0, touchedAt: clock(), type: 1 });
    await people.ok(outsider, 'conversationPin', { conversation_id: member.uid });
    // The other one has nothing of it.
    expect(await rowOf(await phone(member, 'fresh'), outsider.uid)).toBeUndefined();
    await device.deleteConversation(member.uid, 2);
    expect(await rowOf(device, member.uid)).toBeUndefined();
    expect((await people.ok(outsider, 'conversationPinned')).conversation_ids).not.toContain(member.uid);
  });

  test('is pinned in the order of pinning', async () => {
    const { owner, admin, member, gid, people } = talk();
    for (const { uid } of [owner, admin]) await people.ok(member, 'conversationTouch', { conversation_id: uid });
    const ids = [admin.uid, gid, owner.uid];
    const pinned = async () => {
      const { conversation_ids } = await people.ok(member, 'conversationPinned');
      return conversation_ids.filter((id: number) => ids.includes(id));
    };
    for (const conversation_id of ids) {
      clock.advance(1000);
      await people.ok(member, 'conversationPin', { conversation_id });
    }
    expect(await pinned()).toEqual(ids);
    await people.ok(member, 'conversationUnpin', { conversation_id: gid });
    expect(await pinned()).toEqual([admin.uid, owner.uid]);
    for (const { uid } of [owner, admin]) await people.ok(member, 'conversationUnpin', { conversation_id: uid });
  });

  test('about a group ends with the membership', async () => {
    const { member, gid, people, phone, ok } = talk();
    await people.ok(member, 'conversationPin', { conversation_id: gid });
    await ok(member, 'groupLeave');
    expect((await people.ok(member, 'conversationPinned')).conversation_ids).not.toContain(gid);
    const device = await phone(member, 'later');
    expect(await rowOf(device, gid)).toBeUndefined();
    const refused = await people.as(member, 'conversationDraft', { conversation_id: gid, draft: 'x' });
    expect(refused.code).toBe(20011);
    // What was kept can be put away.
    await people.ok(member, 'conversationUnpin', { conversation_id: gid });
  });
});

describe('touching', () => {
  test('takes the time given, if it is not in the future, and never goes back', async () => {
    const { member, gid, people, phone } = talk();
    const device = await phone(member);
    const touch = async (time?: number) => {
      await people.ok(member, 'conversationTouch', { conversation_id: gid, ...(time !== undefined && { time }) });
      return (await rowOf(device, gid))?.touchedAt;
    };
    expect(await touch(clock() - 5000)).toBe(clock() - 5000);
    expect(await touch(clock() - 9000)).toBe(clock() - 5000);
    expect(await touch(Number.MAX_SAFE_INTEGER)).toBe(clock());
    clock.advance(1000);
    expect(await touch(0)).toBe(clock());
  });

  test('begins one conversation, also when both do', async () => {
    const { left, outsider, people, phone } = talk();
    await Promise.all([
      people.ok(left, 'conversationTouch', { conversation_id: outsider.uid }),
      people.ok(outsider, 'conversationTouch', { conversation_id: left.uid }),
    ]);
    const device = await phone(left);
    await device.text(outsider.uid, 'hello');
    expect(await rowOf(await phone(outsider), left.uid)).toMatchObject({ n: 1 });
  });
});

describe('refused is', () => {
  const codes = { invalid: 10002, memberRequired: 20011 };

  test.each(['conversationPin', 'conversationUnpin', 'conversationDraft'] as const)(
    '%s of a conversation that the user does not have',
    async (name) => {
      const { outsider, foreigner, gid, people } = talk();
      for (const conversation_id of [gid, 999_999_999, foreigner.uid, Number.MAX_SAFE_INTEGER]) {
        const answer = await people.as(outsider, name, { conversation_id, draft: 'x' });
        expect([answer.code, answer.message]).toEqual([codes.invalid, 'the conversation does not exist']);
      }
    },
  );

  test('a touch of nobody, oneself, a stranger of another app, or a group that one is not in', async () => {
    const { outsider, foreigner, gid, people } = talk();
    for (const conversation_id of [999_999_999, outsider.uid, foreigner.uid, gid]) {
      expect((await people.as(outsider, 'conversationTouch', { conversation_id })).code).toBe(codes.invalid);
    }
  });

  test.each([
    ['a conversation_id of 0', { conversation_id: 0 }, 'conversation_id'],
    ['a negative conversation_id', { conversation_id: -5 }, 'conversation_id'],
    ['a draft that is too long', { draft: 'x'.repeat(limits.draftChars + 1) }, 'draft'],
    ['a draft that is no text', { draft: 7 }, 'draft'],
  ])('%s, by name', async (_, params, field) => {
    const { member, gid, people } = talk();
    const answer = await people.as(member, 'conversationDraft', { conversation_id: gid, draft: '', ...params });
    expect(answer.code).toBe(codes.invalid);
    expect(answer.message).toContain(field);
  });
});

describe('a conversation with a friend whom its user deletes', () => {
  test('is neither unread nor found again, for him alone', async () => {
    const { owner, member, people, phone } = talk();
    const [speaker, device] = [await phone(owner), await phone(member)];
    await people.ok(owner, 'rosterApply', { user_id: member.uid });
    await speaker.text(member.uid, 'hello');
    const unread = async () => (await people.ok(member, 'messageUnread')) as { conversation_id: { uid: number } }[];
    expect((await unread()).map((item) => item.conversation_id.uid)).toContain(owner.uid);
    await people.ok(member, 'rosterDelete', { user_id: owner.uid });
    expect((await unread()).map((item) => item.conversation_id.uid)).not.toContain(owner.uid);
    expect((await device.history(owner.uid)).metas).toEqual([]);
    expect(textsOf((await speaker.history(member.uid)).metas)).toEqual(['hello']);
    await speaker.text(member.uid, 'once more');
    expect(textsOf((await device.history(owner.uid)).metas)).toEqual(['once more']);
  });
});
