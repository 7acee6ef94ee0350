import type { GroupNoticeName } from 'flooim';
import { expect, test } from 'vitest';
import { groupEventsOf, groupOf, heardNotice } from './group-town.ts';
import { type Person, say, town } from './people.ts';
import { until } from './support.ts';

const { person, device } = town();

type Role = 'owner' | 'phone' | 'member' | 'other' | 'stranger';
type People = Record<Role, Person>;

/** What everybody is to hear; who is not in it hears nothing. */
type Expected = Partial<Record<Role, string[]>>;

const list = 'onGroupListUpdate';
const members = 'onGroupMemberChanged';
const notice = (type: string) => `onGroupNotice:${type}`;
const everyone = (...events: string[]): Expected => ({ owner: events, phone: events, member: events, other: events });

/** A group of ada's with bob and cleo in it; ada has two devices; dan is in no group. */
async function stage() {
  const [ada, bob, cleo, dan] = await Promise.all([person('ada'), person('bob'), person('cleo'), person('dan')]);
  const phone = await device(ada);
  const gid = await groupOf(ada, [bob, cleo]);
  const people: People = { owner: ada, phone, member: bob, other: cleo, stranger: dan };
  await Promise.all([phone, bob, cleo].map((one) => heardNotice(one, gid, 'invite_accepted', { from: cleo.uid })));
  const group = { group_id: gid };
  const users = (...some: Person[]) => ({ ...group, user_list: some.map(({ uid }) => uid) });
  return { ada, phone, bob, cleo, dan, gid, people, group, users, manage: ada.im.groupManage };
}

/** Each notice as often as it was told; of the others whether they were told. */
function told(one: Person, from: number): string[] {
  const heard = groupEventsOf(one, from);
  return heard.filter((event, i) => !isState(event) || heard.indexOf(event) === i).sort(byKind);
}

function isState(event: string): boolean {
  return event === list || event === members;
}

/** States before notices. */
function byKind(a: string, b: string): number {
  return Number(isState(b)) - Number(isState(a)) || (a < b ? -1 : 1);
}

/** How many notices of a kind were told. */
function count(one: Person, type: GroupNoticeName): number {
  return one.of('onGroupNotice').filter((meta) => meta.type === type).length;
}

/** Runs the change, after which everybody hears exactly this. */
async function hears(people: People, change: () => Promise<unknown>, expected: Expected): Promise<void> {
  const roles = Object.keys(people) as Role[];
  const from = new Map(roles.map((role) => [role, people[role].heard.length]));
  const heard = () => Object.fromEntries(roles.map((role) => [role, told(people[role], from.get(role) ?? 0)]));
  const wanted = Object.fromEntries(roles.map((role) => [role, [...(expected[role] ?? [])].sort(byKind)]));
  await change();
  const isAll = () => JSON.stringify(heard()) === JSON.stringify(wanted);
  await until(isAll, 'heard', 3000).catch(() => {});
  await nothingIsOnItsWay(roles.map((role) => people[role]));
  expect(heard()).toEqual(wanted);
}

/** What the server had told before has arrived, and what devices ask because of it is answered. */
async function nothingIsOnItsWay(all: Person[]): Promise<void> {
  const messenger = await person('zoe');
  for (const one of all) {
    const content = `${messenger.uid} to ${one.uid}`;
    if (one.of('onRosterMessage').every((meta) => meta.content !== content)) await say(messenger, one, content);
    await one.next('onRosterMessage', (meta) => meta.content === content);
  }
  for (let i = 0; i < 3; i++) await Promise.all(all.map((one) => one.im.userManage.asyncGetSettings(true)));
}

test('a new group is told to its owner, and to those he invites', async () => {
  const { people, bob, manage, users } = await stage();
  const joined = ['onGroupJoined', notice('invite_accepted')];
  const own = [list, members, 'onGroupCreated', notice('created'), ...joined];
  await hears(people, () => manage.asyncCreate({ name: 'two', user_list: users(bob).user_list }), {
    owner: own,
    phone: own,
    member: [list, ...joined],
  });
  const [meta] = bob.of('onGroupJoined').slice(-1);
  expect(meta).toMatchObject({ from: String(bob.uid), toUids: [people.owner.uid], type: 'invite_accepted' });
  expect(meta).toMatchObject({ toType: 'group', ext: '', status: 0, to: String(meta?.groupId) });
  const listed = people.owner.of('onGroupListUpdate').filter((one) => one !== undefined);
  expect(listed.map(({ type }) => type)).toEqual(['created', 'created']);
});

