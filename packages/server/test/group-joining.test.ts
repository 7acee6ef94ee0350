import { errors, limits } from '@flooim/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addApp, changeDatabase, join, type People, type Person, standingClock, startPeople } from './support/rest.ts';

const clock = standingClock();
let people: People;
beforeEach(async () => {
  people = await startPeople({ groupMembers: 5 }, { clock });
});
afterEach(() => people.close());

const create = async (owner: Person, more: object = {}): Promise<number> =>
  (await people.ok(owner, 'groupCreate', { name: 'a group', ...more })).group_id;

const memberIds = async (asker: Person, group_id: number): Promise<number[]> =>
  (await people.ok(asker, 'groupMembers', { group_id })).map(({ user_id }: { user_id: number }) => user_id);

const fails = (user: Person | number, error: keyof typeof errors) => ({
  user_id: typeof user === 'number' ? user : user.uid,
  result: 'fail',
  reason: errors[error].text,
});
const succeeds = ({ uid }: Person) => ({ user_id: uid, result: 'success' });
const wantsToBeAsked = (person: Person) => people.ok(person, 'userSettingsUpdate', { group_confirm: true });
const kick = (owner: Person, group_id: number, { uid }: Person) =>
  people.ok(owner, 'groupKick', { group_id, user_list: [uid] });

