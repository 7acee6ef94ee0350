import { GroupNoticeType } from '@flooim/protocol';
import { type OldDevice, until } from '@flooim/testkit';
import { describe, expect, test } from 'vitest';
import {
  allCount,
  allHaveStatus,
  allShow,
  converge,
  type MixedPerson,
  mixedTown,
  sayOld,
  sdkMessages,
} from './support/mixed-town.ts';

const town = mixedTown();
const read = 2;

const olds = ({ old, older }: MixedPerson) => [old, older];
const rest = (person: MixedPerson) => person.old.connection.rest;

/** A group of the first one, who makes it with a deployed client; all of them know of it when this resolves. */
async function groupOf(owner: MixedPerson, members: readonly MixedPerson[]): Promise<number> {
  const user_list = members.map(({ uid }) => uid);
  const created = await rest(owner).post('/group/create', { name: 'friends', user_list });
  const { group_id: gid } = created as { group_id: number };
  await allIn(gid, [owner, ...members]);
  return gid;
}

async function allIn(gid: number, people: readonly MixedPerson[]): Promise<void> {
  for (const person of people) await knownBy(person, gid, [true, true, true]);
}

const allOut = (gid: number, person: MixedPerson) => knownBy(person, gid, [false, false, false]);

/** Waits until the group is in the lists of 3.0.0, 2.0.0 and the SDK, or not. */
async function knownBy(person: MixedPerson, gid: number, wanted: readonly boolean[]): Promise<void> {
  const known = async () => {
    const joined = await person.sdk.im.groupManage.asyncGetJoinedGroups();
    return [...olds(person).map(({ store }) => store.groups.has(gid)), joined.includes(gid)];
  };
  const isSo = async () => (await known()).join() === wanted.join();
  await until(isSo, `the lists of ${person.name} to be ${wanted}`);
}

/** The first notice of this kind about the group that each device of a person has heard. */
async function allHeard(person: MixedPerson, gid: number, type: GroupNoticeType) {
  const find = (device: OldDevice) =>
    device.store.groupNotices.find(({ notice }) => notice.gid?.uid === gid && notice.type === type)?.notice;
  await until(() => olds(person).every(find), `notice ${type} on the deployed clients of ${person.name}`);
  return find(person.old);
}

async function sayNew({ sdk }: MixedPerson, gid: number, content: string): Promise<number> {
  return Number((await sdk.im.sysManage.asyncSendGroupMessage({ gid, content })).mid);
}

async function three(): Promise<[MixedPerson, MixedPerson, MixedPerson]> {
  return [await town.person('alice'), await town.person('bob'), await town.person('carol')];
}

test('a group made with a deployed client, and one made with the SDK, are there on all devices', async () => {
  const [alice, bob, carol] = await three();
  const first = await groupOf(alice, [bob, carol]);
  const { group_id: second } = await bob.sdk.im.groupManage.asyncCreate({ name: 'more', user_list: [alice.uid] });
  await allIn(second, [bob, alice]);
  expect(carol.old.store.groups.has(second)).toBe(false);
  for (const person of [alice, bob]) {
    const fresh = town.oldDevice(person.name);
    await fresh.login();
    expect([...fresh.store.groups].sort()).toEqual([first, second].sort());
  }
});

test('messages of both kinds of device reach all devices of all members, in one order', async () => {
  const [alice, bob, carol] = await three();
  const gid = await groupOf(alice, [bob, carol]);
  await sayOld(alice.old, gid, 'old');
  await sayNew(bob, gid, 'new');
  await sayOld(carol.older, gid, { content: 'with priority', priority: 2 });
  const mention = { mentionAll: false, mentionList: [alice.uid], mentionedMessage: '@alice', pushMessage: 'p' };
  const said = carol.old.mention(gid, { content: '@alice hi', config: JSON.stringify(mention) });
  await until(() => said.outcome === 'sent', 'the mention');
  for (const person of [alice, bob, carol]) {
    await allShow(person, gid, ['old', 'new', 'with priority', '@alice hi']);
    expect(sdkMessages(person, gid).at(-1)?.config).toMatchObject({ mentionList: [alice.uid] });
  }
});

