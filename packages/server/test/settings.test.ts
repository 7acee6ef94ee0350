import { RosterNoticeType, UserNoticeType as Type } from '@flooim/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type OwnDevice, signIn, userNotices } from './support/notices.ts';
import { addApp, ask, join, noticesOf, type People, password, startPeople } from './support/rest.ts';

let people: People;
let devices: OwnDevice[];
let bobs: OwnDevice;
beforeEach(async () => {
  people = await startPeople();
  const { alice, bob, url } = people;
  await people.ok(alice, 'rosterApply', { user_id: bob.uid });
  devices = [await signIn(url, alice, 'phone'), await signIn(url, alice, 'laptop')];
  bobs = await signIn(url, bob, 'phone');
});
afterEach(() => people.close());

const settings = () => people.ok(people.alice, 'userSettings');
/** How often each of alice's devices heard that something of hers changed. */
const heard = async () => {
  for (const { phone } of devices) await phone.settle();
  return devices.map(({ phone }) => userNotices(phone).filter(([type]) => type === Type.INFO_UPDATED).length);
};
const fresh = { auth_mode: 0, auto_download: false, group_confirm: false, no_push: false, no_push_detail: false };

describe('settings', () => {
  it('begin with everything off', async () => {
    expect(await settings()).toEqual({
      user_id: people.alice.uid,
      id: people.alice.uid,
      ...fresh,
      no_push_start_hour: 0,
      no_push_end_hour: 0,
      silence_start_time: 0,
      silence_end_time: 0,
      no_sounds: false,
      vibratory: false,
    });
  });

  it('are all kept', async () => {
    const all = {
      auth_mode: 2,
      auth_question: 'q',
      auth_answer: 'a',
      auto_download: true,
      group_confirm: true,
      no_push: true,
      no_push_detail: true,
      no_push_start_hour: 22,
      no_push_end_hour: 7,
      silence_start_time: 23,
      silence_end_time: 6,
      no_sounds: true,
      vibratory: true,
      push_nick_name: 'Ally',
      push_token: 't',
    };
    await people.ok(people.alice, 'userSettingsUpdate', all);
    expect(await settings()).toEqual({ user_id: people.alice.uid, id: people.alice.uid, ...all });
  });

  it.each([
    ['userDownload', 'auto_download', true],
    ['userSounds', 'no_sounds', true],
    ['userVibratory', 'vibratory', true],
    ['userPush', 'no_push', true],
    ['userPushDetail', 'no_push_detail', true],
    ['userPushNickName', 'push_nick_name', 'Ally'],
    ['userAuthMode', 'auth_mode', 3],
  ] as const)('%s sets %s and nothing else, and is heard by one’s own devices once', async (name, field, value) => {
    const before = await settings();
    await people.ok(people.alice, name, { value });
    expect(await settings()).toEqual({ ...before, [field]: value });
    await people.ok(people.alice, name, { value });
    expect(await heard()).toEqual([1, 1]);
    await bobs.phone.settle();
    expect(userNotices(bobs.phone)).toEqual([]);
  });

  it('userPushLimit sets both hours', async () => {
    await people.ok(people.alice, 'userPushLimit', { no_push_start_hour: 0, no_push_end_hour: 23 }, { place: 'body' });
    expect(await settings()).toMatchObject({ no_push_start_hour: 0, no_push_end_hour: 23 });
    for (const hours of [{ no_push_start_hour: 24, no_push_end_hour: 1 }, { no_push_start_hour: 1 }]) {
      expect((await people.as(people.alice, 'userPushLimit', hours)).code).toBe(10002);
    }
    expect(await settings()).toMatchObject({ no_push_start_hour: 0, no_push_end_hour: 23 });
  });

  it('that are emptied are not set any more', async () => {
    await people.ok(people.alice, 'userSettingsUpdate', { auth_question: 'q', push_nick_name: 'n' });
    await people.ok(people.alice, 'userSettingsUpdate', { auth_question: '', push_nick_name: '' });
    expect(await settings()).not.toHaveProperty('auth_question');
    expect(await settings()).not.toHaveProperty('push_nick_name');
  });

  it('are changed whole or not at all', async () => {
    const bad = { group_confirm: true, no_push_start_hour: 99 };
    expect((await people.as(people.alice, 'userSettingsUpdate', bad)).code).toBe(10002);
    expect((await settings()).group_confirm).toBe(false);
    expect(await heard()).toEqual([0, 0]);
  });
});