describe('applying', () => {
  it('brings in at once where nobody has to agree', async () => {
    const { alice, bob } = people;
    const group_id = await create(alice);
    await people.ok(alice, 'groupApproval', { group_id, apply_approval: 0 });
    expect(await people.ok(bob, 'groupApply', { group_id })).toEqual(succeeds(bob));
    expect(await memberIds(bob, group_id)).toEqual([alice.uid, bob.uid]);
    expect(await people.ok(alice, 'groupApplications', { group_list: [group_id] })).toEqual([]);
  });

  it('waits for an administrator by default, and is answered once', async () => {
    const { alice, bob } = people;
    const group_id = await create(alice);
    await people.ok(bob, 'groupApply', { group_id, reason: 'it is me' });
    expect((await people.as(bob, 'groupMembers', { group_id })).code).toBe(20011);
    const expires = clock() + limits.applicationTtlMs;
    const application = { group_id, applicant_id: bob.uid, reason: 'it is me', expire_time: expires };
    const list = () => people.ok(alice, 'groupApplications', { group_list: [group_id] });
    expect(await list()).toEqual([{ ...application, status: 0, expired_time: expires }]);
    const yes = { group_id, user_id: bob.uid, approval: true };
    expect(await people.ok(alice, 'groupApplyHandle', yes)).toEqual(succeeds(bob));
    expect(await memberIds(bob, group_id)).toEqual([alice.uid, bob.uid]);
    expect(await list()).toEqual([{ ...application, status: 1, expired_time: expires }]);
    expect((await people.as(alice, 'groupApplyHandle', yes)).code).toBe(20014);
  });

  it('again renews the application, also one that was declined', async () => {
    const { alice, bob } = people;
    const group_id = await create(alice);
    await people.ok(bob, 'groupApply', { group_id, reason: 'one' });
    clock.advance(1000);
    await people.ok(bob, 'groupApply', { group_id, reason: 'two' });
    const list = () => people.ok(alice, 'groupApplications', { group_list: [group_id] });
    expect(await list()).toMatchObject([{ reason: 'two', status: 0, expired_time: clock() + limits.applicationTtlMs }]);
    await people.ok(alice, 'groupApplyHandle', { group_id, user_id: bob.uid, approval: false });
    expect(await list()).toMatchObject([{ reason: 'two', status: 2 }]);
    await people.ok(bob, 'groupApply', { group_id });
    expect(await list()).toMatchObject([{ status: 0 }]);
  });

  it('is over after its time, and a list still shows it', async () => {
    const { alice, bob } = people;
    const group_id = await create(alice);
    await people.ok(bob, 'groupApply', { group_id });
    clock.advance(limits.applicationTtlMs);
    for (const approval of [true, false]) {
      expect((await people.as(alice, 'groupApplyHandle', { group_id, user_id: bob.uid, approval })).code).toBe(20014);
    }
    const [kept] = await people.ok(alice, 'groupApplications', { group_list: [group_id] });
    expect([kept.status, kept.expired_time <= clock()]).toEqual([0, true]);
  });

  it('is refused where the group takes nobody, and to who is barred in the first place', async () => {
    const { alice, bob, carol } = people;
    const group_id = await create(alice);
    await people.ok(alice, 'groupApproval', { group_id, apply_approval: 2 });
    await people.ok(alice, 'groupBlock', { group_id, user_list: [carol.uid] });
    const { code, message } = await people.as(bob, 'groupApply', { group_id });
    expect([code, message]).toEqual([10010, errors.groupRefusesApplications.text]);
    expect((await people.as(carol, 'groupApply', { group_id })).code).toBe(20018);
    expect((await people.as(alice, 'groupApply', { group_id })).code).toBe(20017);
    expect(await people.ok(alice, 'groupInvite', { group_id, user_list: [bob.uid] })).toEqual([succeeds(bob)]);
  });

  it('that was accepted too late finds the group full, or its applicant barred', async () => {
    const { alice, bob, carol, url } = people;
    const group_id = await create(alice);
    await people.ok(bob, 'groupApply', { group_id });
    const others = await Promise.all(['d', 'e', 'f'].map((name) => join(url, name)));
    await people.ok(alice, 'groupInvite', { group_id, user_list: [carol, ...others].map(({ uid }) => uid) });
    const yes = { group_id, user_id: bob.uid, approval: true };
    expect((await people.as(alice, 'groupApplyHandle', yes)).code).toBe(20010);
    await kick(alice, group_id, carol);
    await people.ok(alice, 'groupBlock', { group_id, user_list: [bob.uid] });
    expect((await people.as(alice, 'groupApplyHandle', yes)).code).toBe(20018);
    await people.ok(alice, 'groupUnblock', { group_id, user_list: [bob.uid] });
    expect(await people.ok(alice, 'groupApplyHandle', yes)).toEqual(succeeds(bob));
  });

  it('is over once the applicant came in otherwise', async () => {
    const { alice, bob } = people;
    const group_id = await create(alice);
    await people.ok(bob, 'groupApply', { group_id });
    await people.ok(alice, 'groupInvite', { group_id, user_list: [bob.uid] });
    expect(await people.ok(alice, 'groupApplications', { group_list: [group_id] })).toMatchObject([{ status: 1 }]);
    await kick(alice, group_id, bob);
    expect((await people.as(alice, 'groupApplyHandle', { group_id, user_id: bob.uid, approval: true })).code).toBe(
      20014,
    );
  });

  it('stays as it was when it was too old and the applicant came in otherwise', async () => {
    const { alice, bob } = people;
    const group_id = await create(alice);
    await people.ok(bob, 'groupApply', { group_id });
    clock.advance(limits.applicationTtlMs);
    await people.ok(alice, 'groupInvite', { group_id, user_list: [bob.uid] });
    expect(await people.ok(alice, 'groupApplications', { group_list: [group_id] })).toMatchObject([{ status: 0 }]);
  });

  it('shows all applications of the groups that one administers, the newest first, in pages', async () => {
    const { alice, bob, carol } = people;
    const [first, second, foreign] = [await create(alice), await create(alice), await create(carol)];
    for (const [person, group_id] of [
      [bob, first],
      [carol, second],
      [bob, second],
      [bob, foreign],
    ] as const) {
      await people.ok(person, 'groupApply', { group_id });
      clock.advance(1);
    }
    const group_list = [foreign, second, first, first, 999];
    const whole = await people.as(alice, 'groupApplications', { group_list, cursor: '' });
    const seen = (answer: typeof whole) =>
      answer.data.map((item: { group_id: number; applicant_id: number }) => [item.group_id, item.applicant_id]);
    const all = [
      [second, bob.uid],
      [second, carol.uid],
      [first, bob.uid],
    ];
    expect([seen(whole), whole.cursor, JSON.parse(whole.text).total]).toEqual([all, undefined, 3]);
    const page1 = await people.as(alice, 'groupApplications', { group_list, limit: 2 });
    const page2 = await people.as(alice, 'groupApplications', { group_list, limit: 2, cursor: page1.cursor });
    expect([seen(page1), seen(page2), page2.cursor]).toEqual([all.slice(0, 2), all.slice(2), undefined]);
  });
});

