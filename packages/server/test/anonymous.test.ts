import { limits, RosterNoticeType as Type } from '@flooim/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rosterNotices, signIn } from './support/notices.ts';
import { addApp, ask, changeDatabase, join, noticesOf, type People, password, startPeople } from './support/rest.ts';

let people: People;
beforeEach(async () => {
  people = await startPeople();
});
afterEach(() => people.close());

const visit = (username: string, more = {}, asking = {}) =>
  ask(people.url, 'userRegisterAnonymous', { username, password, ...more }, asking);
/** Registers, logs in, and calls as the visitor. */
const arrive = async (more = {}) => {
  const { data } = await visit('anon_', more);
  const grant = await ask(people.url, 'tokenByName', { name: data.username, password });
  return { name: data.username, uid: data.user_id, token: grant.data.token };
};
const users = () => people.server.context.reader.all('SELECT uid FROM user').length;

describe('registering without a name', () => {
  it('makes the name unique and gives it back, to log in with', async () => {
    const [one, two] = [(await visit('anon_')).data, (await visit('anon_')).data];
    expect(one).toEqual({ username: expect.stringMatching(/^anon_[a-z0-9]{10}$/), user_id: expect.any(Number) });
    expect(two.username).not.toBe(one.username);
    const grant = await ask(people.url, 'tokenByName', { name: one.username, password });
    expect(grant.data.user_id).toBe(one.user_id);
  });

  it.each([
    ['a character that is not allowed', 'a-b'],
    ['a reserved beginning', 'mta'],
    ['no room for what makes it unique', 'x'.repeat(limits.usernameChars - 9)],
  ])('refuses a prefix with %s', async (_what, prefix) => {
    const before = users();
    const { code, message } = await visit(prefix);
    expect([code, message]).toEqual([10002, expect.stringMatching(/^username: /)]);
    expect(users()).toBe(before);
  });

  it('takes the longest prefix that leaves room', async () => {
    const { data } = await visit('x'.repeat(limits.usernameChars - 10));
    expect(data.username).toHaveLength(limits.usernameChars);
  });

  it('keeps to the rules of passwords, and to closed registration', async () => {
    expect((await visit('anon', { password: 'short' })).message).toMatch(/^password: /);
    await addApp(people.server, 'closed', 'open_registration = 0');
    expect((await visit('anon', {}, { appId: 'closed' })).code).toBe(40001);
  });

  it('is limited for each address', async () => {
    const strict = await startPeople({ loginsPerMin: 7 });
    const register = () => ask(strict.url, 'userRegisterAnonymous', { username: 'anon', password });
    expect([(await register()).code, (await register()).code]).toEqual([200, 10028]);
    await strict.close();
  });
});

