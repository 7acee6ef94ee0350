import { type EndpointName, errors, limits, StatusCode, GroupNoticeType as Type } from '@flooim/protocol';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type Cast,
  type Company,
  Ears,
  gather,
  type Heard,
  heardByMembers,
  heardLater,
  newGroup,
  told,
} from './support/group-cast.ts';
import { groupText } from './support/group-talk.ts';
import { Phone } from './support/phone.ts';
import { type Person, standingClock } from './support/rest.ts';

const minuteMs = 60_000;
const clock = standingClock();
let company: Company;
let cast: Cast;
let ears: Ears;
beforeAll(async () => {
  company = await gather({}, { clock });
});
beforeEach(async () => {
  cast = await newGroup(company);
  ears = await Ears.open(company);
});
afterEach(() => ears.close());
afterAll(() => company.people.close());

const call = (by: Person, name: EndpointName, params?: object) => cast.as(by, name, params);
const ok = (by: Person, name: EndpointName, params?: object) => cast.ok(by, name, params);
const heardByAll = (...heard: Heard[]) => heardByMembers(cast, ...heard);
const ban = (by: Person, duration: number, ...users: Person[]) =>
  ok(by, 'groupBan', { user_list: users.map(({ uid }) => uid), duration });
const unban = (by: Person, ...users: Person[]) => ok(by, 'groupUnban', { user_list: users.map(({ uid }) => uid) });
const done = ({ uid }: Person) => ({ user_id: uid, result: 'success' });
const failed = ({ uid }: Person, why: keyof typeof errors) => ({
  user_id: uid,
  result: 'fail',
  reason: errors[why].text,
});
/** Who is banned, and until when. */
const bannedNow = async (asker = cast.owner) =>
  ((await ok(asker, 'groupBanned')) as { user_id: number; expired_time: number }[]).map((row) => [
    row.user_id,
    row.expired_time,
  ]);
const toldBan = (by: Person, minutes: number, ...to: Person[]) => told(cast, Type.BANNED, by, `${minutes}`, to);
const toldUnban = (by: Person, ...to: Person[]) => told(cast, Type.UNBANNED, by, '', to);

