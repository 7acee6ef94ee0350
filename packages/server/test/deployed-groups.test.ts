import { limits } from '@flooim/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Call, call, nullsIn } from './support/deployed.ts';
import { changeDatabase, type People, type Person, standingClock, startPeople } from './support/rest.ts';

const clock = standingClock();
let people: People;
beforeAll(async () => {
  people = await startPeople({}, { clock });
});
afterAll(() => people.close());

const as = (person: Person, path: string, options: Call = {}) =>
  call(people.url, path, { token: person.token, ...options });
const post = (person: Person, path: string, body: object = {}) => as(person, path, { method: 'POST', body });
const create = async (owner: Person, group: object) => (await post(owner, '/group/create', group)).data.group_id;

describe('the members of a group', () => {
  const members = limits.groupMembersMax;
  let group: number;
  beforeAll(async () => {
    group = await create(people.alice, { name: 'a crowd' });
    const many = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${members - 1})`;
    // Ids as large as they may become: 16 digits.
    const uid = `${Number.MAX_SAFE_INTEGER} - i`;
    changeDatabase(
      people.server,
      `INSERT INTO user (uid, app_id, username, password_hash, created_at)
         ${many} SELECT ${uid}, 'flooim', 'member' || i, 'none', 1 FROM n;
       INSERT INTO group_member (gid, uid, display_name, joined_at, joined_mid)
         ${many} SELECT ${group}, ${uid}, iif(i % 2, 'Card ' || i, ''), 1, 1000000 + i FROM n;
       UPDATE group_info SET member_count = ${members}, capacity = ${members} WHERE gid = ${group}`,
    );
  });

  it('come all at once, however many: clients never ask for a second page', async () => {
    const { data, cursor, total } = await as(people.alice, `/group/member_list?group_id=${group}`);
    expect([data.length, cursor, total]).toEqual([members, undefined, members]);
  });

  it('have their names told all at once, in one request that names them all; who has no card has none', async () => {
    const list = await as(people.alice, `/group/member_list?group_id=${group}&cursor=`);
    const user_list = list.data.map((member: { user_id: number }) => member.user_id);
    const body = { group_id: group, user_list };
    expect(JSON.stringify(body).length).toBeLessThan(limits.requestBytes);
    const start = performance.now();
    const names = await post(people.alice, '/group/members/display_name', body);
    expect([names.code, names.data?.length], names.message).toEqual([200, members]);
    expect(performance.now() - start).toBeLessThan(10_000);
    expect(nullsIn(names.data)).toEqual([]);
    const [owner, first, second] = names.data;
    expect(owner).toEqual({ user_id: people.alice.uid, join_time: expect.any(Number) });
    expect([first.display_name, second.display_name]).toEqual(['Card 1', undefined]);
    expect(second).not.toHaveProperty('display_name');
  });
});

describe('applications', () => {
  it('are asked for with all groups that one is in; those that one does not administer do not matter', async () => {
    const { alice, bob, carol } = people;
    const [mine, foreign] = [
      await create(alice, { name: 'mine' }),
      await create(bob, { name: 'bob’s', user_list: [alice.uid] }),
    ];
    for (const group_id of [mine, foreign]) await post(carol, '/group/apply', { group_id, reason: 'please' });
    const joined = (await as(alice, '/group/user_joined')).data;
    expect(joined).toEqual(expect.arrayContaining([mine, foreign]));
    const group_list = [...joined, ...Array.from({ length: 1000 }, (_, i) => 5_000_000 + i)];
    const list = await post(alice, '/group/application_list', { group_list });
    expect(list.code, list.message).toBe(200);
    expect(list.data).toMatchObject([{ group_id: mine, applicant_id: carol.uid, reason: 'please', status: 0 }]);
    expect((await post(bob, '/group/application_list?cursor=', { group_list: [mine] })).data).toEqual([]);
  });
});

describe('announcements', () => {
  it('are listed the oldest first, which clients turn round; editing always adds one', async () => {
    const group_id = await create(people.alice, { name: 'news' });
    const ids = [];
    for (const title of ['one', 'two', 'two']) {
      ids.push((await post(people.alice, '/group/announcement/edit', { group_id, title, content: '' })).data.id);
      clock.advance(1000);
    }
    const { data } = await as(people.alice, `/group/announcement/list?group_id=${group_id}`);
    expect(data.map(({ id, title }: { id: number; title: string }) => [id, title])).toEqual([
      [ids[0], 'one'],
      [ids[1], 'two'],
      [ids[2], 'two'],
    ]);
    expect(ids).toEqual(ids.toSorted((a, b) => a - b));
    expect((await as(people.alice, `/group/announcement/last?group_id=${group_id}`)).data.id).toBe(ids[2]);
  });
});

describe('a group that the web client makes', () => {
  it('may be public, type 1, and has its settings changed by 0 and 1', async () => {
    const { alice } = people;
    const group_id = await create(alice, { name: 'open', type: 1, avatar: '', description: '', user_list: [] });
    for (const [path, field] of [
      ['allow_member_invitation', 'member_invite'],
      ['allow_member_modify', 'member_modify'],
      ['enable_read_ack', 'read_ack'],
      ['history_visible', 'history_visible'],
      ['hide_member_info', 'hide_member_info'],
    ]) {
      for (const value of [1, 0]) {
        expect((await post(alice, `/group/settings/${path}`, { group_id, value })).data).toBe(true);
        const { data } = await as(alice, `/group/settings?group_id=${group_id}`);
        expect([data.type, data[field as string]], path).toEqual([1, value === 1]);
      }
    }
  });

  it('is told by its owner under the name owner to whoever looks it up, member or not', async () => {
    const { alice, bob, carol } = people;
    const group_id = await create(alice, { name: 'looked up', user_list: [bob.uid] });
    for (const person of [alice, bob, carol]) {
      const [brief] = (await post(person, '/group/info/batch', { group_list: [group_id] })).data;
      expect(brief).toMatchObject({ group_id, owner: alice.uid, name: 'looked up', status: 0, count: 2 });
      expect((await as(person, `/group/info?group_id=${group_id}`)).data.owner_id).toBe(alice.uid);
    }
  });

  it('bans for good with -1, and says so with -1: a member, and everybody', async () => {
    const { alice, bob } = people;
    const group_id = await create(alice, { name: 'quiet', user_list: [bob.uid] });
    await post(alice, '/group/ban', { group_id, user_list: [bob.uid], duration: -1 });
    const banned = await as(alice, `/group/banned_list?group_id=${group_id}`);
    expect(banned.data).toMatchObject([{ user_id: bob.uid, expired_time: -1 }]);
    const all = await post(alice, '/group/settings/ban_all', { group_id, duration: -1 });
    expect(all.data).toEqual({ ban_expire_time: -1 });
    expect((await as(bob, `/group/info?group_id=${group_id}`)).data.ban_expire_time).toBe(-1);
    await post(alice, '/group/settings/unban_all', { group_id });
    expect((await as(bob, `/group/info?group_id=${group_id}`)).data.ban_expire_time).toBe(0);
  });

  it('refuses who may not with a code for the whole call: clients do not look at single results', async () => {
    const { alice, bob, carol } = people;
    const group_id = await create(alice, { name: 'strict', user_list: [bob.uid] });
    const user_list = [carol.uid];
    for (const [path, more, code] of [
      ['/group/kick', {}, 20012],
      ['/group/block', {}, 20012],
      ['/group/unblock', {}, 20012],
      ['/group/ban', { duration: 1 }, 20012],
      ['/group/unban', {}, 20012],
      ['/group/admin/add', {}, 20013],
      ['/group/admin/remove', {}, 20013],
    ] as const) {
      const answer = await post(bob, path, { group_id, user_list, ...more });
      expect([path, answer.status, answer.code, answer.data]).toEqual([path, 200, code, undefined]);
    }
  });
});
