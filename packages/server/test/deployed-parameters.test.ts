import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Call, call } from './support/deployed.ts';
import { ask, join, type People, type Person, startPeople } from './support/rest.ts';

let people: People;
beforeAll(async () => {
  people = await startPeople();
});
afterAll(() => people.close());

const as = (person: Person, path: string, options: Call = {}) =>
  call(people.url, path, { token: person.token, ...options });
/** A POST with everything in the address. */
const inAddress = (person: Person, path: string, body: unknown = {}) => as(person, path, { method: 'POST', body });
const settings = async (person: Person) => (await as(person, '/user/settings')).data;
const profile = async (person: Person) => (await as(person, '/user/profile')).data;

describe('a POST with its parameters in the address and {} or nothing as its body', () => {
  it.each([
    ['{}', {}],
    ['nothing', undefined],
    ['white space', '  '],
  ])('changes what is one’s own, with %s', async (_what, body) => {
    const { alice } = people;
    const done = async (path: string) => expect((await inAddress(alice, path, body)).data, path).toBe(true);
    await done('/user/authmode?value=0');
    await done('/user/authmode?value=1');
    await done('/user/mobile?mobile=%2B8613900000001');
    await done('/user/nickname?nick_name=%E7%8C%AB%20%26%20co');
    expect(await settings(alice)).toMatchObject({ auth_mode: 1 });
    expect(await profile(alice)).toMatchObject({ mobile: '+8613900000001', nick_name: '猫 & co' });
    await done('/user/mobile?mobile=');
    await done('/user/nickname?nick_name=');
    expect(await profile(alice)).toEqual({ user_id: alice.uid, username: 'alice' });
  });

  it('accepts, deletes, blocks and unblocks a friend', async () => {
    const { bob, carol } = people;
    await as(bob, '/user/settings', { method: 'POST', body: { auth_mode: 1, user_id: bob.uid } });
    const done = async (path: string, by = bob) => expect((await inAddress(by, path)).data, path).toBe(true);
    await as(carol, '/roster/apply', { method: 'POST', body: { user_id: bob.uid, alias: '', reason: 'hi' } });
    await done(`/roster/accept?user_id=${carol.uid}`);
    const relation = async () => (await as(bob, `/roster/id?user_id=${carol.uid}`)).data.relation;
    expect(await relation()).toBe(0);
    await done(`/roster/block?user_id=${carol.uid}`);
    expect(await relation()).toBe(3);
    await done(`/roster/unblock?user_id=${carol.uid}`);
    expect(await relation()).toBe(0);
    await done(`/roster/delete?user_id=${carol.uid}`);
    expect(await relation()).toBe(1);
  });

  it('leaves a group, deletes an announcement, dissolves a group', async () => {
    const { alice, carol } = people;
    const made = await as(alice, '/group/create', { method: 'POST', body: { name: 'g', user_list: [carol.uid] } });
    const group = made.data.group_id;
    const done = async (path: string, by = alice) => expect((await inAddress(by, path)).data, path).toBe(true);
    const body = { group_id: group, title: 'a', content: 'b' };
    const { data } = await as(alice, '/group/announcement/edit', { method: 'POST', body });
    await done(`/group/announcement/delete?group_id=${group}&announcement_id=${data.id}`);
    await done(`/group/leave?group_id=${group}`, carol);
    await done(`/group/destroy?group_id=${group}`);
    expect((await as(carol, `/group/info?group_id=${group}`)).data).toMatchObject({ status: 1, count: 0 });
  });
});

describe('a POST with JSON where the documents say query', () => {
  it.each([
    ['/user/push', { value: true }, { no_push: true }],
    ['/user/push/detail', { value: 1 }, { no_push_detail: true }],
    [
      '/user/push/limit',
      { no_push_start_hour: 22, no_push_end_hour: '7' },
      { no_push_start_hour: 22, no_push_end_hour: 7 },
    ],
    ['/user/push/nickname', { value: 'Ally' }, { push_nick_name: 'Ally' }],
    ['/user/sounds', { value: 1 }, { no_sounds: true }],
    ['/user/vibratory', { value: '1' }, { vibratory: true }],
  ])('%s is heard', async (path, body, changed) => {
    const before = await settings(people.alice);
    expect((await inAddress(people.alice, path, body)).data).toBe(true);
    expect(await settings(people.alice)).toEqual({ ...before, ...changed });
  });

  it('/user/kick is heard', async () => {
    const dora = await join(people.url, 'dora');
    expect((await inAddress(dora, '/user/kick', { device_sn: 4711 })).code).toBe(10002);
    expect((await inAddress(dora, '/user/kick', {})).data).toBe(true);
    expect((await as(dora, '/user/profile')).code).toBe(402);
  });
});