describe('banning members', () => {
  it('holds when he leaves and comes back', async () => {
    const { admin, member, silent } = cast;
    await ban(admin, 5, member);
    await ok(member, 'groupLeave');
    expect((await bannedNow()).map(([uid]) => uid)).not.toContain(member.uid);
    await ok(admin, 'groupInvite', { user_list: [member.uid] });
    expect(await bannedNow()).toContainEqual([member.uid, clock() + 5 * minuteMs]);
    await unban(admin, member);
    for (const name of ['groupLeave', 'groupInvite'] as const) {
      await ok(name === 'groupLeave' ? member : silent, name, { user_list: [member.uid] });
    }
    expect((await bannedNow()).map(([uid]) => uid)).not.toContain(member.uid);
  });

  it('for some minutes holds so long, and all members hear who and how long', async () => {
    const { admin, member, silent, banned } = cast;
    expect(await ban(admin, 5, member, silent)).toEqual([done(member), done(silent)]);
    expect(await ears.heard()).toEqual(heardByAll(toldBan(admin, 5, member, silent)));
    const until = clock() + 5 * minuteMs;
    const expected = [
      [member.uid, until],
      [banned.uid, -1],
      [silent.uid, until],
    ];
    expect(await bannedNow()).toEqual(expected);
    clock.advance(5 * minuteMs - 1);
    expect(await bannedNow(member)).toEqual(expected);
    clock.advance(1);
    expect(await bannedNow()).toEqual([[banned.uid, -1]]);
  });

  it('for good holds until they are unbanned', async () => {
    const { owner, admin, member, banned } = cast;
    await ban(admin, -1, member);
    clock.advance(20 * 24 * 60 * minuteMs);
    expect(await bannedNow()).toEqual([
      [member.uid, -1],
      [banned.uid, -1],
    ]);
    await ears.heard();
    expect(await unban(owner, member, banned)).toEqual([done(member), done(banned)]);
    expect(await ears.heard()).toEqual(heardByAll(toldUnban(owner, member, banned)));
    expect(await bannedNow()).toEqual([]);
  });

  it('again takes the place of the ban before', async () => {
    const { owner, banned } = cast;
    await ban(owner, limits.banMinutes, banned);
    expect(await bannedNow()).toEqual([[banned.uid, clock() + limits.banMinutes * minuteMs]]);
    await ban(owner, 1, banned);
    expect(await bannedNow()).toEqual([[banned.uid, clock() + minuteMs]]);
    const heard = [toldBan(owner, limits.banMinutes, banned), toldBan(owner, 1, banned)];
    expect(await ears.heard()).toEqual(heardByAll(...heard));
    const later = await heardLater(cast, banned, 'group');
    expect(later.filter(({ type }) => type === Type.BANNED).slice(-2)).toEqual(heard);
  });

  it('who are banned so already, and unbanning who is not banned, tells nobody', async () => {
    const { owner, banned, member } = cast;
    expect(await ban(owner, -1, banned)).toEqual([done(banned)]);
    expect(await unban(owner, member)).toEqual([done(member)]);
    expect(await ears.heard()).toEqual(new Map());
    await ban(owner, 1, member);
    clock.advance(minuteMs);
    await ears.heard();
    expect(await unban(owner, member)).toEqual([done(member)]);
    expect(await ears.heard()).toEqual(new Map());
  });

  it('names in the notice only those for whom it is something new', async () => {
    const { owner, banned, member } = cast;
    expect(await ban(owner, -1, banned, member, banned, member)).toEqual([done(banned), done(member)]);
    expect(await ears.heard()).toEqual(heardByAll(toldBan(owner, -1, member)));
  });

  it('answers for each in the list, once, and does what it can', async () => {
    const { owner, admin, member, left, outsider, foreigner } = cast;
    await ok(owner, 'groupAdminAdd', { user_list: [cast.silent.uid] });
    await ears.heard();
    const results = await ban(admin, 10, owner, admin, cast.silent, left, member, outsider, foreigner, member);
    expect(results).toEqual([
      failed(owner, 'noPermission'),
      failed(admin, 'ownerRequired'),
      failed(cast.silent, 'ownerRequired'),
      failed(left, 'notGroupMember'),
      done(member),
      failed(outsider, 'notGroupMember'),
      failed(foreigner, 'notGroupMember'),
    ]);
    expect(await ears.heard()).toEqual(heardByAll(toldBan(admin, 10, member)));
    expect(await ban(owner, 10, admin, owner)).toEqual([done(admin), failed(owner, 'noPermission')]);
    // An administrator who is banned cannot free himself.
    expect(await unban(admin, admin)).toEqual([failed(admin, 'ownerRequired')]);
    expect((await bannedNow()).map(([uid]) => uid)).toContain(admin.uid);
  });

  it('with nobody in the list, or strangers alone, tells nobody', async () => {
    const { owner, outsider } = cast;
    expect(await ban(owner, 1)).toEqual([]);
    expect(await ban(owner, 1, outsider)).toEqual([failed(outsider, 'notGroupMember')]);
    expect(await ears.heard()).toEqual(new Map());
    const many = Array.from({ length: limits.rosterSize }, (_, i) => 1_000_000 + i);
    expect(await ok(owner, 'groupBan', { user_list: many, duration: 1 })).toHaveLength(limits.rosterSize);
    const tooMany = await call(owner, 'groupBan', { user_list: [...many, 1], duration: 1 });
    expect([tooMany.code, tooMany.message]).toEqual([10002, expect.stringContaining('user_list')]);
  });

  it.each(['groupBan', 'groupBanAll'] as const)('by %s with a duration that is none is refused', async (name) => {
    const { owner, member } = cast;
    for (const duration of [0, '0', -2, -60, limits.banMinutes + 1, Number.MAX_SAFE_INTEGER, 1.5, 'x', '', null]) {
      const answer = await call(owner, name, { user_list: [member.uid], duration });
      expect([duration, answer.code, answer.message]).toEqual([duration, 10002, expect.stringContaining('duration')]);
    }
    expect(await bannedNow()).toEqual([[cast.banned.uid, -1]]);
    expect((await ok(owner, 'groupInfo')).ban_expire_time).toBe(0);
    expect(await ears.heard()).toEqual(new Map());
  });
});

