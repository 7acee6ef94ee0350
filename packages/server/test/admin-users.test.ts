import { closeCodes, limits, RosterNoticeType as Type } from '@flooim/protocol';
import { RawClient } from '@flooim/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  addApp,
  ask,
  changeDatabase,
  join,
  noticesOf,
  type People,
  type Person,
  password,
  standingClock,
  startPeople,
} from './support/rest.ts';

let clock: ReturnType<typeof standingClock>;
let people: People;
let admin = '';
beforeEach(async () => {
  clock = standingClock();
  people = await startPeople({}, { clock });
  admin = await people.server.context.adminTokens.create('flooim');
});
afterEach(() => people.close());

/** Calls with the admin token, for a user if there is one. */
const ask4 = (name: Parameters<typeof ask>[1], params: object = {}, user?: Person, asking = {}) =>
  ask(people.url, name, params, {
    token: admin,
    ...(user && { headers: { user_id: String(user.uid) } }),
    ...asking,
  });
const done = async (...call: Parameters<typeof ask4>) => {
  const answer = await ask4(...call);
  expect(answer.code, answer.text).toBe(200);
  return answer.data;
};

describe('the list of users', () => {
  it('comes in pages, by uid, with who is disabled and without who was deleted', async () => {
    const { alice, bob, carol } = people;
    await addApp(people.server, 'other');
    await join(people.url, 'someone', 'phone', 'other');
    changeDatabase(people.server, `UPDATE user SET status = 1 WHERE uid = ${bob.uid}`);
    const [a, b, c] = [alice, bob, carol].map(({ uid, name }) => ({ user_id: uid, username: name, status: 0 }));
    expect(await done('userList')).toEqual([a, { ...b, status: 1 }, c]);
    expect(await done('userList', { page_size: 2 })).toEqual([a, { ...b, status: 1 }]);
    expect(await done('userList', { page_num: 2, page_size: 2 })).toEqual([c]);
    expect(await done('userList', { page_num: 1_000_000_000, page_size: 200 })).toEqual([]);
    changeDatabase(people.server, `UPDATE user SET status = 2 WHERE uid = ${alice.uid}`);
    expect(await done('userList')).toEqual([{ ...b, status: 1 }, c]);
  });
});

describe('registering many', () => {
  it('makes each account that can be made, and says why not of the others', async () => {
    const list = [
      { username: 'dora', password },
      { username: 'alice', password },
      { username: 'erik', password: 'short' },
      { username: '12345', password },
      { username: 'dora', password },
      { username: 'fred', password },
    ];
    const results = await done('userRegisterBatch', { list });
    const outcomes = results.map(({ username, success }: { username: string; success: boolean }) => [
      username,
      success,
    ]);
    expect(outcomes).toEqual([
      ['dora', true],
      ['alice', false],
      ['erik', false],
      ['12345', false],
      ['dora', false],
      ['fred', true],
    ]);
    expect(results[1]).toEqual({ user_id: 0, username: 'alice', success: false, reason: 'the username is taken' });
    expect(results[2].reason).toContain('password');
    for (const name of ['dora', 'fred']) {
      const { data } = await ask(people.url, 'tokenByName', { name, password });
      expect(data.user_id).toBe(results.find((result: { username: string }) => result.username === name).user_id);
    }
  });

  it('works where registration is closed to others', async () => {
    changeDatabase(people.server, `UPDATE app SET open_registration = 0`);
    people.server.context.apps.reload();
    expect(await done('userRegisterBatch', { list: [{ username: 'dora', password }] })).toMatchObject([
      { success: true },
    ]);
  });

  it('lets somebody log in meanwhile', async () => {
    const list = Array.from({ length: 40 }, (_, i) => ({ username: `many_${i}`, password }));
    let isDone = false;
    const batch = done('userRegisterBatch', { list }).finally(() => {
      isDone = true;
    });
    const codes: number[] = [];
    for (let i = 0; i < 5; i++) codes.push((await ask(people.url, 'tokenByName', { name: 'alice', password })).code);
    expect(isDone).toBe(false);
    expect(codes).toEqual([200, 200, 200, 200, 200]);
    expect(await batch).toHaveLength(40);
  });

  it.each([
    [{ list: [{ username: 'x' }] }, 'list[0].password is required'],
    [{ list: [{ username: 'dora', password }, { password }] }, 'list[1].username is required'],
    [{ list: [5] }, 'list[0] must be a JSON object'],
    [{ list: [[]] }, 'list[0] must be a JSON object'],
    [{ list: [null] }, 'list[0] must be a JSON object'],
    [{ list: [{ username: { toString: 'x' }, password }] }, 'list[0].username must be a text'],
    [{ list: { 0: { username: 'dora', password }, length: 1 } }, 'list must be a list'],
    [{ list: Array(limits.batchItems + 1).fill({ username: 'dora', password: 'x' }) }, 'list must have at most'],
    [{}, 'list is required'],
  ])('refuses %j as a whole', async (params, named) => {
    const before = await done('userList');
    const answer = await ask4('userRegisterBatch', params);
    expect(answer.code).toBe(10002);
    expect(answer.message).toContain(named);
    expect(await done('userList')).toEqual(before);
  });

  it('takes nothing from a prototype', async () => {
    const body = `{"list":[{"username":"dora","__proto__":{"password":"${password}"}}]}`;
    const headers = { 'access-token': admin, app_id: 'flooim', 'content-type': 'application/json' };
    const response = await fetch(`${people.url}/user/register/batch`, { method: 'POST', headers, body });
    expect(await response.json()).toMatchObject({ code: 10002, message: expect.stringContaining('list[0].password') });
  });
});

