import { errors, limits } from '@flooim/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readConfig } from '../src/config.ts';
import { addApp, changeDatabase, join, type People, type Person, standingClock, startPeople } from './support/rest.ts';

const clock = standingClock();
let people: People;
beforeEach(async () => {
  people = await startPeople({}, { clock });
});
afterEach(() => people.close());

const create = async (owner: Person, more: object = {}): Promise<number> =>
  (await people.ok(owner, 'groupCreate', { name: 'a group', ...more })).group_id;
const uidsOf = (items: { user_id: number }[]) => items.map(({ user_id }) => user_id);
const members = async (asker: Person, group_id: number) => uidsOf(await people.ok(asker, 'groupMembers', { group_id }));
const totalOf = (answer: { text: string }): unknown => JSON.parse(answer.text).total;

/** The log's entries that belong to somebody: of these the first and the last, undefined while he is in it. */
function spansOf({ uid }: Person, gid: number): [from: number, until: number | undefined][] {
  const sql = 'SELECT from_mid, until_mid FROM group_span WHERE gid = ? AND uid = ? AND kind = 0 ORDER BY from_mid';
  return people.server.context.reader
    .all(sql, gid, uid)
    .map((row) => [
      Number(row['from_mid']),
      row['until_mid'] === Number.MAX_SAFE_INTEGER ? undefined : Number(row['until_mid']),
    ]);
}

/** The mids of a group's log. */
function midsOf(gid: number): number[] {
  const sql = 'SELECT mid FROM entry WHERE log_id = ? ORDER BY mid';
  return people.server.context.reader.all(sql, gid).map((row) => Number(row['mid']));
}

