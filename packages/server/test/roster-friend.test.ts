import { RosterNoticeType as Type } from '@flooim/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addApp, join, noticesOf, type People, type Person, standingClock, startPeople } from './support/rest.ts';

const clock = standingClock();
let people: People;
beforeEach(async () => {
  people = await startPeople({}, { clock });
});
afterEach(() => people.close());

const mode = (person: Person, auth_mode: number, more = {}) =>
  people.ok(person, 'userSettingsUpdate', { auth_mode, ...more });
const friendsOf = (person: Person) => people.ok(person, 'rosterList');
const told = (person: Person) => noticesOf(people.server, person);
const seen = async (by: Person, whom: Person) => people.ok(by, 'rosterById', { user_id: whom.uid });

describe('a friend', () => {
  beforeEach(async () => {
    await people.ok(people.alice, 'rosterApply', { user_id: people.bob.uid, alias: 'B' });
  });

  it('who is deleted is none on both sides; what was noted stays', async () => {
    const { alice, bob } = people;
    await people.ok(alice, 'rosterDelete', { user_id: bob.uid });
    expect(await friendsOf(alice)).toEqual([]);
    expect(await friendsOf(bob)).toEqual([]);
    expect(await seen(alice, bob)).toMatchObject({ relation: 1, alias: 'B' });
    expect(await seen(bob, alice)).toMatchObject({ relation: 1 });
    const removed = { type: Type.REMOVED, from: alice.uid, to: [bob.uid], content: '' };
    expect(told(alice).at(-1)).toEqual(removed);
    expect(told(bob).at(-1)).toEqual(removed);
  });

  it('who is deleted twice, or is none, is nobody’s news', async () => {
    const { alice, bob, carol } = people;
    await people.ok(alice, 'rosterDelete', { user_id: bob.uid });
    const before = told(bob).length;
    await people.ok(alice, 'rosterDelete', { user_id: bob.uid });
    await people.ok(alice, 'rosterDelete', { user_id: carol.uid });
    expect(told(bob)).toHaveLength(before);
    expect(told(carol)).toEqual([]);
    expect((await people.as(alice, 'rosterDelete', { user_id: 999_999 })).code).toBe(10000);
  });

  it('can be a friend again', async () => {
    const { alice, bob } = people;
    await people.ok(alice, 'rosterDelete', { user_id: bob.uid });
    await people.ok(bob, 'rosterApply', { user_id: alice.uid });
    expect(await friendsOf(alice)).toEqual([bob.uid]);
    expect((await seen(alice, bob)).alias).toBe('B');
  });

  it('has notes that are one’s own, and tell one’s own devices alone', async () => {
    const { alice, bob } = people;
    const before = told(bob).length;
    await people.ok(alice, 'rosterExt', { user_id: bob.uid, alias: 'Bobby', ext: '{"a":1}' });
    await people.ok(alice, 'rosterExt', { user_id: bob.uid, mute_notification: 1 });
    await people.ok(alice, 'rosterExt', { user_id: bob.uid, alias: '', mute_notification: 0 });
    expect(await seen(alice, bob)).toMatchObject({ ext: '{"a":1}', mute_notification: false });
    expect(await seen(alice, bob)).not.toHaveProperty('alias');
    expect(await seen(bob, alice)).not.toHaveProperty('ext');
    const own = { from: alice.uid, to: [bob.uid] };
    expect(told(alice).slice(1)).toEqual([
      { ...own, type: Type.INFO_UPDATED, content: '{"alias":"Bobby","ext":"{\\"a\\":1}"}' },
      { ...own, type: Type.MUTED, content: '' },
      { ...own, type: Type.INFO_UPDATED, content: '{"alias":""}' },
      { ...own, type: Type.UNMUTED, content: '' },
    ]);
    expect(told(bob)).toHaveLength(before);
    expect((await people.as(alice, 'rosterExt', { user_id: people.carol.uid, alias: 'x' })).code).toBe(10010);
  });
});