describe('a username', () => {
  const rename = (username: string) => people.as(people.alice, 'userName', { username });

  it('can be changed, frees the old one, and is heard by friends and one’s own devices', async () => {
    const { alice, bob, carol, url } = people;
    expect(await rename(' ali ce2 ')).toMatchObject({ code: 200, data: true });
    expect((await people.ok(alice, 'userProfile')).username).toBe('alice2');
    expect((await ask(url, 'tokenByName', { name: 'alice2', password })).code).toBe(200);
    expect((await ask(url, 'tokenByName', { name: 'alice', password })).code).toBe(402);
    const told = {
      type: RosterNoticeType.INFO_UPDATED,
      from: alice.uid,
      to: [bob.uid],
      content: '{"username":"alice2"}',
    };
    expect(noticesOf(people.server, bob).at(-1)).toEqual(told);
    expect(noticesOf(people.server, carol)).toEqual([]);
    expect(await heard()).toEqual([1, 1]);
    expect((await people.ok(bob, 'rosterByName', { username: 'alice2' })).user_id).toBe(alice.uid);
    expect((await ask(url, 'userRegister', { username: 'alice', password })).code).toBe(200);
  });

  it('may change its case, and changing nothing tells nobody', async () => {
    expect((await rename('ALICE')).code).toBe(200);
    expect((await rename('ALICE')).code).toBe(200);
    expect(await heard()).toEqual([1, 1]);
  });

  it.each(['77', 'a-b', 'mta_x', 'Maxim', '   ', 'a😀', 'a\u202Eb'])('"%s" is refused', async (username) => {
    const { code, message } = await rename(username);
    expect([code, message]).toEqual([10002, expect.stringMatching(/^username: /)]);
    expect((await people.ok(people.alice, 'userProfile')).username).toBe('alice');
  });

  it('that is taken is refused, in whatever case, and one of two who want it gets it', async () => {
    expect((await rename('BOB')).code).toBe(11011);
    const both = [rename('zoe'), people.as(people.carol, 'userName', { username: 'Zoe' })];
    const codes = (await Promise.all(both)).map(({ code }) => code);
    expect(codes.sort((a, b) => a - b)).toEqual([200, 11011]);
  });

  it('is one app’s', async () => {
    await addApp(people.server, 'other');
    await join(people.url, 'xena', 'phone', 'other');
    expect((await rename('xena')).code).toBe(200);
  });
});

describe('a mobile number', () => {
  const set = (mobile: string, by = people.alice) => people.as(by, 'userMobile', { mobile });

  it.each([
    '+12345678',
    '+8613800000000',
    '13800000000',
    '15300000000',
    '16600000000',
    '19900000000'.replace('19', '18'),
  ])('%s is taken, for logging in too', async (mobile) => {
    expect((await set(mobile)).code).toBe(200);
    expect((await people.ok(people.alice, 'userProfile')).mobile).toBe(mobile);
    expect((await ask(people.url, 'tokenByLogin', { login_name: mobile, password })).code).toBe(200);
    expect(await heard()).toEqual([1, 1]);
  });

  it.each([
    '12345678',
    '+1234567',
    '15400000000',
    '16500000000',
    '1380000000',
    '138000000001',
    '+86 138',
    'x',
    ' ',
    '١٣٨٠٠٠٠٠٠٠٠',
  ])('"%s" is refused by name', async (mobile) => {
    const { code, message } = await set(mobile);
    expect([code, message]).toEqual([10002, expect.stringContaining('mobile')]);
    expect(await people.ok(people.alice, 'userProfile')).not.toHaveProperty('mobile');
  });

  it('is one account’s in an app, is private, and can be taken off', async () => {
    const { alice, bob, carol } = people;
    const before = noticesOf(people.server, bob).length;
    await set('+12345678');
    const taken = await set('+12345678', bob);
    expect([taken.code, taken.message]).toEqual([11012, 'the mobile number belongs to another account']);
    expect((await set('+12345678')).code).toBe(200);
    expect(await people.ok(bob, 'rosterById', { user_id: alice.uid })).not.toHaveProperty('mobile');
    expect(noticesOf(people.server, bob)).toHaveLength(before);
    expect((await set('')).code).toBe(200);
    expect(await people.ok(alice, 'userProfile')).not.toHaveProperty('mobile');
    const both = (await Promise.all([set('+12345678', bob), set('+12345678', carol)])).map(({ code }) => code);
    expect(both.sort((a, b) => a - b)).toEqual([200, 11012]);
    await addApp(people.server, 'other');
    const foreigner = await join(people.url, 'xena', 'phone', 'other');
    expect((await people.as(foreigner, 'userMobile', { mobile: '+12345678' }, { appId: 'other' })).code).toBe(200);
  });

  it('cannot be used to find out who else has one, not often', async () => {
    const codes: number[] = [];
    for (let i = 0; i < 40; i++) codes.push((await set(`+1000000${i}0`)).code);
    expect(codes.at(-1)).toBe(10028);
  });
});

describe('a friend who is made while a profile changes', () => {
  it('hears of the change', async () => {
    const { alice, carol, server } = people;
    const { roster, users } = server.context;
    await Promise.all([
      roster.apply({ appId: 'flooim', uid: alice.uid, peer: carol.uid }, {}),
      users.changeProfile(alice.uid, { nick_name: 'Ally' }),
    ]);
    const told = noticesOf(server, carol).map(({ type, content }) => [type, content]);
    expect(told).toEqual([
      [RosterNoticeType.ADDED, ''],
      [RosterNoticeType.INFO_UPDATED, '{"nick_name":"Ally"}'],
    ]);
  });
});