describe('a new group', () => {
  it('is as its owner wants it, and else as by default', async () => {
    const { alice, bob } = people;
    const plain = await people.ok(alice, 'groupCreate', { name: 'plain' });
    expect(plain).toEqual({
      group_id: expect.any(Number),
      name: 'plain',
      type: 0,
      status: 0,
      owner_id: alice.uid,
      capacity: limits.groupMembers,
      count: 1,
      created_at: clock(),
      updated_at: clock(),
      member_invite: true,
      member_modify: false,
      apply_approval: 1,
      history_visible: false,
      read_ack: false,
      hide_member_info: false,
      ban_expire_time: 0,
      msg_mute_mode: 0,
      msg_push_mode: 0,
    });
    const more = { name: 'open', description: 'd', avatar: 'https://x.example/a.png', type: 1 };
    const open = await people.ok(alice, 'groupCreate', { ...more, user_list: [bob.uid] });
    expect(open).toMatchObject({ ...more, count: 2 });
    expect(open.group_id).toBeGreaterThan(plain.group_id);
    expect(await members(bob, open.group_id)).toEqual([alice.uid, bob.uid]);
  });

  it('leaves out whom it cannot have, and takes each once', async () => {
    const { alice, bob, server, url } = people;
    await addApp(server, 'other');
    const foreigner = await join(url, 'someone', 'phone', 'other');
    const user_list = [alice.uid, bob.uid, foreigner.uid, bob.uid, 424_242];
    expect(await members(alice, await create(alice, { user_list }))).toEqual([alice.uid, bob.uid]);
  });

  it.each([
    ['an emoji', '👩‍👩‍👧 family 🇫🇷'],
    ['text from right to left, with a trick', 'invoice\u202Efdp.exe'],
    ['markup', '<img src=x onerror=alert(1)>'],
    ['as many characters as fit', '👪'.repeat(limits.groupNameChars)],
    ['white space', ' \t '],
  ])('has a name with %s word for word', async (_what, name) => {
    const { alice } = people;
    const { group_id, name: answered } = await people.ok(alice, 'groupCreate', { name });
    expect([answered, (await people.ok(alice, 'groupInfo', { group_id })).name]).toEqual([name, name]);
  });

  it.each([
    ['no name', {}, 'name'],
    ['an empty name', { name: '' }, 'name'],
    ['a name that is too long', { name: 'x'.repeat(limits.groupNameChars + 1) }, 'name'],
    ['a name with a NUL', { name: 'a\0b' }, 'name'],
    ['a description that is too long', { name: 'x', description: 'x'.repeat(limits.descriptionChars + 1) }, 'desc'],
    ['an avatar that is a script', { name: 'x', avatar: 'javascript:alert(1)' }, 'avatar'],
    ['an avatar that is a local path', { name: 'x', avatar: '/etc/passwd' }, 'avatar'],
    ['a type that is not known', { name: 'x', type: 3 }, 'type'],
    ['10,000 users', { name: 'x', user_list: Array.from({ length: 10_000 }, (_, i) => i + 1) }, 'user_list'],
    ['users that are none', { name: 'x', user_list: [0] }, 'user_list'],
  ])('with %s is refused by name, and is not made', async (_what, params, field) => {
    const { code, message } = await people.as(people.alice, 'groupCreate', params);
    expect([code, message]).toEqual([10002, expect.stringContaining(field)]);
    expect(await people.ok(people.alice, 'groupsJoined')).toEqual([]);
  });

  it('is refused to who owns too many, also as a gift', async () => {
    const { alice, bob } = people;
    for (let i = 0; i < limits.groupsCreated; i++) await create(bob);
    const group_id = await create(alice, { user_list: [bob.uid] });
    expect((await people.as(bob, 'groupCreate', { name: 'one more' })).code).toBe(20008);
    expect((await people.as(alice, 'groupTransfer', { group_id, new_owner: bob.uid })).code).toBe(20008);
    const [first] = await people.ok(bob, 'groupsJoined');
    await people.ok(bob, 'groupDestroy', { group_id: first });
    expect((await people.as(bob, 'groupCreate', { name: 'one more' })).code).toBe(200);
  });

  it('may be as large as the operator says', async () => {
    const small = await startPeople({ groupMembers: 2 });
    const { alice, bob, carol } = small;
    const group = await small.ok(alice, 'groupCreate', { name: 'pair', user_list: [bob.uid, carol.uid] });
    expect([group.capacity, group.count]).toEqual([2, 2]);
    const invited = await small.ok(alice, 'groupInvite', { group_id: group.group_id, user_list: [carol.uid] });
    expect(invited).toEqual([{ user_id: carol.uid, result: 'fail', reason: errors.groupFull.text }]);
    await small.close();
    for (const size of ['0', String(limits.groupMembersMax + 1), 'many']) {
      expect(() => readConfig(['--group-members', size], {})).toThrow('--group-members (FLOOIM_GROUP_MEMBERS)');
    }
  });

  it('with more than one command takes at once has them all, in their order', async () => {
    const { alice, server } = people;
    const count = 1203;
    changeDatabase(
      server,
      `INSERT INTO user (uid, app_id, username, password_hash, created_at)
         WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count})
         SELECT 20000 + i, 'flooim', 'crowd' || i, '', 0 FROM n;
       INSERT INTO log (log_id, kind) SELECT uid, 0 FROM user WHERE uid > 20000;`,
    );
    const user_list = Array.from({ length: count }, (_, i) => 20_001 + i);
    const group_id = await create(alice, { user_list });
    expect(await members(alice, group_id)).toEqual([alice.uid, ...user_list]);
    expect((await people.ok(alice, 'groupInfo', { group_id })).count).toBe(count + 1);
    await people.ok(alice, 'groupKick', { group_id, user_list });
    expect(await members(alice, group_id)).toEqual([alice.uid]);
    const back = await people.ok(alice, 'groupInvite', {
      group_id,
      user_list: [...user_list, ...user_list.slice(0, 9)],
    });
    expect(uidsOf(back)).toEqual(user_list);
    expect((await people.ok(alice, 'groupInfo', { group_id })).count).toBe(count + 1);
  });
});

