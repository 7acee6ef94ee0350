import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Call, call } from './support/deployed.ts';
import { join, type People, type Person, standingClock, startPeople } from './support/rest.ts';

const clock = standingClock();
let people: People;
beforeAll(async () => {
  people = await startPeople({}, { clock });
});
afterAll(() => people.close());

const as = (person: Person, path: string, options: Call = {}) =>
  call(people.url, path, { token: person.token, ...options });
const post = (person: Person, path: string, body: object = {}) => as(person, path, { method: 'POST', body });

describe('the list of applications', () => {
  it('keeps those that were handled or are too old, each with its state, for clients to show', async () => {
    const { alice, bob, carol } = people;
    await post(alice, '/user/settings', { auth_mode: 1, user_id: alice.uid });
    const dora = await join(people.url, 'dora');
    for (const applicant of [bob, carol, dora]) {
      const body = { user_id: alice.uid, reason: `I am ${applicant.name}`, alias: '' };
      expect((await post(applicant, '/roster/apply', body)).data).toBe(true);
      clock.advance(1);
    }
    expect((await post(alice, `/roster/accept?user_id=${bob.uid}`)).data).toBe(true);
    clock.advance(1);
    expect((await post(alice, '/roster/decline', { user_id: carol.uid, reason: 'no' })).data).toBe(true);
    clock.advance(8 * 24 * 3600_000);
    const list = await as(alice, '/roster/apply/list?cursor=');
    const states = list.data.map(({ user_id, reason, status, expired_time }: Record<string, unknown>) => {
      return [user_id, reason, status, Number(expired_time) > clock()];
    });
    expect(new Set(states)).toEqual(
      new Set([
        [bob.uid, 'I am bob', 1, false],
        [carol.uid, 'I am carol', 2, false],
        [dora.uid, 'I am dora', 0, false],
      ]),
    );
    expect((await post(alice, `/roster/accept?user_id=${dora.uid}`)).code).toBe(10007);
  });
});

describe('ids', () => {
  it('are numbers that JavaScript keeps, and no user has the id of a group: clients tell them apart by it', async () => {
    const { alice } = people;
    const ids: number[] = [];
    for (let i = 0; i < 3; i++) {
      ids.push((await join(people.url, `somebody${i}`)).uid);
      ids.push((await post(alice, '/group/create', { name: `group ${i}` })).data.group_id);
      // A conversation of two draws from the same ids.
      await post(alice, '/message/send', { type: 1, targets: [ids.at(-2)], content_type: 0, content: 'hello' });
    }
    expect(ids.every((id) => Number.isSafeInteger(id) && id > 0)).toBe(true);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [i, id] of ids.entries()) {
      const [user, group] = [
        await as(alice, `/roster/id?user_id=${id}`),
        await as(alice, `/group/info?group_id=${id}`),
      ];
      expect([user.code, group.code], `id ${i}`).toEqual(i % 2 === 0 ? [200, 20001] : [10000, 200]);
    }
  });

  it('of messages are numbers that JavaScript keeps, and grow', async () => {
    const { alice, bob } = people;
    const message = { type: 1, targets: [bob.uid], content_type: 0, content: 'hello' };
    const mids = [];
    for (let i = 0; i < 3; i++) mids.push((await post(alice, '/message/send', message)).msg_ids?.[0] ?? 0);
    expect(mids).toEqual(mids.toSorted((a, b) => a - b));
    expect(new Set(mids).size).toBe(3);
    const history = await as(bob, `/message/conversation?opposite_id=${alice.uid}&msg_id_start=0&limit=3`);
    expect(history.data.messages.map((one: { msg_id: number }) => one.msg_id)).toEqual(mids.toReversed());
  });
});