describe('who is banned', () => {
  const speak = async (person: Person) => {
    const phone = await Phone.connect(cast.people.url, { ...person, guid: `${person.name} tongue` });
    const { status } = await groupText(phone, cast.gid, 'may I?');
    phone.raw.terminate();
    return status?.code;
  };

  it('may send again at the moment that the ban ends, or is ended', async () => {
    const { owner, admin, member } = cast;
    await ban(owner, 2, member, admin);
    expect([await speak(member), await speak(admin)]).toEqual([StatusCode.USER_BANNED, StatusCode.USER_BANNED]);
    await unban(owner, admin);
    expect(await speak(admin)).toBe(StatusCode.OK);
    clock.advance(2 * minuteMs - 1);
    expect(await speak(member)).toBe(StatusCode.USER_BANNED);
    clock.advance(1);
    expect(await speak(member)).toBe(StatusCode.OK);
  });

  it('with all others may send again when that ban ends, unless he is banned himself', async () => {
    const { owner, member } = cast;
    const { ban_expire_time } = await ok(owner, 'groupBanAll', { duration: 1 });
    expect([await speak(member), await speak(owner)]).toEqual([StatusCode.USER_BANNED, StatusCode.OK]);
    clock.advance(ban_expire_time * 1000 - 1 - clock());
    expect(await speak(member)).toBe(StatusCode.USER_BANNED);
    clock.advance(1);
    expect([await speak(member), await speak(cast.banned)]).toEqual([StatusCode.OK, StatusCode.USER_BANNED]);
  });

  it('reads, and does what else members do', async () => {
    const { owner, banned, gid, people } = cast;
    const phone = await Phone.connect(people.url, { ...banned, guid: 'ears' });
    const speaker = await Phone.connect(people.url, { ...owner, guid: 'mouth' });
    await groupText(speaker, gid, 'for all to hear');
    await phone.pushedText('for all to hear');
    expect(await ok(banned, 'groupDisplayName', { value: 'Mute' })).toBe(true);
    for (const each of [phone, speaker]) each.raw.terminate();
  });
});

describe('the list of the banned', () => {
  it('says who they are in the group, in pages', async () => {
    const { owner, admin, member, banned, silent, people } = cast;
    await ok(member, 'groupDisplayName', { value: 'Carol C' });
    await people.ok(member, 'userAvatar', { avatar: 'carol_face' });
    await ban(owner, 3, admin, member, silent);
    const first = await call(member, 'groupBanned', { limit: 3 });
    expect(first.data).toEqual([
      { user_id: admin.uid, join_time: clock(), expired_time: clock() + 3 * minuteMs },
      {
        user_id: member.uid,
        display_name: 'Carol C',
        avatar: 'carol_face',
        join_time: clock(),
        expired_time: clock() + 3 * minuteMs,
      },
      { user_id: banned.uid, join_time: clock(), expired_time: -1 },
    ]);
    expect(JSON.parse(first.text).total).toBe(4);
    const second = await call(member, 'groupBanned', { limit: 3, cursor: first.cursor });
    expect(second.data.map(({ user_id }: { user_id: number }) => user_id)).toEqual([silent.uid]);
    expect(second.cursor).toBeUndefined();
    expect((await call(owner, 'groupBanned')).cursor).toBeUndefined();
    const bad = await call(owner, 'groupBanned', { cursor: 'x' });
    expect([bad.code, bad.message]).toEqual([10002, expect.stringContaining('cursor')]);
  });

  it('is without those who left', async () => {
    await ok(cast.banned, 'groupLeave');
    expect(await bannedNow()).toEqual([]);
  });
});

describe('banning everybody', () => {
  const updated = (by: Person, value: number) =>
    told(cast, Type.INFO_UPDATED, by, { property: 'ban_expire_time', ban_expire_time: value });

  it('for some minutes gives when it ends, in seconds, to the caller and to all members', async () => {
    const { admin, outsider } = cast;
    clock.advance(1);
    const ban_expire_time = Math.floor(clock() / 1000) + 2 * 60 + 1;
    expect(await ok(admin, 'groupBanAll', { duration: 2 })).toEqual({ ban_expire_time });
    expect(await ears.heard()).toEqual(heardByAll(updated(admin, ban_expire_time)));
    expect((await ok(outsider, 'groupInfo')).ban_expire_time).toBe(ban_expire_time);
    clock.advance(-1);
  });

  it('for good, and ending it, is told once each', async () => {
    const { owner, admin } = cast;
    expect(await ok(owner, 'groupBanAll', { duration: -1 })).toEqual({ ban_expire_time: -1 });
    expect(await ok(admin, 'groupBanAll', { duration: -1 })).toEqual({ ban_expire_time: -1 });
    expect(await ears.heard()).toEqual(heardByAll(updated(owner, -1)));
    expect(await ok(admin, 'groupUnbanAll')).toBe(true);
    expect(await ok(owner, 'groupUnbanAll')).toBe(true);
    expect(await ears.heard()).toEqual(heardByAll(updated(admin, 0)));
    expect((await ok(owner, 'groupInfo')).ban_expire_time).toBe(0);
  });

  it('is no ban of single members', async () => {
    await ok(cast.owner, 'groupBanAll', { duration: 60 });
    expect(await bannedNow()).toEqual([[cast.banned.uid, -1]]);
    await ok(cast.owner, 'groupUnbanAll');
    expect(await bannedNow()).toEqual([[cast.banned.uid, -1]]);
  });
});