test('whoever comes and goes is told to all, once', async () => {
  const { people, ada, bob, cleo, dan, manage, users, group, gid } = await stage();
  const came = [members, 'onGroupJoined', notice('joined')];
  await manage.asyncUpdateRequireadminapproval({ ...group, apply_approval: 0 });
  await Promise.all([ada, people.phone, bob, cleo].map((one) => heardNotice(one, gid, 'info_updated')));
  await hears(people, () => dan.im.groupManage.asyncApply(group), {
    ...everyone(...came),
    stranger: [list, 'onGroupJoined', notice('joined')],
  });
  await hears(people, () => dan.im.groupManage.asyncLeave(group), {
    ...everyone(members, notice('leaved')),
    stranger: [list, notice('leaved')],
  });
  await hears(people, () => manage.asyncKick({ ...users(cleo), reason: 'why' }), {
    ...everyone(members, notice('kicked')),
    other: [list, notice('kicked')],
  });
  expect(cleo.of('onGroupNotice').at(-1)).toMatchObject({ content: 'why', toUids: [cleo.uid] });
  await hears(people, () => manage.asyncGroupBlock(users(bob)), {
    owner: [members, notice('blocked')],
    phone: [members, notice('blocked')],
    member: [list, notice('blocked')],
  });
  await hears(people, () => manage.asyncGroupUnblock(users(bob)), {
    owner: [notice('unblocked')],
    phone: [notice('unblocked')],
  });
  await hears(people, () => manage.asyncGroupBlock(users(dan)), {
    owner: [notice('blocked')],
    phone: [notice('blocked')],
  });
});

test('an application is told to those who decide, and what they decide to both', async () => {
  const { people, ada, dan, manage, group } = await stage();
  const apply = () => dan.im.groupManage.asyncApply({ ...group, reason: 'it is me' });
  const applied = [notice('applyed')];
  const handle = (approval: boolean) => manage.asyncApplyHandle({ ...group, user_id: dan.uid, approval, reason: 'no' });
  await hears(people, apply, { owner: applied, phone: applied });
  expect(ada.of('onGroupNotice').at(-1)).toMatchObject({ from: String(dan.uid), content: 'it is me', toUids: [] });
  const declined = ['onGroupApplyDeclined', notice('apply_declined')];
  await hears(people, () => handle(false), { owner: declined, phone: declined, stranger: declined });
  expect(dan.of('onGroupApplyDeclined')).toMatchObject([{ from: String(ada.uid), content: 'no', toUids: [dan.uid] }]);
  await apply();
  await until(() => [ada, people.phone].every((one) => count(one, 'applyed') === 2), 'again');
  const accepted = ['onGroupApplyAccepted', notice('apply_accepted')];
  const joined = ['onGroupJoined', notice('joined')];
  await hears(people, () => handle(true), {
    ...everyone(members, ...joined),
    owner: [members, ...accepted, ...joined],
    phone: [members, ...accepted, ...joined],
    stranger: [list, ...accepted, ...joined],
  });
  expect(await dan.im.groupManage.asyncGetJoinedGroups()).toEqual([group.group_id]);
});

test('who wants to be asked hears of the invitation, and the inviter of the answer', async () => {
  const { people, bob, dan, group, users, gid } = await stage();
  await dan.im.userManage.asyncUpdateSettings({ group_confirm: true });
  const invite = () => bob.im.groupManage.asyncInvite({ ...users(dan), reason: 'join us' });
  const handle = (approval: boolean) =>
    dan.im.groupManage.asyncInviteHandle({ ...group, user_id: bob.uid, approval, reason: 'no' });
  await hears(people, invite, { member: [notice('invited')], stranger: [notice('invited')] });
  expect(dan.of('onGroupNotice')).toMatchObject([{ type: 'invited', content: 'join us', toUids: [dan.uid] }]);
  expect(dan.im.groupManage.getAllGroupDetail()[gid]).toMatchObject({ name: 'friends' });
  expect(await dan.im.groupManage.asyncGetJoinedGroups()).toEqual([]);
  const declined = [notice('invite_declined')];
  await hears(people, () => handle(false), { member: declined, stranger: declined });
  await invite();
  await until(() => [bob, dan].every((one) => count(one, 'invited') === 2), 'again');
  const joined = ['onGroupJoined', notice('invite_accepted')];
  await hears(people, () => handle(true), { ...everyone(members, ...joined), stranger: [list, ...joined] });
  expect(await dan.im.groupManage.asyncGetJoinedGroups()).toEqual([gid]);
});