describe('inviting', () => {
  it('brings in at once who does not want to be asked, whatever the group does with applications', async () => {
    const { alice, bob } = people;
    const group_id = await create(alice);
    await people.ok(alice, 'groupApproval', { group_id, apply_approval: 2 });
    expect(await people.ok(alice, 'groupInvite', { group_id, user_list: [bob.uid] })).toEqual([succeeds(bob)]);
    expect(await memberIds(bob, group_id)).toEqual([alice.uid, bob.uid]);
    expect(await people.ok(bob, 'groupInvitations')).toEqual([]);
  });

  it('asks who wants to be asked, who answers once', async () => {
    const { alice, bob } = people;
    await wantsToBeAsked(bob);
    const group_id = await create(alice, { user_list: [bob.uid] });
    expect(await memberIds(alice, group_id)).toEqual([alice.uid]);
    const iso = new Date(clock()).toISOString();
    const expires = clock() + limits.applicationTtlMs;
    const invitation = { group_id, inviter_id: alice.uid, invitee_id: bob.uid, create_at: iso, updated_at: iso };
    const times = { expire_time: expires, expired_time: expires };
    expect(await people.ok(bob, 'groupInvitations')).toEqual([{ ...invitation, ...times, status: 0 }]);
    const yes = { group_id, user_id: alice.uid, approval: 1 };
    expect(await people.ok(bob, 'groupInviteHandle', yes)).toBe(true);
    expect(await memberIds(bob, group_id)).toEqual([alice.uid, bob.uid]);
    expect(await people.ok(bob, 'groupInvitations')).toEqual([{ ...invitation, ...times, status: 1 }]);
    expect((await people.as(bob, 'groupInviteHandle', yes)).code).toBe(20015);
  });

  it('is answered under the own id as well, and then it is the newest', async () => {
    const { alice, bob, carol } = people;
    await wantsToBeAsked(carol);
    const group_id = await create(alice, { user_list: [bob.uid] });
    const invite = (by: Person) => people.ok(by, 'groupInvite', { group_id, user_list: [carol.uid], reason: by.name });
    await invite(alice);
    clock.advance(1);
    await invite(bob);
    const answer = (approval: boolean) =>
      people.as(carol, 'groupInviteHandle', { group_id, user_id: carol.uid, approval });
    expect((await answer(false)).code).toBe(200);
    const list = await people.ok(carol, 'groupInvitations');
    expect(list).toMatchObject([
      { inviter_id: bob.uid, reason: 'bob', status: 2 },
      { inviter_id: alice.uid, reason: 'alice', status: 0 },
    ]);
    expect((await answer(true)).code).toBe(200);
    expect((await answer(true)).code).toBe(20015);
    expect(await memberIds(carol, group_id)).toContain(carol.uid);
  });

  it('is over after its time', async () => {
    const { alice, bob } = people;
    await wantsToBeAsked(bob);
    const group_id = await create(alice, { user_list: [bob.uid] });
    clock.advance(limits.applicationTtlMs);
    for (const approval of [true, false]) {
      expect((await people.as(bob, 'groupInviteHandle', { group_id, user_id: alice.uid, approval })).code).toBe(20015);
    }
    await people.ok(alice, 'groupInvite', { group_id, user_list: [bob.uid] });
    expect((await people.as(bob, 'groupInviteHandle', { group_id, user_id: alice.uid, approval: true })).code).toBe(
      200,
    );
  });

  it.each([
    ['left', (by: Person, group_id: number) => people.ok(by, 'groupLeave', { group_id })],
    ['was removed', (by: Person, group_id: number) => kick(people.alice, group_id, by)],
    [
      'may invite no more',
      (_by: Person, group_id: number) => people.ok(people.alice, 'groupAllowInvitation', { group_id, value: false }),
    ],
  ])('does not work any more when the inviter %s', async (_what, happen) => {
    const { alice, bob, carol } = people;
    await wantsToBeAsked(carol);
    const group_id = await create(alice, { user_list: [bob.uid] });
    await people.ok(bob, 'groupInvite', { group_id, user_list: [carol.uid] });
    await happen(bob, group_id);
    for (const user_id of [bob.uid, carol.uid]) {
      const { code } = await people.as(carol, 'groupInviteHandle', { group_id, user_id, approval: true });
      expect(code).toBe(20015);
    }
    expect((await people.as(carol, 'groupInviteHandle', { group_id, user_id: bob.uid, approval: false })).code).toBe(
      200,
    );
  });

  it('answers for each user once, and does what it can', async () => {
    const { alice, bob, carol, server, url } = people;
    const [deleted, barred, hater, hated, fine, late] = await Promise.all(
      ['deleted', 'barred', 'hater', 'hated', 'fine', 'late'].map((name) => join(url, name)),
    );
    if (!deleted || !barred || !hater || !hated || !fine || !late) throw new Error('nobody came');
    await addApp(server, 'other');
    const foreigner = await join(url, 'someone', 'phone', 'other');
    changeDatabase(server, `UPDATE user SET status = 2 WHERE uid = ${deleted.uid}`);
    const group_id = await create(alice, { user_list: [bob.uid] });
    await people.ok(alice, 'groupBlock', { group_id, user_list: [barred.uid] });
    await people.ok(hater, 'rosterBlock', { user_id: alice.uid });
    await people.ok(alice, 'rosterBlock', { user_id: hated.uid });
    const asked = [alice, bob, deleted, barred, hater, hated, fine, fine, foreigner, carol];
    const user_list = [...asked.map(({ uid }) => uid), 424_242, fine.uid];
    expect(await people.ok(alice, 'groupInvite', { group_id, user_list })).toEqual([
      fails(alice, 'alreadyGroupMember'),
      fails(bob, 'alreadyGroupMember'),
      fails(deleted, 'userDeleted'),
      fails(barred, 'blockedByGroup'),
      fails(hater, 'blocked'),
      fails(hated, 'blocked'),
      succeeds(fine),
      fails(foreigner, 'userNotFound'),
      succeeds(carol),
      fails(424_242, 'userNotFound'),
    ]);
    expect(await people.ok(bob, 'groupInvite', { group_id, user_list: [hated.uid, late.uid] })).toEqual([
      succeeds(hated),
      fails(late, 'groupFull'),
    ]);
    expect(await memberIds(bob, group_id)).toEqual([alice, bob, fine, carol, hated].map(({ uid }) => uid));
  });

  it('of nobody does nothing', async () => {
    const group_id = await create(people.alice);
    expect(await people.ok(people.alice, 'groupInvite', { group_id, user_list: [] })).toEqual([]);
  });

  it('so many that nobody else had his turn has to wait', async () => {
    const { alice, bob } = people;
    const group_id = await create(alice);
    const user_list = Array.from({ length: limits.rosterSize }, (_, i) => 1_000_000 + i);
    const codes = [];
    for (let i = 0; i < 12; i++) codes.push((await people.as(alice, 'groupInvite', { group_id, user_list })).code);
    expect(codes).toEqual([...Array(11).fill(200), 10028]);
    expect((await people.as(alice, 'groupKick', { group_id, user_list })).code).toBe(10028);
    expect((await people.as(alice, 'groupCreate', { name: 'x', user_list })).code).toBe(10028);
    expect((await people.as(bob, 'groupApply', { group_id })).code).toBe(200);
    clock.advance(60_000);
    expect((await people.as(alice, 'groupInvite', { group_id, user_list })).code).toBe(200);
  });

  it('more than a request may name is refused by name, and nobody is invited', async () => {
    const { alice, bob } = people;
    const group_id = await create(alice);
    const user_list = [bob.uid, ...Array.from({ length: 9_999 }, (_, i) => i + 1)];
    const { code, message } = await people.as(alice, 'groupInvite', { group_id, user_list });
    expect([code, message]).toEqual([10002, expect.stringContaining('user_list')]);
    expect(await memberIds(alice, group_id)).toEqual([alice.uid]);
  });
});