describe('blocking', () => {
  it('is told to the blocker alone, hides nothing from his list, and can be undone', async () => {
    const { alice, bob } = people;
    await people.ok(alice, 'rosterApply', { user_id: bob.uid });
    const before = told(bob).length;
    await people.ok(alice, 'rosterBlock', { user_id: bob.uid });
    expect((await people.as(alice, 'rosterBlock', { user_id: bob.uid })).code).toBe(10006);
    expect(await people.ok(alice, 'rosterBlockedList')).toEqual([bob.uid]);
    expect((await seen(alice, bob)).relation).toBe(3);
    expect((await seen(bob, alice)).relation).toBe(0);
    await people.ok(alice, 'rosterUnblock', { user_id: bob.uid });
    await people.ok(alice, 'rosterUnblock', { user_id: bob.uid });
    expect((await seen(alice, bob)).relation).toBe(0);
    const own = { from: alice.uid, to: [bob.uid], content: '' };
    expect(told(alice).slice(1)).toEqual([
      { ...own, type: Type.BLOCKED },
      { ...own, type: Type.UNBLOCKED },
    ]);
    expect(told(bob)).toHaveLength(before);
  });

  it('keeps an application from being accepted', async () => {
    const { alice, bob } = people;
    await mode(bob, 1);
    await people.ok(alice, 'rosterApply', { user_id: bob.uid });
    await people.ok(alice, 'rosterBlock', { user_id: bob.uid });
    expect((await people.as(bob, 'rosterAccept', { user_id: alice.uid })).code).toBe(10006);
  });

  it('refuses what the blocked one asks, until it is undone; what he had asked can be declined', async () => {
    const { alice, bob, carol } = people;
    await mode(alice, 1);
    await people.ok(bob, 'rosterApply', { user_id: alice.uid, reason: 'hi' });
    await people.ok(alice, 'rosterBlock', { user_id: bob.uid });
    const before = [told(alice).length, told(bob).length];
    expect((await people.as(bob, 'rosterApply', { user_id: alice.uid })).code).toBe(10006);
    expect((await people.as(alice, 'rosterAccept', { user_id: bob.uid })).code).toBe(10006);
    expect([told(alice).length, told(bob).length]).toEqual(before);
    await people.ok(alice, 'rosterDecline', { user_id: bob.uid });
    expect((await people.ok(alice, 'rosterApplyList'))[0].status).toBe(2);
    expect(await people.ok(bob, 'rosterBlockedList')).toEqual([]);
    expect(told(carol)).toEqual([]);
    await people.ok(alice, 'rosterUnblock', { user_id: bob.uid });
    await people.ok(bob, 'rosterApply', { user_id: alice.uid });
    await people.ok(alice, 'rosterAccept', { user_id: bob.uid });
    expect(await friendsOf(bob)).toEqual([alice.uid]);
  });

  it('both ways shows each his own block, and one can be undone without the other', async () => {
    const { alice, bob } = people;
    await people.ok(alice, 'rosterBlock', { user_id: bob.uid });
    await people.ok(bob, 'rosterBlock', { user_id: alice.uid });
    expect([(await seen(alice, bob)).relation, (await seen(bob, alice)).relation]).toEqual([3, 3]);
    await people.ok(alice, 'rosterUnblock', { user_id: bob.uid });
    expect([(await seen(alice, bob)).relation, (await seen(bob, alice)).relation]).toEqual([2, 3]);
    expect(await people.ok(bob, 'rosterBlockedList')).toEqual([alice.uid]);
  });

  it('of oneself or of nobody is refused', async () => {
    const { alice } = people;
    expect((await people.as(alice, 'rosterBlock', { user_id: alice.uid })).code).toBe(10002);
    expect((await people.as(alice, 'rosterBlock', { user_id: 999_999 })).code).toBe(10000);
    expect((await people.as(alice, 'rosterUnblock', { user_id: 999_999 })).code).toBe(10000);
  });
});

describe('who may write to whom', () => {
  const may = async (from: Person, to: { uid: number }) =>
    people.ok(from, 'rosterMayMessage', { user_id: from.uid, roster_id: to.uid });

  it('follows every change of the roster at once', async () => {
    const { alice, bob, server } = people;
    const { roster } = server.context;
    const role = () => roster.pairRole(alice.uid, bob.uid);
    expect(await role()).toBe('stranger');
    expect(role()).toBe('stranger');
    await people.ok(alice, 'rosterApply', { user_id: bob.uid });
    expect(await role()).toBe('friend');
    await people.ok(bob, 'rosterBlock', { user_id: alice.uid });
    expect(await role()).toBe('blocked');
    expect([await may(alice, bob), await may(bob, alice)]).toEqual([false, false]);
    await people.ok(alice, 'rosterBlock', { user_id: bob.uid });
    expect(await role()).toBe('blocker');
    await people.ok(alice, 'rosterUnblock', { user_id: bob.uid });
    await people.ok(bob, 'rosterUnblock', { user_id: alice.uid });
    expect(await may(alice, bob)).toBe(true);
    await people.ok(bob, 'rosterDelete', { user_id: alice.uid });
    expect(await role()).toBe('stranger');
  });

  it('depends on the app for strangers', async () => {
    const { server, url } = people;
    await addApp(server, 'friends_only', 'strangers_may_chat = 0');
    const [x, y] = [await join(url, 'xena', 'p', 'friends_only'), await join(url, 'yves', 'p', 'friends_only')];
    const mayInApp = () =>
      people.ok(x, 'rosterMayMessage', { user_id: x.uid, roster_id: y.uid }, { appId: 'friends_only' });
    expect(await mayInApp()).toBe(false);
    await people.ok(x, 'rosterApply', { user_id: y.uid }, { appId: 'friends_only' });
    expect(await mayInApp()).toBe(true);
  });

  it('is no to nobody and to another app’s user, and nobody else’s business', async () => {
    const { alice, bob, carol, server, url } = people;
    expect(await may(alice, { uid: 999_999 })).toBe(false);
    await addApp(server, 'other');
    expect(await may(alice, await join(url, 'zed', 'p', 'other'))).toBe(false);
    const asked = await people.as(alice, 'rosterMayMessage', { user_id: bob.uid, roster_id: carol.uid });
    expect(asked.code).toBe(10010);
  });
});