describe('a visitor with a contact', () => {
  it('is his friend at once where anyone may be, and both hear of it', async () => {
    const { bob } = people;
    const bobs = await signIn(people.url, bob, 'phone');
    const visitor = await arrive({ cid: bob.uid });
    expect(await people.ok(visitor, 'rosterList')).toEqual([bob.uid]);
    expect(await people.ok(bob, 'rosterList')).toEqual([visitor.uid]);
    const told = { type: Type.ADDED, content: '' };
    expect(noticesOf(people.server, bob)).toEqual([{ ...told, from: visitor.uid, to: [bob.uid] }]);
    expect(noticesOf(people.server, visitor)).toEqual([{ ...told, from: bob.uid, to: [visitor.uid] }]);
    await bobs.phone.settle();
    expect(rosterNotices(bobs.phone)).toEqual([[Type.ADDED, visitor.uid, bob.uid]]);
    expect(noticesOf(people.server, people.carol)).toEqual([]);
  });

  it('has to wait for a contact who wants to be asked', async () => {
    const { bob } = people;
    await people.ok(bob, 'userAuthMode', { value: 1 });
    const visitor = await arrive({ cid: bob.uid });
    expect(await people.ok(visitor, 'rosterList')).toEqual([]);
    expect(noticesOf(people.server, bob)).toEqual([
      { type: Type.APPLIED, from: visitor.uid, to: [bob.uid], content: '' },
    ]);
    await people.ok(bob, 'rosterAccept', { user_id: visitor.uid });
    expect(await people.ok(visitor, 'rosterList')).toEqual([bob.uid]);
  });

  it.each([2, 3])('is a stranger like any other to a contact of auth mode %i', async (value) => {
    const { bob } = people;
    await people.ok(bob, 'userAuthMode', { value });
    const visitor = await arrive({ cid: bob.uid });
    expect(await people.ok(visitor, 'rosterList')).toEqual([]);
    expect(noticesOf(people.server, bob)).toEqual([]);
    const may = { user_id: visitor.uid, roster_id: bob.uid };
    expect(await people.ok(visitor, 'rosterMayMessage', may)).toBe(true);
    changeDatabase(people.server, 'UPDATE app SET strangers_may_chat = 0');
    people.server.context.apps.reload();
    expect(await people.ok(visitor, 'rosterMayMessage', may)).toBe(false);
  });

  it('is a stranger to a contact whose roster is full', async () => {
    const { bob, server } = people;
    const many = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${limits.rosterSize - 1})`;
    const fill = `INSERT INTO roster (uid, peer, relation) SELECT ${bob.uid}, 1000000 + i, 0 FROM n`;
    changeDatabase(server, `PRAGMA foreign_keys = OFF; ${many} ${fill}`);
    const visitor = await arrive({ cid: bob.uid });
    expect(await people.ok(visitor, 'rosterList')).toEqual([]);
    expect(noticesOf(server, bob)).toEqual([]);
  });

  it('is no account when there is no such contact in the app', async () => {
    await addApp(people.server, 'other');
    const foreigner = await join(people.url, 'dora', 'phone', 'other');
    changeDatabase(people.server, `UPDATE user SET status = 2 WHERE uid = ${people.carol.uid}`);
    const before = users();
    for (const [cid, code] of [
      [999_999, 10000],
      [foreigner.uid, 10000],
      [people.carol.uid, 10021],
    ]) {
      const answer = await visit('anon', { cid });
      expect([answer.code, answer.message]).toEqual([code, expect.stringContaining('cid')]);
    }
    expect(users()).toBe(before);
  });
});

describe('support staff', () => {
  it('is nobody unless the operator says who', async () => {
    expect(await people.ok(people.alice, 'supportStaff')).toEqual([]);
  });

  it('is what the operator says of each', async () => {
    const staffed = await startPeople({ supportStaff: ['Alice:chatbot', 'bob:clawchat', 'carol'] });
    const staff = (await staffed.ok(staffed.bob, 'supportStaff')) as { username: string; source: string }[];
    expect(staff.map(({ username, source }) => [username, source])).toEqual([
      ['alice', 'chatbot'],
      ['bob', 'clawchat'],
      ['carol', 'official'],
    ]);
    await staffed.close();
  });

  it('is whom the operator names, in that order, if he can sign in; and every visitor’s friend', async () => {
    const staffed = await startPeople({ supportStaff: ['carol', 'Bob', 'nobody', 'alice'] });
    const { bob, carol, server, url } = staffed;
    changeDatabase(server, `UPDATE user SET status = 1 WHERE uid = ${staffed.alice.uid}`);
    await staffed.ok(bob, 'userProfileUpdate', { nick_name: 'Help' });
    const source = 'official';
    const staff = [
      { user_id: carol.uid, username: 'carol', nickname: '', avatar: '', source },
      { user_id: bob.uid, username: 'bob', nickname: 'Help', avatar: '', source },
    ];
    expect(await staffed.ok(carol, 'supportStaff')).toEqual(staff);
    await staffed.ok(bob, 'userAuthMode', { value: 3 });
    const { data } = await ask(url, 'userRegisterAnonymous', { username: 'v', password, cid: bob.uid });
    expect(await staffed.ok(bob, 'rosterList')).toEqual([data.user_id]);
    await addApp(server, 'other');
    const foreigner = await join(url, 'carol', 'phone', 'other');
    const elsewhere = (await staffed.ok(foreigner, 'supportStaff', {}, { appId: 'other' })) as { user_id: number }[];
    expect(elsewhere.map(({ user_id }) => user_id)).toEqual([foreigner.uid]);
    await staffed.close();
  });
});

it('the app’s configuration is what clients begin with', async () => {
  expect((await ask(people.url, 'appConfig', { platform: 6 })).data).toEqual({
    hide_member_info: false,
    message_forward_max_user_num: 20,
    message_forward_max_message_num: 100,
    file_bytes: limits.fileBytes,
  });
});