describe('members', () => {
  it('are listed in the order in which they came, with what they show', async () => {
    const { alice, bob, carol } = people;
    await people.ok(carol, 'userAvatar', { avatar: 'https://x.example/c.png' });
    const group_id = await create(alice, { user_list: [carol.uid] });
    const first = clock();
    clock.advance(5000);
    await people.ok(alice, 'groupInvite', { group_id, user_list: [bob.uid] });
    await people.ok(bob, 'groupDisplayName', { group_id, value: 'Bobby' });
    await people.ok(alice, 'groupBan', { group_id, user_list: [bob.uid], duration: 1 });
    await people.ok(alice, 'groupBan', { group_id, user_list: [carol.uid], duration: -1 });
    const bobby = { user_id: bob.uid, join_time: clock(), display_name: 'Bobby' };
    const banned = { expired_time: clock() + 60_000 };
    const eternal = { user_id: carol.uid, join_time: first, avatar: 'https://x.example/c.png', expired_time: -1 };
    const list = () => people.ok(carol, 'groupMembers', { group_id });
    expect(await list()).toEqual([{ user_id: alice.uid, join_time: first }, eternal, { ...bobby, ...banned }]);
    clock.advance(60_000);
    expect((await list())[2]).toEqual(bobby);
  });

  it('come in pages with a limit, and whole without', async () => {
    const { alice, bob, carol } = people;
    const group_id = await create(alice, { user_list: [carol.uid, bob.uid] });
    const whole = await people.as(alice, 'groupMembers', { group_id, cursor: '', limit: 0 });
    expect([uidsOf(whole.data), whole.cursor, totalOf(whole)]).toEqual([[alice.uid, carol.uid, bob.uid], undefined, 3]);
    const first = await people.as(alice, 'groupMembers', { group_id, limit: 2 });
    expect([uidsOf(first.data), totalOf(first), first.version]).toEqual([[alice.uid, carol.uid], 3, clock()]);
    const second = await people.as(alice, 'groupMembers', { group_id, limit: 2, cursor: first.cursor });
    expect([uidsOf(second.data), second.cursor]).toEqual([[bob.uid], undefined]);
  });

  it.each(['groupMembers', 'groupBlocked', 'groupsPublic', 'groupInvitations', 'groupApplications'] as const)(
    '%s refuses a cursor that it did not give',
    async (name) => {
      const group_id = await create(people.alice);
      for (const cursor of ['x', "1' OR 1", '1.2', '1.2.3.4', '-1', '1'.repeat(17)]) {
        const { code, message } = await people.as(people.alice, name, { group_id, group_list: [group_id], cursor });
        expect([code, message]).toEqual([10002, expect.stringContaining('cursor')]);
      }
    },
  );

  it('have an entry each where they are asked for by id', async () => {
    const { alice, bob, carol } = people;
    const group_id = await create(alice, { user_list: [bob.uid] });
    await people.ok(bob, 'groupDisplayName', { group_id, value: 'Bobby' });
    const user_list = [bob.uid, carol.uid, alice.uid, bob.uid, 424_242];
    expect(await people.ok(bob, 'groupDisplayNames', { group_id, user_list })).toEqual([
      { user_id: alice.uid, join_time: clock() },
      { user_id: bob.uid, join_time: clock(), display_name: 'Bobby' },
    ]);
  });

  it('who administer are listed without the owner', async () => {
    const { alice, bob, carol } = people;
    const group_id = await create(alice, { user_list: [bob.uid, carol.uid] });
    const admins = async () => uidsOf(await people.ok(carol, 'groupAdmins', { group_id }));
    expect(await admins()).toEqual([]);
    expect(await people.ok(alice, 'groupAdminAdd', { group_id, user_list: [carol.uid, carol.uid, bob.uid] })).toEqual([
      { user_id: carol.uid, result: 'success' },
      { user_id: bob.uid, result: 'success' },
    ]);
    expect(await admins()).toEqual([bob.uid, carol.uid]);
    await people.ok(alice, 'groupAdminRemove', { group_id, user_list: [carol.uid] });
    expect(await admins()).toEqual([bob.uid]);
  });

  it('become administrators only if they are in it, and only as many as fit', async () => {
    const { alice, bob, carol, server } = people;
    const group_id = await create(alice, { user_list: [bob.uid] });
    const user_list = [alice.uid, bob.uid, carol.uid, 424_242];
    const fail = (user_id: number, reason: string) => ({ user_id, result: 'fail', reason });
    expect(await people.ok(alice, 'groupAdminAdd', { group_id, user_list })).toEqual([
      fail(alice.uid, errors.noPermission.text),
      { user_id: bob.uid, result: 'success' },
      fail(carol.uid, errors.notGroupMember.text),
      fail(424_242, errors.notGroupMember.text),
    ]);
    changeDatabase(
      server,
      `INSERT INTO user (uid, app_id, username, password_hash, created_at)
         WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${limits.groupAdmins})
         SELECT 20000 + i, 'flooim', 'crowd' || i, '', 0 FROM n;
       INSERT INTO group_member (gid, uid, joined_at, joined_mid) SELECT ${group_id}, uid, 0, 9000 + uid FROM user
         WHERE uid > 20000;`,
    );
    const crowd = Array.from({ length: limits.groupAdmins }, (_, i) => 20_001 + i);
    const results = await people.ok(alice, 'groupAdminAdd', { group_id, user_list: [...crowd, bob.uid] });
    expect(results.filter(({ result }: { result: string }) => result === 'fail')).toEqual([
      fail(20_000 + limits.groupAdmins, errors.groupListFull.text),
    ]);
    expect(await people.ok(bob, 'groupAdmins', { group_id })).toHaveLength(limits.groupAdmins);
  });

  it('who are barred are listed for administrators, and come back only when that is lifted', async () => {
    const { alice, bob, carol } = people;
    const group_id = await create(alice, { user_list: [bob.uid] });
    const user_list = [carol.uid, bob.uid, bob.uid];
    await people.ok(alice, 'groupBlock', { group_id, user_list });
    expect(await members(alice, group_id)).toEqual([alice.uid]);
    const iso = new Date(clock()).toISOString();
    const entry = { group_id, create_at: iso, created_at: iso };
    const whole = await people.as(alice, 'groupBlocked', { group_id });
    expect(whole.data).toEqual([
      { ...entry, user_id: bob.uid },
      { ...entry, user_id: carol.uid },
    ]);
    const first = await people.as(alice, 'groupBlocked', { group_id, limit: 1 });
    const second = await people.as(alice, 'groupBlocked', { group_id, limit: 1, cursor: first.cursor });
    expect([uidsOf(first.data), totalOf(first), uidsOf(second.data), second.cursor]).toEqual([
      [bob.uid],
      2,
      [carol.uid],
      undefined,
    ]);
    expect((await people.as(bob, 'groupApply', { group_id })).code).toBe(20018);
    const lifted = await people.ok(alice, 'groupUnblock', { group_id, user_list: [bob.uid, 424_242] });
    expect(lifted).toEqual([
      { user_id: bob.uid, result: 'success' },
      { user_id: 424_242, result: 'fail', reason: errors.userNotFound.text },
    ]);
    expect(await members(alice, group_id)).toEqual([alice.uid]);
    expect((await people.as(bob, 'groupApply', { group_id })).code).toBe(200);
  });
});