describe.each(['a deployed client', 'the SDK'] as const)('with %s', (acts) => {
  const isOld = acts === 'a deployed client';

  test('a group that is read is read on all own devices', async () => {
    const [alice, bob, carol] = await three();
    const gid = await groupOf(alice, [bob, carol]);
    for (let i = 0; i < 3; i++) await sayNew(alice, gid, `${i}`);
    await allCount(bob, gid, 3);
    if (isOld) bob.old.read(gid);
    else bob.sdk.im.groupManage.readGroupMessage(gid);
    await allCount(bob, gid, 0);
    await allCount(carol, gid, 3);
  });

  test('who said something in a group that tells hears that it was read', async () => {
    const [alice, bob, carol] = await three();
    const gid = await groupOf(alice, [bob, carol]);
    await alice.sdk.im.groupManage.asyncUpdateEnableReadack({ group_id: gid, value: true });
    const config = JSON.stringify({ groupMemberList: [bob.uid, carol.uid] });
    const mid = await sayOld(alice.old, gid, { content: 'who reads this', config });
    await allShow(bob, gid, ['who reads this']);
    await allShow(alice, gid, ['who reads this']);
    if (isOld) bob.older.read(gid);
    else bob.sdk.im.groupManage.readGroupMessage(gid);
    await allHaveStatus(alice, gid, mid, read);
    await allCount(bob, gid, 0);
    await until(() => alice.sdk.im.sysManage.getMessageReaders(gid, mid).includes(bob.uid), 'the reader');
  });

  test('what is recalled in a group is gone for everybody who can find it there', async () => {
    const [alice, bob, carol] = await three();
    const gid = await groupOf(alice, [bob, carol]);
    const mid = await sayOld(bob.old, gid, 'oh no');
    await sayNew(bob, gid, 'stays');
    for (const person of [alice, bob, carol]) await allShow(person, gid, ['oh no', 'stays']);
    // By the owner: in a group not only the sender may.
    if (isOld) await alice.old.recall(gid, mid);
    else await alice.sdk.im.sysManage.asyncRecallMessage({ gid, mid });
    for (const person of [alice, bob, carol]) {
      const shown = () => [
        person.old.messages(gid).map(({ content }) => content),
        sdkMessages(person, gid).map(({ content }) => content),
      ];
      await converge(() => shown().every((each) => each.join() === 'stays'), shown);
      // Clients 2.0.0 look for it in the wrong place, and find it gone in history alone.
      expect((await person.older.history(gid)).map(({ content }) => content)).toEqual(['stays']);
    }
  });

  test('a new name is told to all members', async () => {
    const [alice, bob] = await three();
    const gid = await groupOf(alice, [bob]);
    const [group_id, value] = [gid, 'better friends'];
    if (isOld) await rest(alice).post('/group/info/name', { group_id, value });
    else await alice.sdk.im.groupManage.asyncUpdateName({ group_id, value });
    for (const person of [alice, bob]) {
      const notice = await allHeard(person, gid, GroupNoticeType.INFO_UPDATED);
      expect(JSON.parse(notice?.content ?? '')).toEqual({ property: 'name', name: value });
      await until(() => person.sdk.im.groupManage.getAllGroupDetail()[gid]?.name === value, 'the name on the SDK');
    }
  });

  test('who leaves is out on all his devices, and the others hear of it', async () => {
    const [alice, bob, carol] = await three();
    const gid = await groupOf(alice, [bob, carol]);
    if (isOld) await rest(bob).postQuery('/group/leave', { group_id: gid });
    else await bob.sdk.im.groupManage.asyncLeave({ group_id: gid });
    await allOut(gid, bob);
    expect((await allHeard(alice, gid, GroupNoticeType.LEAVED))?.from?.uid).toBe(bob.uid);
    await allIn(gid, [alice, carol]);
    await sayNew(alice, gid, 'without bob');
    await allShow(carol, gid, ['without bob']);
    expect(bob.old.conversations.get(gid)?.messages.size ?? 0).toBe(0);
  });

  test('who is kicked is out on all his devices, also those that were away, and says nothing any more', async () => {
    const [alice, bob, carol] = await three();
    const gid = await groupOf(alice, [bob, carol]);
    await sayNew(alice, gid, 'for all');
    await allShow(bob, gid, ['for all']);
    await bob.older.stop();
    const who = { group_id: gid, user_list: [bob.uid] };
    if (isOld) await rest(alice).post('/group/kick', who);
    else await alice.sdk.im.groupManage.asyncKick(who);
    // The one that is away does not know.
    await knownBy(bob, gid, [false, true, false]);
    await sayNew(alice, gid, 'not for bob');
    await allShow(carol, gid, ['for all', 'not for bob']);
    await bob.older.login();
    await allOut(gid, bob);
    expect(bob.older.messages(gid).map(({ content }) => content)).toEqual(['for all']);
    bob.old.store.groups.add(gid);
    await expect(sayOld(bob.old, gid, 'still here')).rejects.toThrow('refused');
    await expect(bob.old.history(gid)).rejects.toThrow('no history');
    bob.old.store.groups.delete(gid);
  });

  test('who is banned says nothing until he may', async () => {
    const [alice, bob] = await three();
    const gid = await groupOf(alice, [bob]);
    const who = { group_id: gid, user_list: [bob.uid] };
    if (isOld) await rest(alice).post('/group/ban', { ...who, duration: 5 });
    else await alice.sdk.im.groupManage.asyncGroupBab({ ...who, duration: 5 });
    for (const person of [alice, bob]) {
      expect(await allHeard(person, gid, GroupNoticeType.BANNED)).toMatchObject({
        content: '5',
        to: [{ uid: bob.uid }],
      });
    }
    await expect(sayOld(bob.old, gid, 'may I')).rejects.toThrow('refused');
    if (isOld) await rest(alice).post('/group/unban', who);
    else await alice.sdk.im.groupManage.asyncGroupUnban(who);
    await allHeard(bob, gid, GroupNoticeType.UNBANNED);
    await sayOld(bob.old, gid, 'thanks');
    await allShow(alice, gid, ['thanks']);
  });

  test('who applies is in when he was approved, and nobody else takes himself for him', async () => {
    const [alice, bob, carol] = await three();
    const gid = await groupOf(alice, [carol]);
    const group_id = gid;
    await rest(alice).post('/group/settings/require_admin_approval', { group_id, apply_approval: 1 });
    if (isOld) await rest(bob).post('/group/apply', { group_id, reason: 'please' });
    else await bob.sdk.im.groupManage.asyncApply({ group_id, reason: 'please' });
    expect(await allHeard(alice, gid, GroupNoticeType.APPLYED)).toMatchObject({
      from: { uid: bob.uid },
      content: 'please',
    });
    const handled = { group_id, user_id: bob.uid, approval: true };
    if (isOld) await rest(alice).post('/group/apply/handle', handled);
    else await alice.sdk.im.groupManage.asyncApplyHandle(handled);
    await allIn(gid, [bob]);
    await allHeard(carol, gid, GroupNoticeType.JOINED);
    const heard = olds(carol).flatMap(({ store }) => store.groupNotices.map(({ notice }) => notice.type));
    expect(heard).not.toContain(GroupNoticeType.APPLY_ACCEPTED);
  });

  test('a group that is destroyed is gone for everybody, with what was said in it', async () => {
    const [alice, bob] = await three();
    const gid = await groupOf(alice, [bob]);
    await sayNew(bob, gid, 'last words');
    await allShow(alice, gid, ['last words']);
    if (isOld) await rest(alice).postQuery('/group/destroy', { group_id: gid });
    else await alice.sdk.im.groupManage.asyncDestroy({ group_id: gid });
    for (const person of [alice, bob]) {
      await allOut(gid, person);
      for (const device of olds(person)) expect(device.messages(gid)).toEqual([]);
    }
  });
});