describe('changing many profiles', () => {
  it('changes what is given of each, as if he had done it himself', async () => {
    const { alice, bob } = people;
    await people.ok(alice, 'rosterApply', { user_id: bob.uid });
    const list = [
      { user_id: alice.uid, nick_name: 'Al', private_info: 'mine' },
      { user_id: 999_999, nick_name: 'Nobody' },
      { user_id: bob.uid, description: 'B' },
    ];
    expect(await done('userProfileBatch', { list })).toEqual([
      { user_id: alice.uid, success: true },
      { user_id: 999_999, success: false, reason: 'the user does not exist' },
      { user_id: bob.uid, success: true },
    ]);
    expect(await people.ok(alice, 'userProfile')).toMatchObject({ nick_name: 'Al', private_info: 'mine' });
    expect(await people.ok(bob, 'userProfile')).toMatchObject({ description: 'B' });
    expect(noticesOf(people.server, bob).at(-1)).toMatchObject({
      type: Type.INFO_UPDATED,
      content: '{"nick_name":"Al"}',
    });
  });

  it('leaves alone who is in another app', async () => {
    await addApp(people.server, 'other');
    const someone = await join(people.url, 'someone', 'phone', 'other');
    const list = [{ user_id: someone.uid, nick_name: 'Stolen', avatar: 'stolen.png' }];
    for (const name of ['userProfileBatch', 'userAvatarBatch'] as const) {
      expect(await done(name, { list })).toMatchObject([{ success: false }]);
    }
    const { data } = await ask(people.url, 'userProfile', {}, { token: someone.token, appId: 'other' });
    expect([data.nick_name, data.avatar]).toEqual([undefined, undefined]);
  });

  it('checks each avatar', async () => {
    const { alice, bob } = people;
    const list = [
      { user_id: alice.uid, avatar: 'javascript:alert(1)' },
      { user_id: bob.uid, avatar: 'https://example.org/b.png' },
    ];
    expect(await done('userAvatarBatch', { list })).toMatchObject([{ success: false }, { success: true }]);
    expect((await people.ok(alice, 'userProfile')).avatar).toBeUndefined();
    expect((await people.ok(bob, 'userProfile')).avatar).toBe('https://example.org/b.png');
  });
});

describe('another password', () => {
  const fresh = 'another-horse-2';

  it('ends every token and session of the user, and nobody else’s', async () => {
    const { alice, bob } = people;
    const session = await RawClient.login(people.url, { ...alice, guid: 'phone' });
    const other = await RawClient.login(people.url, { ...bob, guid: 'phone' });
    expect(await done('userChangePasswordAdmin', { password: fresh }, alice)).toBe(true);
    expect(await session.closed()).toBe(closeCodes.passwordChanged.code);
    expect((await people.as(alice, 'userProfile')).code).toBe(402);
    expect((await ask(people.url, 'tokenByName', { name: 'alice', password })).code).toBe(402);
    expect((await ask(people.url, 'tokenByName', { name: 'alice', password: fresh })).code).toBe(200);
    expect((await people.as(bob, 'userProfile')).code).toBe(200);
    expect(other.closeCode).toBeUndefined();
    other.terminate();
  });

  it('needs to say whose, and has to be one', async () => {
    const nobodys = await ask4('userChangePasswordAdmin', { password: fresh });
    expect([nobodys.code, nobodys.message]).toEqual([10002, expect.stringContaining('user_id')]);
    expect((await ask4('userChangePasswordAdmin', { password: 'short' }, people.alice)).code).toBe(10002);
    expect((await people.as(people.alice, 'userProfile')).code).toBe(200);
  });
});