describe('an owner', () => {
  it('who gives his group away is a plain member of it', async () => {
    const { alice, bob, carol } = people;
    const group_id = await create(alice, { user_list: [bob.uid, carol.uid] });
    await people.ok(alice, 'groupAdminAdd', { group_id, user_list: [bob.uid] });
    const transfer = { group_id, new_owner: bob.uid };
    expect(await people.ok(alice, 'groupTransfer', transfer)).toEqual({ user_id: bob.uid, result: 'success' });
    expect((await people.ok(alice, 'groupInfo', { group_id })).owner_id).toBe(bob.uid);
    expect(await people.ok(alice, 'groupAdmins', { group_id })).toEqual([]);
    expect((await people.as(alice, 'groupKick', { group_id, user_list: [carol.uid] })).code).toBe(20012);
    expect((await people.as(bob, 'groupLeave', { group_id })).code).toBe(20004);
    await people.ok(bob, 'groupKick', { group_id, user_list: [alice.uid] });
    expect(await members(bob, group_id)).toEqual([bob.uid, carol.uid]);
  });

  it('gives it to nobody who is not in it', async () => {
    const { alice, bob } = people;
    const group_id = await create(alice);
    for (const new_owner of [bob.uid, 424_242]) {
      expect((await people.as(alice, 'groupTransfer', { group_id, new_owner })).code).toBe(20005);
    }
    expect((await people.ok(alice, 'groupInfo', { group_id })).owner_id).toBe(alice.uid);
  });
});