describe('a code', () => {
  it('brings in who shows it, whatever the group does with applications', async () => {
    const { alice, bob, carol } = people;
    const group_id = await create(alice);
    await people.ok(alice, 'groupApproval', { group_id, apply_approval: 2 });
    const code = await people.ok(alice, 'groupCode', { group_id });
    expect(code).toEqual({
      qr_info: expect.stringMatching(/^g[\w-]+$/),
      create_at: clock(),
      expire_at: clock() + limits.groupCodeTtlMs,
    });
    const { qr_info } = code;
    expect(await people.ok(bob, 'groupCodeJoin', { qr_info })).toBe(true);
    expect(await people.ok(carol, 'groupCodeJoin', { qr_info })).toBe(true);
    expect(await memberIds(bob, group_id)).toEqual([alice.uid, bob.uid, carol.uid]);
    expect((await people.as(bob, 'groupCodeJoin', { qr_info })).code).toBe(20017);
  });

  it('stops working with time, and with the right of who made it', async () => {
    const { alice, bob, carol } = people;
    const group_id = await create(alice, { user_list: [bob.uid] });
    const { qr_info } = await people.ok(bob, 'groupCode', { group_id });
    await people.ok(alice, 'groupAllowInvitation', { group_id, value: false });
    expect((await people.as(carol, 'groupCodeJoin', { qr_info })).code).toBe(20024);
    await people.ok(alice, 'groupAllowInvitation', { group_id, value: true });
    await people.ok(bob, 'groupLeave', { group_id });
    expect((await people.as(carol, 'groupCodeJoin', { qr_info })).code).toBe(20024);
    clock.advance(limits.groupCodeTtlMs);
    expect((await people.as(carol, 'groupCodeJoin', { qr_info })).code).toBe(20025);
  });

  it('that was altered, cut, invented or made by another server is none', async () => {
    const { alice, bob } = people;
    const group_id = await create(alice);
    const { qr_info } = await people.ok(alice, 'groupCode', { group_id });
    const elsewhere = await startPeople({}, { clock });
    const foreign = await elsewhere.ok(elsewhere.alice, 'groupCreate', { name: 'a group' });
    const made = await elsewhere.ok(elsewhere.alice, 'groupCode', { group_id: foreign.group_id });
    await elsewhere.close();
    expect([foreign.group_id, elsewhere.alice.uid]).toEqual([group_id, alice.uid]);
    const flipped = [1, 15, 20, 40, 70].map(
      (i) => qr_info.slice(0, i) + (qr_info[i] === 'A' ? 'B' : 'A') + qr_info.slice(i + 1),
    );
    const wrong = [...flipped, qr_info.slice(0, -1), `${qr_info}A`, 'g', 'x'.repeat(512), '{"gid":1}', made.qr_info];
    for (const given of wrong) {
      expect([given, (await people.as(bob, 'groupCodeJoin', { qr_info: given })).code]).toEqual([given, 20024]);
    }
    expect((await people.as(bob, 'groupCodeJoin', { qr_info: '' })).code).toBe(10002);
    expect(await memberIds(alice, group_id)).toEqual([alice.uid]);
  });

  it('does not lead into another app', async () => {
    const { alice, server, url } = people;
    await addApp(server, 'other');
    const foreigner = await join(url, 'someone', 'phone', 'other');
    const { qr_info } = await people.ok(alice, 'groupCode', { group_id: await create(alice) });
    expect((await people.as(foreigner, 'groupCodeJoin', { qr_info }, { appId: 'other' })).code).toBe(20001);
  });
});