test('roles are told to all members', async () => {
  const { people, ada, bob, manage, users, group } = await stage();
  await hears(people, () => manage.asyncAdminAdd(users(bob)), everyone(members, notice('admin_granted')));
  await hears(people, () => manage.asyncAdminRemove(users(bob)), everyone(members, notice('admin_revoked')));
  const transfer = () => manage.asyncOwnerTransfer({ ...group, new_owner: bob.uid });
  await hears(people, transfer, everyone(list, members, notice('owner_assigned')));
  const meta = people.other.of('onGroupNotice').at(-1);
  expect(meta).toMatchObject({ from: String(ada.uid), toUids: [bob.uid] });
});

test('bans are told to all members, of some and of all', async () => {
  const { people, bob, manage, users, group } = await stage();
  const banned = everyone('onGroupBaned', notice('banned'));
  await hears(people, () => manage.asyncGroupBab({ ...users(bob), duration: 5 }), banned);
  expect(people.other.of('onGroupBaned')).toMatchObject([{ content: '5', toUids: [bob.uid], type: 'banned' }]);
  await hears(people, () => manage.asyncGroupUnban(users(bob)), everyone('onGroupUnbaned', notice('unbanned')));
  await hears(people, () => manage.asyncGroupUnban(users(bob)), {});
  const forAll = (event: string) => everyone(list, event, notice('info_updated'));
  await hears(people, () => manage.asyncBanAll({ ...group, duration: -1 }), forAll('onGroupBaned'));
  expect(people.other.of('onGroupBaned').at(-1)).toMatchObject({ all: true, toUids: [], type: 'info_updated' });
  await hears(people, () => manage.asyncUnBanAll(group), forAll('onGroupUnbaned'));
  expect(people.other.of('onGroupUnbaned').at(-1)).toMatchObject({ all: true });
});

test('what a group is and says is told to all members, and what changes nothing to nobody', async () => {
  const { people, bob, manage, group } = await stage();
  const updated = everyone(list, notice('info_updated'));
  await hears(people, () => manage.asyncUpdateName({ ...group, value: 'new' }), updated);
  expect(bob.of('onGroupNotice').at(-1)).toMatchObject({ content: '{"property":"name","name":"new"}' });
  await hears(people, () => manage.asyncUpdateName({ ...group, value: 'new' }), {});
  await hears(people, () => manage.asyncUpdateHistoryVisible({ ...group, value: true }), updated);
  const card = () => bob.im.groupManage.asyncUpdateDisplayName({ ...group, value: 'Bobby' });
  await hears(people, card, everyone(members, notice('info_updated')));
  const announced = everyone(list, notice('announcement_updated'));
  await hears(people, () => manage.asyncAnnouncementEdit({ ...group, title: 't', content: 'c' }), announced);
  const file = { ...group, name: 'a.txt', size: 3, type: 'text', url: 'https://example.org/a.txt' };
  await hears(people, () => bob.im.groupManage.asyncFileUpload(file), everyone(notice('file_uploaded')));
  const [shared] = await manage.asyncGetFileList(group);
  const file_id = shared?.file_id ?? 0;
  const rename = () => manage.asyncRenameFile({ ...group, file_id, name: 'b.txt' });
  await hears(people, rename, everyone(notice('file_updated')));
  const remove = () => manage.asyncFileDelete({ ...group, file_list: [file_id] });
  await hears(people, remove, everyone(notice('file_deleted')));
  expect(JSON.parse(bob.of('onGroupNotice').at(-1)?.content ?? '')).toEqual({ file_list: [file_id] });
});

test('what somebody wants of a group is told to his own devices alone', async () => {
  const { people, manage, group } = await stage();
  const mute = () => manage.asyncGroupMsgMutemode({ ...group, msg_mute_mode: 1 });
  const own = [list, notice('message_setting'), notice('muted')];
  await hears(people, mute, { owner: own, phone: own });
  const push = () => manage.asyncSetPushMode({ ...group, msg_push_mode: 1 });
  await hears(people, push, { owner: own.slice(0, 2), phone: own.slice(0, 2) });
});

test('the end of a group is told to all members', async () => {
  const { people, manage, group } = await stage();
  await hears(people, () => manage.asyncDestroy(group), everyone(list, 'onGroupDestoryed', notice('destroyed')));
});