describe('lists of groups', () => {
  it('have what one is in, in the order of the ids', async () => {
    const { alice, bob } = people;
    expect(await people.ok(bob, 'groupsJoined')).toEqual([]);
    const first = await create(alice, { user_list: [bob.uid] });
    const second = await create(bob);
    const third = await create(alice, { user_list: [bob.uid] });
    expect(await people.ok(bob, 'groupsJoined')).toEqual([first, second, third]);
    await people.ok(bob, 'groupLeave', { group_id: first });
    await people.ok(alice, 'groupDestroy', { group_id: third });
    expect(await people.ok(bob, 'groupsJoined')).toEqual([second]);
  });

  it('have the public ones of the app, in pages too', async () => {
    const { alice, bob, server, url } = people;
    await addApp(server, 'other');
    const foreigner = await join(url, 'someone', 'phone', 'other');
    const [first, second] = [await create(alice, { type: 1 }), await create(bob, { type: 1 })];
    await create(alice, { type: 0 });
    await create(alice, { type: 2 });
    const gone = await create(alice, { type: 1 });
    await people.ok(alice, 'groupDestroy', { group_id: gone });
    const whole = await people.as(bob, 'groupsPublic');
    expect([whole.data, totalOf(whole)]).toEqual([[first, second], 2]);
    const page = await people.as(bob, 'groupsPublic', { limit: 1 });
    const rest = await people.as(bob, 'groupsPublic', { limit: 1, cursor: page.cursor });
    expect([page.data, rest.data, rest.cursor]).toEqual([[first], [second], undefined]);
    expect(await people.ok(foreigner, 'groupsPublic', {}, { appId: 'other' })).toEqual([]);
  });
});

describe('what of the log belongs to somebody', () => {
  it('begins with the entry that tells of his coming, and ends with the one that tells of his end', async () => {
    const { alice, bob, carol } = people;
    const gid = await create(alice, { user_list: [bob.uid] });
    const group = { group_id: gid };
    await people.ok(bob, 'groupLeave', group);
    await people.ok(alice, 'groupInvite', { ...group, user_list: [carol.uid, bob.uid] });
    await people.ok(alice, 'groupKick', { ...group, user_list: [carol.uid] });
    await people.ok(alice, 'groupBlock', { ...group, user_list: [bob.uid] });
    await people.ok(carol, 'groupApply', group);
    await people.ok(alice, 'groupApplyHandle', { ...group, user_id: carol.uid, approval: true });
    await people.ok(alice, 'groupDestroy', group);
    const [created, bobCame, bobLeft, carolCame, bobBack, carolKicked, bobBlocked, carolBack, destroyed, ...more] =
      midsOf(gid);
    expect(more).toEqual([]);
    expect(spansOf(alice, gid)).toEqual([[created, destroyed]]);
    expect(spansOf(bob, gid)).toEqual([
      [bobCame, bobLeft],
      [bobBack, bobBlocked],
    ]);
    expect(spansOf(carol, gid)).toEqual([
      [carolCame, carolKicked],
      [carolBack, destroyed],
    ]);
    expect(people.server.context.reader.all('SELECT * FROM group_member')).toEqual([]);
  });

  it('and is not wanted, is so no longer when he goes', async () => {
    const { alice, bob } = people;
    const gid = await create(alice, { user_list: [bob.uid] });
    await people.ok(bob, 'groupMuteMode', { group_id: gid, msg_mute_mode: 2 });
    await people.ok(bob, 'groupLeave', { group_id: gid });
    await people.ok(alice, 'groupInvite', { group_id: gid, user_list: [bob.uid] });
    const silent = people.server.context.reader.all('SELECT until_mid FROM group_span WHERE kind = 1');
    const [, , left, back] = midsOf(gid);
    expect(silent.map((row) => row['until_mid'])).toEqual([left]);
    expect(spansOf(bob, gid).at(-1)).toEqual([back, undefined]);
    expect((await people.ok(bob, 'groupInfo', { group_id: gid })).msg_mute_mode).toBe(0);
  });
});
