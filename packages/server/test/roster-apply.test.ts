import { limits, RosterNoticeType as Type } from '@flooim/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  addApp,
  changeDatabase,
  join,
  noticesOf,
  type People,
  type Person,
  standingClock,
  startPeople,
} from './support/rest.ts';

const clock = standingClock();
let people: People;
beforeEach(async () => {
  people = await startPeople({}, { clock });
});
afterEach(() => people.close());

const mode = (person: Person, auth_mode: number, more = {}) =>
  people.ok(person, 'userSettingsUpdate', { auth_mode, ...more });
const apply = (from: Person, to: Person, more = {}) => people.as(from, 'rosterApply', { user_id: to.uid, ...more });
const friendsOf = (person: Person) => people.ok(person, 'rosterList');
const told = (person: Person) => noticesOf(people.server, person);
const seen = async (by: Person, whom: Person) => people.ok(by, 'rosterById', { user_id: whom.uid });

describe('applying to somebody', () => {
  it('who lets anyone in makes friends at once, and both hear of it', async () => {
    const { alice, bob } = people;
    expect(await apply(alice, bob, { alias: 'Bobby' })).toMatchObject({ code: 200, data: true });
    expect(await friendsOf(alice)).toEqual([bob.uid]);
    expect(await friendsOf(bob)).toEqual([alice.uid]);
    expect(await seen(alice, bob)).toMatchObject({ relation: 0, alias: 'Bobby' });
    expect(told(alice)).toEqual([{ type: Type.ADDED, from: bob.uid, to: [alice.uid], content: '' }]);
    expect(told(bob)).toEqual([{ type: Type.ADDED, from: alice.uid, to: [bob.uid], content: '' }]);
  });

  it('who wants to be asked leaves an application, and only he hears of it', async () => {
    const { alice, bob } = people;
    await mode(bob, 1);
    await people.ok(alice, 'rosterApply', { user_id: bob.uid, reason: 'hi' });
    expect(await friendsOf(alice)).toEqual([]);
    const application = {
      user_id: alice.uid,
      reason: 'hi',
      status: 0,
      expired_time: clock() + limits.applicationTtlMs,
    };
    expect(await people.ok(bob, 'rosterApplyList')).toEqual([application]);
    expect(told(bob)).toEqual([{ type: Type.APPLIED, from: alice.uid, to: [bob.uid], content: 'hi' }]);
    expect(told(alice)).toEqual([]);
  });

  it('who asks a question needs the answer', async () => {
    const { alice, bob } = people;
    await mode(bob, 2, { auth_question: 'colour?', auth_answer: 'Blue ' });
    expect((await seen(alice, bob)).auth_question).toBe('colour?');
    expect(await seen(alice, bob)).not.toHaveProperty('auth_answer');
    expect(await apply(alice, bob)).toMatchObject({ code: 10002, message: 'wrong answer' });
    expect(await apply(alice, bob, { auth_answer: 'blue' })).toMatchObject({ code: 10002 });
    expect(await apply(alice, bob, { auth_answer: ' Blue' })).toMatchObject({ code: 200 });
    expect(await friendsOf(bob)).toEqual([alice.uid]);
  });

  it('who asks a question is not for guessing', async () => {
    const { alice, bob, carol } = people;
    await mode(bob, 2, { auth_question: 'digit?', auth_answer: '7' });
    for (let i = 0; i < 10; i++) expect((await apply(alice, bob, { auth_answer: 'x' })).code).toBe(10002);
    expect((await apply(alice, bob, { auth_answer: '7' })).code).toBe(10028);
    expect((await apply(carol, bob, { auth_answer: '7' })).code).toBe(200);
    clock.advance(60_000);
    expect((await apply(alice, bob, { auth_answer: '7' })).code).toBe(200);
  });

  it('who asks a question without an answer lets nobody in', async () => {
    const { alice, bob } = people;
    await mode(bob, 2);
    expect((await apply(alice, bob, { auth_answer: '' })).code).toBe(10002);
  });

  it('who refuses all is refused', async () => {
    await mode(people.bob, 3);
    expect((await apply(people.alice, people.bob)).code).toBe(10012);
  });

  it('who applied first makes friends, whatever the auth modes say', async () => {
    const { alice, bob } = people;
    await mode(alice, 3);
    await mode(bob, 1);
    await people.ok(alice, 'rosterApply', { user_id: bob.uid, alias: 'B' });
    await people.ok(bob, 'rosterApply', { user_id: alice.uid, alias: 'A' });
    expect(await friendsOf(alice)).toEqual([bob.uid]);
    expect((await seen(alice, bob)).alias).toBe('B');
    expect((await seen(bob, alice)).alias).toBe('A');
    expect((await people.ok(bob, 'rosterApplyList'))[0].status).toBe(1);
    expect(told(alice)).toEqual([{ type: Type.ADDED, from: bob.uid, to: [alice.uid], content: '' }]);
  });

  it('at the same time from both sides makes friends once', async () => {
    const { alice, bob } = people;
    await mode(alice, 1);
    await mode(bob, 1);
    const answers = await Promise.all([apply(alice, bob), apply(bob, alice)]);
    expect(answers.map(({ code }) => code)).toEqual([200, 200]);
    expect(await friendsOf(alice)).toEqual([bob.uid]);
  });

  it('twice renews the application', async () => {
    const { alice, bob } = people;
    await mode(bob, 1);
    await people.ok(alice, 'rosterApply', { user_id: bob.uid, reason: 'first' });
    clock.advance(1000);
    await people.ok(alice, 'rosterApply', { user_id: bob.uid, reason: 'second' });
    const expired_time = clock() + limits.applicationTtlMs;
    expect(await people.ok(bob, 'rosterApplyList')).toEqual([
      { user_id: alice.uid, reason: 'second', status: 0, expired_time },
    ]);
  });

  it('is refused between friends, to oneself, to nobody, to the deleted and across apps', async () => {
    const { alice, bob, carol, server, url } = people;
    await people.ok(alice, 'rosterApply', { user_id: bob.uid });
    expect((await apply(alice, bob)).code).toBe(10005);
    const self = await apply(alice, alice);
    expect([self.code, self.message]).toEqual([10002, expect.stringContaining('user_id')]);
    expect((await people.as(alice, 'rosterApply', { user_id: 999_999 })).code).toBe(10000);
    changeDatabase(server, `UPDATE user SET status = 2 WHERE uid = ${carol.uid}`);
    expect((await apply(alice, carol)).code).toBe(10021);
    await addApp(server, 'other');
    const foreigner = await join(url, 'dora', 'phone', 'other');
    expect((await apply(alice, foreigner)).code).toBe(10000);
  });

  it('is refused when either has blocked the other', async () => {
    const { alice, bob } = people;
    await people.ok(alice, 'rosterBlock', { user_id: bob.uid });
    expect((await apply(alice, bob)).code).toBe(10006);
    expect((await apply(bob, alice)).code).toBe(10006);
  });

  it('is refused when a roster is full', async () => {
    const { alice, bob, server } = people;
    const many = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${limits.rosterSize - 1})`;
    changeDatabase(
      server,
      `PRAGMA foreign_keys = OFF; ${many}
      INSERT INTO roster (uid, peer, relation) SELECT ${alice.uid}, 1000000 + i, 0 FROM n`,
    );
    expect((await apply(bob, alice)).code).toBe(10010);
    expect(await friendsOf(bob)).toEqual([]);
  });
});

describe('an application', () => {
  beforeEach(async () => {
    await mode(people.bob, 1);
    await people.ok(people.alice, 'rosterApply', { user_id: people.bob.uid, alias: 'B', reason: 'hi' });
  });

  it('that is accepted makes friends, and both hear of it', async () => {
    const { alice, bob } = people;
    await people.ok(bob, 'rosterAccept', { user_id: alice.uid });
    expect(await friendsOf(alice)).toEqual([bob.uid]);
    expect(await friendsOf(bob)).toEqual([alice.uid]);
    expect((await seen(alice, bob)).alias).toBe('B');
    const accepted = { type: Type.ACCEPTED, from: bob.uid, to: [alice.uid], content: '' };
    expect(told(alice)).toEqual([accepted]);
    expect(told(bob).at(-1)).toEqual(accepted);
    expect((await people.ok(bob, 'rosterApplyList'))[0].status).toBe(1);
    expect((await people.as(bob, 'rosterAccept', { user_id: alice.uid })).code).toBe(10007);
  });

  it('that is declined makes no friends, and both hear why', async () => {
    const { alice, bob } = people;
    await people.ok(bob, 'rosterDecline', { user_id: alice.uid, reason: 'no' });
    expect(await friendsOf(alice)).toEqual([]);
    const declined = { type: Type.DECLINED, from: bob.uid, to: [alice.uid], content: 'no' };
    expect(told(alice)).toEqual([declined]);
    expect(told(bob).at(-1)).toEqual(declined);
    expect((await people.ok(bob, 'rosterApplyList'))[0].status).toBe(2);
    expect((await people.as(bob, 'rosterDecline', { user_id: alice.uid })).code).toBe(10007);
  });

  it('that has expired can be neither accepted nor declined, and is still listed', async () => {
    const { alice, bob } = people;
    clock.advance(limits.applicationTtlMs);
    expect((await people.as(bob, 'rosterAccept', { user_id: alice.uid })).code).toBe(10007);
    expect((await people.as(bob, 'rosterDecline', { user_id: alice.uid })).code).toBe(10007);
    expect(await people.ok(bob, 'rosterApplyList')).toHaveLength(1);
  });

  it('that was never made can be neither accepted nor declined', async () => {
    const { alice, bob, carol } = people;
    expect((await people.as(alice, 'rosterAccept', { user_id: bob.uid })).code).toBe(10007);
    expect((await people.as(bob, 'rosterAccept', { user_id: carol.uid })).code).toBe(10007);
    expect((await people.as(bob, 'rosterDecline', { user_id: carol.uid })).code).toBe(10007);
  });

  it('cannot be accepted by somebody else', async () => {
    expect((await people.as(people.carol, 'rosterAccept', { user_id: people.alice.uid })).code).toBe(10007);
  });
});
