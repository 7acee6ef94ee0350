import { limits } from '@flooim/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addApp, changeDatabase, join, type People, type Person, standingClock, startPeople } from './support/rest.ts';

const clock = standingClock();
let people: People;
beforeEach(async () => {
  people = await startPeople({}, { clock });
});
afterEach(() => people.close());

const mode = (person: Person, auth_mode: number, more = {}) =>
  people.ok(person, 'userSettingsUpdate', { auth_mode, ...more });

describe('looking at people', () => {
  it('works for friends, strangers and oneself, leaves out the unknown, and shows nothing private', async () => {
    const { alice, bob, carol, server, url } = people;
    await people.ok(alice, 'rosterApply', { user_id: bob.uid });
    const more = { description: 'd', public_info: 'p', private_info: 'secret' };
    await people.ok(bob, 'userProfileUpdate', { nick_name: 'Bob', ...more });
    changeDatabase(server, `UPDATE user SET email = 'b@example.org', mobile = '+8613900000000' WHERE uid = ${bob.uid}`);
    await mode(bob, 2, { auth_question: 'q', auth_answer: 'hidden' });
    await addApp(server, 'other');
    const foreigner = await join(url, 'dora', 'phone', 'other');
    const list = [carol.uid, String(bob.uid), alice.uid, bob.uid, 424_242, foreigner.uid];
    const items = await people.ok(alice, 'rosterDetails', { list });
    expect(items).toEqual([
      { user_id: alice.uid, username: 'alice', auth_mode: 0, mute_notification: false, relation: 2 },
      {
        user_id: bob.uid,
        username: 'bob',
        nick_name: 'Bob',
        description: 'd',
        public_info: 'p',
        auth_mode: 2,
        auth_question: 'q',
        mute_notification: false,
        relation: 0,
      },
      { user_id: carol.uid, username: 'carol', auth_mode: 0, mute_notification: false, relation: 2 },
    ]);
    expect(await people.ok(alice, 'rosterDetails', { list: [] })).toEqual([]);
  });

  it('in long lists goes on for a while only: a full roster twenty times a minute', async () => {
    const { alice, bob } = people;
    const list = Array(limits.rosterSize).fill(bob.uid);
    for (let i = 0; i < 20; i++) expect(await people.ok(alice, 'rosterDetails', { list })).toHaveLength(1);
    expect((await people.as(alice, 'rosterDetails', { list })).code).toBe(10028);
    expect(await people.ok(bob, 'rosterDetails', { list })).toHaveLength(1);
    clock.advance(3000);
    expect(await people.ok(alice, 'rosterDetails', { list })).toHaveLength(1);
  });

  it('takes as many at once as a roster holds', async () => {
    const list = Array.from({ length: limits.rosterSize }, (_, i) => i + 1);
    expect(await people.ok(people.alice, 'rosterDetails', { list: [...list.slice(1), people.bob.uid] })).toHaveLength(
      1,
    );
  });

  it('finds by id and by exact name, within the app', async () => {
    const { alice, bob, carol, server, url } = people;
    expect((await people.ok(alice, 'rosterByName', { username: 'BOB' })).user_id).toBe(bob.uid);
    expect((await people.as(alice, 'rosterByName', { username: 'bo' })).code).toBe(10000);
    expect((await people.as(alice, 'rosterByName', { username: "b%' OR 1=1 --" })).code).toBe(10000);
    expect((await people.as(alice, 'rosterById', { user_id: 999_999 })).code).toBe(10000);
    changeDatabase(server, `UPDATE user SET status = 2 WHERE uid = ${carol.uid}`);
    expect((await people.as(alice, 'rosterById', { user_id: carol.uid })).code).toBe(10021);
    expect((await people.as(alice, 'rosterByName', { username: 'carol' })).code).toBe(10021);
    await addApp(server, 'other');
    const foreigner = await join(url, 'dora', 'phone', 'other');
    expect((await people.as(alice, 'rosterById', { user_id: foreigner.uid })).code).toBe(10000);
  });
});

describe('lists', () => {
  it('come whole without a limit, and in pages with one', async () => {
    const { alice, bob, carol } = people;
    await people.ok(alice, 'rosterApply', { user_id: bob.uid });
    await people.ok(alice, 'rosterApply', { user_id: carol.uid });
    const whole = await people.as(alice, 'rosterList', { cursor: '' });
    expect(whole.data).toEqual([bob.uid, carol.uid]);
    expect([whole.cursor, whole.version]).toEqual([undefined, clock()]);
    const first = await people.as(alice, 'rosterList', { limit: 1 });
    expect(first.data).toEqual([bob.uid]);
    const second = await people.as(alice, 'rosterList', { limit: 1, cursor: first.cursor });
    expect([second.data, second.cursor]).toEqual([[carol.uid], undefined]);
  });

  it('of applications begin with the newest, and page too', async () => {
    const { alice, bob, carol } = people;
    await mode(alice, 1);
    await people.ok(bob, 'rosterApply', { user_id: alice.uid });
    clock.advance(1);
    await people.ok(carol, 'rosterApply', { user_id: alice.uid });
    const ids = (answer: { data: { user_id: number }[] }) => answer.data.map(({ user_id }) => user_id);
    expect(ids(await people.as(alice, 'rosterApplyList', { cursor: '' }))).toEqual([carol.uid, bob.uid]);
    const first = await people.as(alice, 'rosterApplyList', { limit: 1 });
    const second = await people.as(alice, 'rosterApplyList', { limit: 1, cursor: first.cursor });
    expect([ids(first), ids(second), second.cursor]).toEqual([[carol.uid], [bob.uid], undefined]);
  });

  it.each(['rosterList', 'rosterApplyList'] as const)('%s refuses a cursor that it did not give', async (name) => {
    const { code, message } = await people.as(people.alice, name, { cursor: 'x; DROP TABLE user' });
    expect([code, message]).toEqual([10002, expect.stringContaining('cursor')]);
  });

  it('of nothing are empty lists', async () => {
    for (const name of ['rosterList', 'rosterApplyList', 'rosterBlockedList'] as const) {
      expect(await people.ok(people.alice, name)).toEqual([]);
    }
  });
});
