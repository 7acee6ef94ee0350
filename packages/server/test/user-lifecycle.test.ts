import {
  closeCodes,
  decodeGroupNotice,
  GroupNoticeType,
  limits,
  Namespace,
  OperationType,
  RosterNoticeType,
  StatusCode,
  UserNoticeType as Type,
} from '@flooim/protocol';
import { ProvisionRefused, RawClient } from '@flooim/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { closedWithinASecond, type OwnDevice, rosterNotices, signIn, userNotices } from './support/notices.ts';
import { addApp, ask, join, noticesOf, type People, type Person, password, startPeople } from './support/rest.ts';

let people: People;
let admin: string;
let phone: OwnDevice;
let laptop: OwnDevice;
let bobs: OwnDevice;
beforeEach(async () => {
  people = await startPeople();
  admin = await people.server.context.adminTokens.create('flooim');
  phone = await signIn(people.url, people.alice, 'phone');
  laptop = await signIn(people.url, people.alice, 'laptop');
  bobs = await signIn(people.url, people.bob, 'phone');
});
afterEach(() => people.close());

const asAdmin = (name: 'userDisable' | 'userEnable', list: unknown) =>
  ask(people.url, name, { list }, { token: admin });
const works = async (token: string) => (await ask(people.url, 'userProfile', {}, { token })).code === 200;
const logIn = (name: string) => ask(people.url, 'tokenByName', { name, password });
const refusal = ({ token, guid }: OwnDevice) =>
  RawClient.login(people.url, { uid: people.alice.uid, token, guid }).catch((error: unknown) => error);
const remove = (by: OwnDevice, pass: string | undefined = password) =>
  ask(people.url, 'userDelete', pass === undefined ? {} : { password: pass }, { token: by.token });

describe('disabling a user', () => {
  it('ends his sessions and tokens within a second, tells him why, and leaves others alone', async () => {
    expect(await asAdmin('userDisable', [people.alice.uid])).toMatchObject({ code: 200, data: true });
    for (const { token } of [phone, laptop, people.alice]) expect(await works(token)).toBe(false);
    for (const { phone: device } of [phone, laptop]) {
      expect(await closedWithinASecond(device)).toBe(closeCodes.userFrozen.code);
      expect(userNotices(device).at(-1)).toEqual([Type.FROZEN, '']);
    }
    expect(await refusal(phone)).toBeInstanceOf(ProvisionRefused);
    await bobs.phone.settle();
    expect(userNotices(bobs.phone)).toEqual([]);
    expect(await works(bobs.token)).toBe(true);
  });

  it('refuses his password until he is enabled, and his tokens for ever', async () => {
    await asAdmin('userDisable', [people.alice.uid]);
    expect(await logIn('alice')).toMatchObject({ code: 10010, message: 'the account is disabled' });
    expect(await asAdmin('userEnable', [people.alice.uid])).toMatchObject({ code: 200, data: true });
    expect((await logIn('alice')).code).toBe(200);
    expect(await works(phone.token)).toBe(false);
  });

  it('loses nothing that was sent to him meanwhile', async () => {
    await asAdmin('userDisable', [people.alice.uid]);
    expect((await bobs.phone.text(people.alice.uid, 'later')).status?.code).toBe(StatusCode.OK);
    await asAdmin('userEnable', [people.alice.uid]);
    const again = await signIn(people.url, people.alice, 'phone');
    const { metas } = await again.phone.pull(people.bob.uid);
    expect(metas).toHaveLength(1);
  });

  it('concerns all in the list, or nobody if one is no user of the app', async () => {
    await addApp(people.server, 'other');
    const foreigner = await join(people.url, 'dora', 'phone', 'other');
    for (const wrong of [999_999, foreigner.uid]) {
      const answer = await asAdmin('userDisable', [people.alice.uid, wrong]);
      expect([answer.code, answer.message]).toEqual([10000, expect.stringContaining(`list has ${wrong}`)]);
      expect((await asAdmin('userEnable', [wrong])).code).toBe(10000);
    }
    expect(await works(phone.token)).toBe(true);
    await asAdmin('userDisable', [people.alice.uid, people.bob.uid, people.alice.uid]);
    expect([await works(phone.token), await works(bobs.token)]).toEqual([false, false]);
  });

  it('may be repeated, and takes an empty list', async () => {
    for (let i = 0; i < 2; i++) expect((await asAdmin('userDisable', [people.alice.uid])).code).toBe(200);
    for (let i = 0; i < 2; i++) expect((await asAdmin('userEnable', [people.alice.uid])).code).toBe(200);
    expect((await asAdmin('userDisable', [])).code).toBe(200);
  });

  it.each([[undefined], [null], ['x'], [[0]], [['x']], [[1.5]], [Array(limits.rosterSize + 1).fill(1)]])(
    'refuses the list %j by name',
    async (list) => {
      const answer = await asAdmin('userDisable', list);
      expect([answer.code, answer.message]).toEqual([10002, expect.stringContaining('list')]);
    },
  );

  it('is not for users', async () => {
    for (const name of ['userDisable', 'userEnable'] as const) {
      expect((await people.as(people.alice, name, { list: [people.bob.uid] })).code).toBe(10010);
    }
    expect(await works(bobs.token)).toBe(true);
  });
});