describe('being online', () => {
  it('is having a session', async () => {
    const { alice } = people;
    expect(await done('userOnline', {}, alice)).toEqual({ online: false });
    const session = await RawClient.login(people.url, { ...alice, guid: 'phone' });
    expect(await done('userOnline', {}, alice)).toEqual({ online: true });
    session.terminate();
  });
});

describe('making friends', () => {
  it('asks nobody, tells both, and is seen by both', async () => {
    const { alice, bob, carol } = people;
    await people.ok(bob, 'userAuthMode', { value: 3 });
    await people.ok(carol, 'rosterApply', { user_id: alice.uid });
    expect(await done('userAddRoster', { list: [bob.uid, carol.uid, bob.uid] }, alice)).toBe(true);
    expect(await people.ok(alice, 'rosterList')).toEqual([bob.uid, carol.uid]);
    expect(await people.ok(bob, 'rosterList')).toEqual([alice.uid]);
    const toBob = noticesOf(people.server, bob).filter(({ type }) => type === Type.ADDED);
    expect(toBob).toEqual([{ type: Type.ADDED, from: alice.uid, to: [bob.uid], content: '' }]);
    const toAlice = noticesOf(people.server, alice).filter(({ type }) => type === Type.ADDED);
    expect(toAlice.map(({ from }) => from).sort()).toEqual([bob.uid, carol.uid].sort());
    expect(await done('userRosters', {}, alice)).toEqual([
      { user_id: bob.uid, name: 'bob' },
      { user_id: carol.uid, name: 'carol' },
    ]);
    expect(await people.ok(bob, 'rosterMayMessage', { user_id: bob.uid, roster_id: alice.uid })).toBe(true);
  });

  it('is done for all of them or for nobody', async () => {
    const { alice, bob, carol } = people;
    await addApp(people.server, 'other');
    const someone = await join(people.url, 'someone', 'phone', 'other');
    await people.ok(carol, 'rosterBlock', { user_id: alice.uid });
    for (const [peer, code] of [
      [someone.uid, 10000],
      [999_999, 10000],
      [carol.uid, 10006],
      [alice.uid, 10002],
    ] as const) {
      const answer = await ask4('userAddRoster', { list: [bob.uid, peer] }, alice);
      expect(answer.code, answer.text).toBe(code);
    }
    expect(await people.ok(alice, 'rosterList')).toEqual([]);
    expect(await people.ok(bob, 'rosterList')).toEqual([]);
  });

  it('needs to say for whom', async () => {
    const answer = await ask4('userAddRoster', { list: [people.bob.uid] });
    expect([answer.code, answer.message]).toEqual([10002, expect.stringContaining('user_id')]);
  });
});

describe('applying to many', () => {
  it('takes a list or a bare one, and says who was asked', async () => {
    const { alice, bob, carol } = people;
    await people.ok(bob, 'userAuthMode', { value: 1 });
    await people.ok(carol, 'userAuthMode', { value: 3 });
    const list = [{ user_id: bob.uid, reason: 'hello', alias: 'Bobby' }, { user_id: carol.uid }];
    const expected = {
      success: [bob.uid],
      fails: [{ user_id: carol.uid, reason: 'the user accepts no applications' }],
    };
    expect(await people.ok(alice, 'rosterApplyBatch', { list })).toEqual(expected);
    expect(await people.ok(alice, 'rosterApplyBatch', list)).toEqual(expected);
    expect(await people.ok(bob, 'rosterApplyList')).toMatchObject([{ user_id: alice.uid, reason: 'hello', status: 0 }]);
  });

  it('refuses a bare list where there is none to take it', async () => {
    const answer = await people.as(people.alice, 'userProfileUpdate', [{ nick_name: 'x' }]);
    expect([answer.code, answer.message]).toEqual([10002, expect.stringContaining('the body must be a JSON object')]);
  });
});