describe('whoever', () => {
  it('was removed more than three times does not come back, on any way', async () => {
    const { alice, bob, carol } = people;
    const group_id = await create(alice, { user_list: [carol.uid] });
    await people.ok(alice, 'groupApproval', { group_id, apply_approval: 0 });
    const { qr_info } = await people.ok(alice, 'groupCode', { group_id });
    for (let time = 1; time <= 4; time++) {
      await people.ok(bob, 'groupApply', { group_id });
      await kick(alice, group_id, bob);
    }
    expect((await people.as(bob, 'groupApply', { group_id })).code).toBe(20016);
    expect((await people.as(bob, 'groupCodeJoin', { qr_info })).code).toBe(20016);
    const invited = await people.ok(alice, 'groupInvite', { group_id, user_list: [bob.uid] });
    expect(invited).toEqual([fails(bob, 'kickedTooOften')]);
    // Leaving is not being removed.
    for (let time = 1; time <= 5; time++) {
      await people.ok(carol, 'groupLeave', { group_id });
      await people.ok(carol, 'groupApply', { group_id });
    }
  });

  it('comes first takes the last place', async () => {
    const { alice, bob, carol, url } = people;
    const group_id = await create(alice, { user_list: [bob.uid, carol.uid] });
    await people.ok(alice, 'groupApproval', { group_id, apply_approval: 0 });
    const { qr_info } = await people.ok(alice, 'groupCode', { group_id });
    const crowd = await Promise.all(Array.from({ length: 21 }, (_, i) => join(url, `crowd${i}`)));
    await people.ok(crowd[20] as Person, 'groupApply', { group_id });
    const rushing = crowd.slice(0, 20).map((person, i) => {
      if (i % 2 === 0) return people.as(person, 'groupApply', { group_id });
      return people.as(person, 'groupCodeJoin', { qr_info });
    });
    const codes = (await Promise.all(rushing)).map(({ code }) => code);
    expect(codes.filter((code) => code === 200)).toHaveLength(1);
    expect(codes.filter((code) => code === 20010)).toHaveLength(19);
    expect(await memberIds(alice, group_id)).toHaveLength(5);
    expect((await people.ok(alice, 'groupInfo', { group_id })).count).toBe(5);
  });

  it('is in as many groups as he may be comes into no other', async () => {
    const { alice, bob, server } = people;
    const group_id = await create(alice);
    await people.ok(alice, 'groupApproval', { group_id, apply_approval: 0 });
    changeDatabase(
      server,
      `INSERT INTO group_info (gid, app_id, type, owner, name, capacity, created_at, updated_at)
         WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${limits.groupsJoined})
         SELECT 1000000 + i, 'flooim', 0, ${alice.uid}, '', 5, 0, 0 FROM n;
       INSERT INTO group_member (gid, uid, joined_at, joined_mid) SELECT gid, ${bob.uid}, 0, gid FROM group_info
         WHERE gid > 1000000;`,
    );
    expect((await people.as(bob, 'groupApply', { group_id })).code).toBe(20009);
    expect((await people.as(bob, 'groupCreate', { name: 'one more' })).code).toBe(20009);
    const invited = await people.ok(alice, 'groupInvite', { group_id, user_list: [bob.uid] });
    expect(invited).toEqual([fails(bob, 'groupsJoinedLimit')]);
    expect(await people.ok(bob, 'groupsJoined')).toHaveLength(limits.groupsJoined);
  });
});