describe('deleting an account', () => {
  it('needs the password, and says so', async () => {
    expect(await remove(phone, 'wrong-horse-1')).toMatchObject({ code: 11001 });
    for (const params of [{}, { password: '' }]) {
      const answer = await ask(people.url, 'userDelete', params, { token: phone.token });
      expect([answer.code, answer.message]).toEqual([10002, expect.stringContaining('password')]);
    }
    expect(await works(phone.token)).toBe(true);
    for (let i = 0; i < 10; i++) await remove(phone, 'wrong-horse-1');
    expect((await remove(phone)).code).toBe(10028);
  });

  it('ends every session and token within a second, also those of the device that did it', async () => {
    expect(await remove(phone)).toMatchObject({ code: 200, data: true });
    for (const { token } of [phone, laptop, people.alice]) expect(await works(token)).toBe(false);
    for (const { phone: device } of [phone, laptop]) {
      expect(await closedWithinASecond(device)).toBe(closeCodes.userRemoved.code);
      expect(userNotices(device).at(-1)).toEqual([Type.REMOVED, '']);
    }
    expect(await refusal(phone)).toBeInstanceOf(ProvisionRefused);
    expect(await logIn('alice')).toMatchObject({ code: 402 });
  });

  it('once is enough, and two at the same time are one', async () => {
    const codes = (await Promise.all([remove(phone), remove(laptop)])).map(({ code }) => code);
    expect(codes).toContain(200);
    expect((await remove(phone)).code).toBe(402);
  });

  it('keeps the name, so that nobody is taken for who is gone, and says that he is', async () => {
    const { bob, alice, url } = people;
    await remove(phone);
    expect((await people.as(bob, 'rosterById', { user_id: alice.uid })).code).toBe(10021);
    expect((await people.as(bob, 'rosterByName', { username: 'alice' })).code).toBe(10021);
    expect((await people.as(bob, 'rosterApply', { user_id: alice.uid })).code).toBe(10021);
    expect(await people.ok(bob, 'rosterDetails', { list: [alice.uid, bob.uid] })).toHaveLength(1);
    expect((await ask(url, 'userRegister', { username: 'Alice', password })).code).toBe(10004);
    expect((await ask(url, 'userNameCheck', { username: 'alice' })).code).toBe(11011);
  });

  it('forgets all else about him, and frees his number', async () => {
    const { alice, bob, server } = people;
    const profile = { nick_name: 'Ally', description: 'd', public_info: 'p', private_info: 'secret' };
    await people.ok(alice, 'userProfileUpdate', profile);
    await people.ok(alice, 'userMobile', { mobile: '+12345678' });
    await people.ok(alice, 'userSettingsUpdate', { auth_question: 'q', auth_answer: 'a' });
    await people.ok(alice, 'rosterApply', { user_id: bob.uid, alias: 'secret name' });
    await people.ok(alice, 'rosterBlock', { user_id: people.carol.uid });
    await remove(phone);
    const row = server.context.reader.get('SELECT * FROM user WHERE uid = ?', alice.uid);
    expect(row).toMatchObject({ status: 2, username: 'alice', password_hash: '', settings: '{}' });
    for (const field of ['nick_name', 'description', 'public_info', 'private_info', 'mobile', 'email', 'avatar']) {
      expect(row?.[field]).toBe('');
    }
    expect(server.context.reader.all('SELECT alias FROM roster WHERE uid = ?', alice.uid)).toMatchObject([
      { alias: '' },
    ]);
    for (const table of ['device', 'token', 'block', 'cursor']) {
      expect(server.context.reader.all(`SELECT 1 FROM ${table} WHERE uid = ?`, alice.uid), table).toEqual([]);
    }
    expect((await people.as(bob, 'userMobile', { mobile: '+12345678' })).code).toBe(200);
  });

  it('ends friendships both ways, tells each friend once, and nobody else', async () => {
    const { alice, bob, carol } = people;
    await people.ok(alice, 'rosterApply', { user_id: bob.uid });
    const before = noticesOf(people.server, bob).length;
    await remove(phone);
    expect(await people.ok(bob, 'rosterList')).toEqual([]);
    const told = { type: RosterNoticeType.REMOVED, from: alice.uid, to: [bob.uid], content: '' };
    expect(noticesOf(people.server, bob).slice(before)).toEqual([told]);
    await bobs.phone.settle();
    expect(rosterNotices(bobs.phone).at(-1)).toEqual([RosterNoticeType.REMOVED, alice.uid, bob.uid]);
    expect(noticesOf(people.server, carol)).toEqual([]);
    const rows = 'SELECT relation FROM roster WHERE uid = ? OR peer = ?';
    const relations = people.server.context.reader.all(rows, alice.uid, alice.uid).map((row) => row['relation']);
    expect(relations).toEqual([1, 1]);
  });

  it('takes back what he asked, and what he was asked', async () => {
    const { alice, bob, carol } = people;
    for (const person of [alice, bob]) await people.ok(person, 'userAuthMode', { value: 1 });
    await people.ok(alice, 'rosterApply', { user_id: bob.uid });
    await people.ok(carol, 'rosterApply', { user_id: alice.uid });
    await remove(phone);
    expect(await people.ok(bob, 'rosterApplyList')).toEqual([]);
    expect((await people.as(bob, 'rosterAccept', { user_id: alice.uid })).code).toBe(10021);
    const left = 'SELECT 1 FROM roster_application WHERE uid = ? OR applicant = ?';
    expect(people.server.context.reader.all(left, alice.uid, alice.uid)).toEqual([]);
  });

  it('leaves his messages, and lets nobody write to him', async () => {
    const { alice, bob } = people;
    await phone.phone.text(bob.uid, 'farewell');
    await bobs.phone.pushedText('farewell');
    await bobs.phone.text(alice.uid, 'and to you');
    await remove(phone);
    const refused = await bobs.phone.text(alice.uid, 'still there?');
    expect(refused.status).toMatchObject({ code: StatusCode.INVALID_PARAMETER, reason: 'the user was deleted' });
    const { metas } = await bobs.phone.history(alice.uid);
    expect(metas).toHaveLength(2);
    const read = await bobs.phone.operate(alice.uid, OperationType.READ_ACK, metas[1]?.id ?? 0);
    expect(read.status?.code).toBe(StatusCode.OK);
    const may = await people.ok(bob, 'rosterMayMessage', { user_id: bob.uid, roster_id: alice.uid });
    expect(may).toBe(false);
    expect((await bobs.phone.text(999_999, 'nobody')).status?.reason).toBe('the user does not exist');
  });

  it('takes him out of his groups and dissolves those that were his', async () => {
    const { alice, bob, carol } = people;
    const create = async (by: Person, other: Person) =>
      (await people.ok(by, 'groupCreate', { name: 'g', user_list: [other.uid] }, { place: 'body' })).group_id;
    const [own, bobsGroup] = [await create(alice, bob), await create(bob, alice)];
    const others = await create(bob, carol);
    await bobs.phone.settle();
    bobs.phone.pushed.length = 0;
    await remove(phone);
    const joined = await people.ok(bob, 'groupsJoined');
    expect(joined.sort()).toEqual([bobsGroup, others].sort());
    const members = await people.ok(bob, 'groupMembers', { group_id: bobsGroup });
    expect(members.map(({ user_id }: { user_id: number }) => user_id)).toEqual([bob.uid]);
    await bobs.phone.settle();
    const metas = bobs.phone.pushed.flatMap((sync) => sync.metas).filter(({ ns }) => ns === Namespace.GROUP_NOTICE);
    const heard = metas.map(({ payload }) => {
      const { type, gid, from } = decodeGroupNotice(payload);
      return [gid?.uid, type, from?.uid];
    });
    expect(heard).toHaveLength(2);
    expect(heard).toContainEqual([own, GroupNoticeType.DESTROYED, alice.uid]);
    expect(heard).toContainEqual([bobsGroup, GroupNoticeType.LEAVED, alice.uid]);
  });

  it('by an administrator needs no password', async () => {
    const { alice, bob } = people;
    const headers = { user_id: String(alice.uid) };
    expect(await ask(people.url, 'userDelete', {}, { token: admin, headers })).toMatchObject({ code: 200, data: true });
    expect(await closedWithinASecond(phone.phone)).toBe(closeCodes.userRemoved.code);
    expect((await people.as(bob, 'rosterById', { user_id: alice.uid })).code).toBe(10021);
    expect((await ask(people.url, 'userDelete', {}, { token: admin, headers })).code).toBe(10000);
  });

  it('ends a disabled account too, which cannot be enabled afterwards', async () => {
    const { alice } = people;
    await asAdmin('userDisable', [alice.uid]);
    const headers = { user_id: String(alice.uid) };
    expect((await ask(people.url, 'userDelete', {}, { token: admin, headers })).code).toBe(200);
    for (const name of ['userEnable', 'userDisable'] as const) {
      expect((await asAdmin(name, [alice.uid])).code).toBe(10021);
    }
  });

  it('leaves no token to a login that was checked before', async () => {
    const { context } = people.server;
    const account = await context.users.account('flooim', { username: 'alice' });
    await remove(phone);
    const late = context.tokens.issue(people.alice.uid, '', account?.passwordHash);
    await expect(late).rejects.toMatchObject({ reason: 'loginRejected' });
  });

  it('is on disk when it is answered', async () => {
    await remove(phone);
    const { reader } = people.server.context;
    expect(reader.get('SELECT status FROM user WHERE uid = ?', people.alice.uid)).toMatchObject({ status: 2 });
  });
});
