import { RosterNoticeType } from '@flooim/protocol';
import { type OldDevice, until } from '@flooim/testkit';
import { describe, expect, test } from 'vitest';
import { allShow, converge, type MixedPerson, mixedTown, sayOld, saySdk, views } from './support/mixed-town.ts';

const town = mixedTown();
const rest = (person: MixedPerson) => person.old.connection.rest;
const olds = ({ old, older }: MixedPerson) => [old, older];

async function friendsOnAll(one: MixedPerson, other: MixedPerson, wanted: boolean): Promise<void> {
  const known = () => olds(one).map(({ store }) => store.friends.has(other.uid));
  await converge(() => known().every((each) => each === wanted), known);
  await until(async () => {
    return (await one.sdk.im.rosterManage.asyncGetRosterIdList()).includes(other.uid) === wanted;
  }, 'the SDK to know');
}

const heard = (device: OldDevice, type: RosterNoticeType) =>
  device.store.rosterNotices.filter(({ notice }) => notice.type === type).map(({ notice }) => notice);

async function asked(applicant: MixedPerson, target: MixedPerson, isOld: boolean): Promise<void> {
  await rest(target).post('/user/settings', { auth_mode: 1 });
  if (isOld) await rest(applicant).post('/roster/apply', { user_id: target.uid, reason: 'it is me' });
  else await applicant.sdk.im.rosterManage.asyncApply({ user_id: target.uid, reason: 'it is me' });
  const onAll = () => olds(target).every((device) => heard(device, RosterNoticeType.APPLIED).length === 1);
  await until(onAll, 'the application');
  expect(heard(target.old, RosterNoticeType.APPLIED)).toMatchObject([
    { from: { uid: applicant.uid }, content: 'it is me' },
  ]);
}

describe.each(['a deployed client', 'the SDK'] as const)('with %s', (acts) => {
  const isOld = acts === 'a deployed client';

  test('who is asked and accepts is a friend on all devices of both', async () => {
    const [alice, bob] = [await town.person('alice'), await town.person('bob')];
    await asked(alice, bob, isOld);
    if (isOld) await rest(bob).postQuery('/roster/accept', { user_id: alice.uid });
    else await bob.sdk.im.rosterManage.asyncAccept({ user_id: alice.uid });
    await friendsOnAll(alice, bob, true);
    await friendsOnAll(bob, alice, true);
  });

  test('who is declined hears why, and is no friend', async () => {
    const [alice, bob] = [await town.person('alice'), await town.person('bob')];
    await asked(alice, bob, isOld);
    if (isOld) await rest(bob).post('/roster/decline', { user_id: alice.uid, reason: 'who?' });
    else await bob.sdk.im.rosterManage.asyncDecline({ user_id: alice.uid, reason: 'who?' });
    for (const device of [...olds(alice), ...olds(bob)]) {
      await until(() => heard(device, RosterNoticeType.DECLINED).length === 1, 'the refusal');
      expect(heard(device, RosterNoticeType.DECLINED)[0]).toMatchObject({ from: { uid: bob.uid }, content: 'who?' });
    }
    await friendsOnAll(alice, bob, false);
  });

  test('who deletes a friend has neither him nor what was said on any device', async () => {
    const [alice, bob] = await town.couple();
    await saySdk(bob, alice.uid, 'hello');
    await allShow(alice, bob.uid, ['hello']);
    if (isOld) await rest(alice).postQuery('/roster/delete', { user_id: bob.uid });
    else await alice.sdk.im.rosterManage.asyncDeleteRoster({ user_id: bob.uid });
    await friendsOnAll(alice, bob, false);
    await allShow(alice, bob.uid, []);
    await allShow(bob, alice.uid, ['hello']);
  });

  test('who is blocked hears so when he says something, and not before', async () => {
    const [alice, bob] = await town.couple();
    await saySdk(bob, alice.uid, 'before');
    await allShow(alice, bob.uid, ['before']);
    if (isOld) await rest(alice).postQuery('/roster/block', { user_id: bob.uid });
    else await alice.sdk.im.rosterManage.asyncBlockeAdd({ user_id: bob.uid });
    await expect(sayOld(bob.old, alice.uid, 'after')).rejects.toThrow(/you have been blocked by the recipient/i);
    expect(heard(bob.old, RosterNoticeType.BLOCKED)).toEqual([]);
    if (isOld) await rest(alice).postQuery('/roster/unblock', { user_id: bob.uid });
    else await alice.sdk.im.rosterManage.asyncBlockeRemove({ user_id: bob.uid });
    await sayOld(bob.old, alice.uid, 'again');
    await allShow(alice, bob.uid, ['before', 'again']);
  });
});

test('a friend who changes his name is told to deployed clients as an object that they merge', async () => {
  const [alice, bob] = await town.couple();
  await bob.sdk.im.userManage.asyncUpdateNickName({ nick_name: 'Bobby' });
  for (const device of olds(alice)) {
    await until(() => heard(device, RosterNoticeType.INFO_UPDATED).length > 0, 'the new name');
    const notice = heard(device, RosterNoticeType.INFO_UPDATED)[0];
    expect(notice?.from?.uid).toBe(bob.uid);
    expect(JSON.parse(notice?.content ?? '')).toMatchObject({ nick_name: 'Bobby' });
  }
});

test('notices that came while a deployed client was away come when it is back', async () => {
  const [alice, bob] = [await town.person('alice'), await town.person('bob')];
  await Promise.all([alice.old.stop(), bob.old.stop()]);
  await alice.sdk.im.rosterManage.asyncApply({ user_id: bob.uid });
  await friendsOnAll({ ...alice, old: alice.older }, bob, true);
  await saySdk(alice, bob.uid, 'since we are friends');
  await Promise.all([alice.old.login(), bob.old.login()]);
  await friendsOnAll(alice, bob, true);
  await friendsOnAll(bob, alice, true);
  await converge(
    () => views(bob, alice.uid).old.length === 1,
    () => views(bob, alice.uid),
  );
});