test('old and new devices of a member hear the same notices', async () => {
  const [alice, bob, carol] = await three();
  const gid = await groupOf(alice, [bob]);
  const { groupManage } = alice.sdk.im;
  await groupManage.asyncInvite({ group_id: gid, user_list: [carol.uid] });
  await groupManage.asyncAdminAdd({ group_id: gid, user_list: [bob.uid] });
  await groupManage.asyncAdminRemove({ group_id: gid, user_list: [bob.uid] });
  await groupManage.asyncAnnouncementEdit({ group_id: gid, title: 't', content: 'c' });
  await groupManage.asyncBanAll({ group_id: gid, duration: -1 });
  await groupManage.asyncUnBanAll({ group_id: gid });
  await groupManage.asyncOwnerTransfer({ group_id: gid, new_owner: bob.uid });
  await groupManage.asyncLeave({ group_id: gid });
  await allHeard(bob, gid, GroupNoticeType.LEAVED);
  const onOld = ({ store }: OldDevice) =>
    store.groupNotices.filter(({ notice }) => notice.gid?.uid === gid).map(({ mid }) => mid);
  const onSdk = () =>
    bob
      .heard('onGroupNotice')
      .filter(({ groupId }) => groupId === gid)
      .map(({ id }) => Number(id));
  const heard = () => [onOld(bob.old), onOld(bob.older), onSdk()];
  await converge(() => heard().every((each) => each.join() === heard()[0]?.join()), heard);
  expect(onSdk().length).toBeGreaterThan(8);
});