describe('a request', () => {
  it('may say JSON in any of its spellings, also where there is none', async () => {
    for (const type of ['application/json', 'application/json;charset=UTF-8', 'application/json; charset=utf-8']) {
      const headers = { 'content-type': type };
      expect((await as(people.alice, '/roster/list', { headers })).code, type).toBe(200);
      const set = { method: 'POST', headers, body: { nick_name: 'Ally' } } as const;
      expect((await as(people.alice, '/user/profile', set)).code, type).toBe(200);
    }
    expect((await ask(people.url, 'rosterList', {}, { token: people.alice.token })).code).toBe(200);
  });

  it('may have an empty parameter without a name, and parameters that are empty or nobody knows', async () => {
    for (const path of [
      '/roster/blocked_list?=',
      '/roster/blocked_list?',
      '/roster/list?=&',
      '/roster/apply/list?cursor=',
      '/group/invitation_list?cursor=&_=1700000000000',
      '/group/user_joined?undefined=undefined',
    ]) {
      const { code, data } = await as(people.alice, path);
      expect([code, data], path).toEqual([200, expect.any(Array)]);
    }
  });

  it('may change only a part: what it does not name stays as it is', async () => {
    const { carol } = people;
    const set = (path: string, body: object) => inAddress(carol, path, body);
    await set('/user/profile', { nick_name: 'Caro', description: 'd', public_info: '{"a":1}' });
    await set('/user/profile', { description: 'e', unknown: 1, username: 'mallory' });
    expect(await profile(carol)).toMatchObject({
      nick_name: 'Caro',
      description: 'e',
      public_info: '{"a":1}',
      username: 'carol',
    });
    const before = await settings(carol);
    expect((await set('/user/settings', { auth_mode: 3, user_id: carol.uid })).data).toBe(true);
    expect((await set('/user/settings', { group_confirm: true, user_id: String(carol.uid) })).data).toBe(true);
    expect(await settings(carol)).toEqual({ ...before, auth_mode: 3, group_confirm: true });
  });

  it('may give ids and lists of ids as texts', async () => {
    const { alice, bob } = people;
    const ids = [String(bob.uid), alice.uid];
    expect((await inAddress(alice, '/roster/list', { list: ids })).data).toHaveLength(2);
    const made = await inAddress(alice, '/group/create', { name: 'g', type: '0', user_list: [String(bob.uid)] });
    const [group_id, user_list] = [String(made.data.group_id), [String(bob.uid)]];
    expect((await inAddress(alice, '/group/info/batch', { group_list: [group_id] })).data).toHaveLength(1);
    const ban = await inAddress(alice, '/group/ban', { group_id, user_list, duration: '-1' });
    expect(ban.data).toEqual([{ user_id: bob.uid, result: 'success' }]);
  });
});

/** As the documents have them: what changes something has POST and PUT, what takes something away POST and DELETE. */
const updates = [
  '/user/profile',
  '/user/profile/batch',
  '/user/avatar',
  '/user/avatar/batch',
  '/user/nickname',
  '/user/username',
  '/user/mobile',
  '/user/settings',
  '/user/authmode',
  '/user/download',
  '/user/sounds',
  '/user/vibratory',
  '/user/push',
  '/user/push/detail',
  '/user/push/limit',
  '/user/push/nickname',
  '/user/kick',
  '/roster/accept',
  '/roster/decline',
  '/roster/ext',
  '/roster/block',
  '/group/info/name',
  '/group/info/description',
  '/group/info/avatar',
  '/group/info/ext',
  '/group/display_name',
  '/group/transfer',
  '/group/apply/handle',
  '/group/invite/handle',
  '/group/settings/allow_member_invitation',
  '/group/settings/allow_member_modify',
  '/group/settings/enable_read_ack',
  '/group/settings/history_visible',
  '/group/settings/hide_member_info',
  '/group/settings/require_admin_approval',
  '/group/msg/mute_mode',
  '/group/msg/push_mode',
  '/group/file/update_name',
  '/message/send',
  '/message/notify',
  '/message/recall',
];
const removals = [
  '/user/delete',
  '/user/device/remove',
  '/roster/delete',
  '/roster/unblock',
  '/group/destroy',
  '/group/admin/remove',
  '/group/leave',
  '/group/kick',
  '/group/unblock',
  '/group/announcement/delete',
  '/group/file/delete',
];

describe('what is documented with two methods', () => {
  it('has both', async () => {
    const reached = async (method: 'POST' | 'PUT' | 'DELETE', path: string) => {
      const { status, code } = await call(people.url, path, { method, body: {} });
      expect([status, code], `${method} ${path}`).toEqual([200, 10003]);
    };
    for (const path of updates) for (const method of ['POST', 'PUT'] as const) await reached(method, path);
    for (const path of removals) for (const method of ['POST', 'DELETE'] as const) await reached(method, path);
  });

  describe('takes the JSON of a DELETE', () => {
    let group_id: number;
    beforeEach(async () => {
      const { alice, bob, carol } = people;
      await inAddress(carol, '/user/settings', { group_confirm: false });
      const body = { name: 'g', user_list: [bob.uid, carol.uid] };
      ({ group_id } = (await inAddress(alice, '/group/create', body)).data);
      await inAddress(alice, '/group/admin/add', { group_id, user_list: [bob.uid] });
    });
    const remove = (path: string, body: object) => as(people.alice, path, { method: 'DELETE', body });

    it('for members and administrators of a group', async () => {
      const { bob, carol } = people;
      const done = (uid: number) => [{ user_id: uid, result: 'success' }];
      const user = (uid: number) => ({ group_id, user_list: [uid] });
      expect((await remove('/group/admin/remove', user(bob.uid))).data).toEqual(done(bob.uid));
      expect((await remove('/group/kick', user(carol.uid))).data).toEqual(done(carol.uid));
      await inAddress(people.alice, '/group/block', user(bob.uid));
      expect((await remove('/group/unblock', user(bob.uid))).data).toEqual(done(bob.uid));
      expect((await remove('/group/file/delete', { group_id, file_list: [1] })).data).toEqual([
        { file_id: 1, result: 'fail', reason: expect.any(String) },
      ]);
    });

    it('for one’s own account', async () => {
      const erik = await join(people.url, 'erik');
      const wrong = await as(erik, '/user/delete', { method: 'DELETE', body: { password: 'wrong-password-1' } });
      expect(wrong.code).toBe(11001);
      const right = await as(erik, '/user/delete', { method: 'DELETE', body: { password: 'correct-horse-1' } });
      expect(right.data).toBe(true);
      expect((await as(people.alice, `/roster/id?user_id=${erik.uid}`)).code).toBe(10021);
    });
  });
});
