import { type EndpointName, GroupNoticeType as Type } from '@flooim/protocol';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Cast, Ears, type Heard, heardIn, startCast } from './support/group-cast.ts';
import { Phone } from './support/phone.ts';
import { changeDatabase, join, type Person } from './support/rest.ts';

let cast: Cast;
let ears: Ears;
/** A group of owner, admin and member, made anew for each test. */
let gid: number;
beforeAll(async () => {
  cast = await startCast();
  ears = await Ears.open(cast);
});
afterAll(async () => {
  ears.close();
  await cast.people.close();
});

beforeEach(async () => {
  const { people, owner, admin, member } = cast;
  const user_list = [admin.uid, member.uid];
  gid = (await people.ok(owner, 'groupCreate', { name: 'a group', user_list })).group_id;
  await by(owner, 'groupAdminAdd', { user_list: [admin.uid] });
  await ears.heard();
});
afterEach(async () => {
  const { people, owner, admin, outsider } = cast;
  await people.ok(outsider, 'userSettingsUpdate', { group_confirm: false });
  for (const person of [owner, admin]) await people.as(person, 'groupDestroy', { group_id: gid });
});

const by = (person: Person, name: EndpointName, params: object = {}) =>
  cast.people.ok(person, name, { group_id: gid, ...params });

/** A notice in the group's conversation. */
const inGroup = (type: Type, from: Person, to: Person[] = [], content = ''): Heard => ({
  conversation: gid,
  gid,
  type,
  from: from.uid,
  to: to.map(({ uid }) => uid),
  content,
});
/** The same in the system conversation. */
const apart = (...notice: Parameters<typeof inGroup>): Heard => ({ ...inGroup(...notice), conversation: 0 });

/** What each of them hears on every device, and nobody else anything. */
async function expectHeard(...expected: [people: Person[], heard: Heard[]][]): Promise<void> {
  const heard = new Map(expected.flatMap(([persons, notices]) => persons.map((person) => [person.name, notices])));
  const got = [...(await ears.heard())].map(([person, notices]) => [person.name, notices] as const);
  expect(Object.fromEntries(got)).toEqual(Object.fromEntries(heard));
}

/** All that a device may have of the group's conversation, or of another. */
async function pulledBy(person: Person, guid = 'late', peer = gid): Promise<Heard[]> {
  const phone = await Phone.connect(cast.people.url, { ...person, guid });
  const frames = [];
  for (let page = await phone.pull(peer, 1); page.nextKey > 0; page = await phone.pull(peer, page.nextKey)) {
    frames.push(page);
  }
  phone.raw.terminate();
  return heardIn(frames);
}

describe('of a new group', () => {
  it('those hear who are in it, and those who are asked, nobody before he came', async () => {
    const { people, owner, admin, member, outsider } = cast;
    await people.ok(outsider, 'userSettingsUpdate', { group_confirm: true });
    const user_list = [admin.uid, member.uid, outsider.uid];
    gid = (await people.ok(owner, 'groupCreate', { name: 'new', user_list })).group_id;
    const [first, second] = [
      inGroup(Type.INVITE_ACCEPTED, admin, [owner]),
      inGroup(Type.INVITE_ACCEPTED, member, [owner]),
    ];
    const asked = apart(Type.INVITED, owner, [outsider]);
    await expectHeard(
      [[owner], [inGroup(Type.CREATED, owner), first, second, asked]],
      [[admin], [first, second]],
      [[member], [second]],
      [[outsider], [asked]],
    );
  });
});

describe('of an application', () => {
  it('owner and admins hear, then the members of who came', async () => {
    const { owner, admin, member, outsider } = cast;
    await by(outsider, 'groupApply', { reason: 'let me in' });
    await expectHeard([[owner, admin], [apart(Type.APPLYED, outsider, [], 'let me in')]]);
    await by(admin, 'groupApplyHandle', { user_id: outsider.uid, approval: true });
    const joined = inGroup(Type.JOINED, outsider);
    const accepted = apart(Type.APPLY_ACCEPTED, admin, [outsider]);
    await expectHeard(
      [
        [admin, outsider],
        [joined, accepted],
      ],
      [[owner, member], [joined]],
    );
  });

  it('that is declined, only who declined and who applied hear', async () => {
    const { owner, admin, outsider } = cast;
    await by(outsider, 'groupApply');
    await expectHeard([[owner, admin], [apart(Type.APPLYED, outsider)]]);
    await by(owner, 'groupApplyHandle', { user_id: outsider.uid, approval: false, reason: 'no room' });
    await expectHeard([[owner, outsider], [apart(Type.APPLY_DECLINED, owner, [outsider], 'no room')]]);
  });

  it('nobody hears where all come in; the members hear who came', async () => {
    const { owner, admin, member, outsider } = cast;
    await by(owner, 'groupApproval', { apply_approval: 0 });
    await ears.heard();
    await by(outsider, 'groupApply');
    await expectHeard([[owner, admin, member, outsider], [inGroup(Type.JOINED, outsider)]]);
  });
});

describe('of an invitation', () => {
  it('all hear when somebody comes in by it at once, or by a code', async () => {
    const { owner, admin, member, outsider, left } = cast;
    await by(member, 'groupInvite', { user_list: [outsider.uid], reason: 'come' });
    await expectHeard([[owner, admin, member, outsider], [inGroup(Type.INVITE_ACCEPTED, outsider, [member])]]);
    const { qr_info } = await by(member, 'groupCode');
    await by(left, 'groupCodeJoin', { qr_info });
    await expectHeard([[owner, admin, member, outsider, left], [inGroup(Type.INVITE_ACCEPTED, left, [member])]]);
  });

  it('inviter and invited hear where he must agree; all the members when he does', async () => {
    const { people, owner, admin, member, outsider } = cast;
    await people.ok(outsider, 'userSettingsUpdate', { group_confirm: true });
    await by(member, 'groupInvite', { user_list: [outsider.uid], reason: 'come' });
    await expectHeard([[member, outsider], [apart(Type.INVITED, member, [outsider], 'come')]]);
    await by(outsider, 'groupInviteHandle', { user_id: member.uid, approval: true });
    await expectHeard([[owner, admin, member, outsider], [inGroup(Type.INVITE_ACCEPTED, outsider, [member])]]);
  });

  it('that several get, each hears of his own alone', async () => {
    const { people, owner, outsider, left } = cast;
    for (const person of [outsider, left]) await people.ok(person, 'userSettingsUpdate', { group_confirm: true });
    await by(owner, 'groupInvite', { user_list: [outsider.uid, left.uid] });
    await expectHeard(
      [[owner], [apart(Type.INVITED, owner, [outsider, left])]],
      [[outsider], [apart(Type.INVITED, owner, [outsider])]],
      [[left], [apart(Type.INVITED, owner, [left])]],
    );
    await people.ok(left, 'userSettingsUpdate', { group_confirm: false });
  });

  it('that is declined, only who declined and who invited hear', async () => {
    const { people, member, outsider } = cast;
    await people.ok(outsider, 'userSettingsUpdate', { group_confirm: true });
    await by(member, 'groupInvite', { user_list: [outsider.uid] });
    await ears.heard();
    await by(outsider, 'groupInviteHandle', { user_id: outsider.uid, approval: false, reason: 'no time' });
    await expectHeard([[member, outsider], [apart(Type.INVITE_DECLINED, outsider, [member], 'no time')]]);
  });
});

describe('of many who come at once', () => {
  it('the others hear in few frames, and each of them pulls what follows his own coming', async () => {
    const { people, owner, admin, member, outsider } = cast;
    changeDatabase(
      people.server,
      `INSERT INTO user (uid, app_id, username, password_hash, created_at)
         WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300)
         SELECT 20000 + i, 'flooim', 'crowd' || i, '', 0 FROM n;`,
    );
    const crowd = Array.from({ length: 300 }, (_, i) => 20_001 + i);
    const phone = await Phone.connect(people.url, { ...member, guid: 'third' });
    await by(owner, 'groupInvite', { user_list: [...crowd.slice(0, 299), outsider.uid, 20_300] });
    await phone.settle();
    phone.raw.terminate();
    expect(phone.pushed.map(({ metas }) => metas.length)).toEqual([200, 101]);
    const came = (uid: number) => ({ ...inGroup(Type.INVITE_ACCEPTED, outsider, [owner]), from: uid });
    const [last, self] = [came(20_300), came(outsider.uid)];
    const all = [...crowd.slice(0, 299).map(came), self, last];
    await expectHeard([[owner, admin, member], all], [[outsider], [last]]);
    expect(await pulledBy(outsider)).toEqual([self, last]);
  });
});

describe('of an end', () => {
  it('the members hear, and he whose end it is, and nothing after it', async () => {
    const { owner, admin, member, outsider } = cast;
    await by(owner, 'groupInvite', { user_list: [outsider.uid] });
    await ears.heard();
    await by(member, 'groupLeave');
    await expectHeard([[owner, admin, outsider, member], [inGroup(Type.LEAVED, member)]]);
    await by(admin, 'groupKick', { user_list: [outsider.uid], reason: 'too loud' });
    await expectHeard([[owner, admin, outsider], [inGroup(Type.KICKED, admin, [outsider], 'too loud')]]);
    await by(owner, 'groupBlock', { user_list: [admin.uid] });
    await expectHeard([[owner, admin], [inGroup(Type.BLOCKED, owner, [admin])]]);
  });

  it('of several they hear at once', async () => {
    const { owner, admin, member, outsider } = cast;
    await by(owner, 'groupInvite', { user_list: [outsider.uid] });
    await ears.heard();
    await by(owner, 'groupKick', { user_list: [outsider.uid, owner.uid, member.uid, outsider.uid] });
    await expectHeard([[owner, admin, outsider, member], [inGroup(Type.KICKED, owner, [outsider, member])]]);
  });

  it('of the group everyone who was in it hears', async () => {
    const { owner, admin, member } = cast;
    await by(owner, 'groupDestroy');
    await expectHeard([[owner, admin, member], [inGroup(Type.DESTROYED, owner)]]);
  });

  it('of those who were not in it, only owner and admins hear, also when it is lifted', async () => {
    const { owner, admin, member, outsider, left } = cast;
    await by(admin, 'groupBlock', { user_list: [outsider.uid, member.uid, left.uid] });
    const outside = apart(Type.BLOCKED, admin, [outsider, left]);
    const inside = inGroup(Type.BLOCKED, admin, [member]);
    await expectHeard(
      [
        [owner, admin],
        [inside, outside],
      ],
      [[member], [inside]],
    );
    await by(owner, 'groupUnblock', { user_list: [left.uid, member.uid] });
    await expectHeard([[owner, admin], [apart(Type.UNBLOCKED, owner, [left, member])]]);
  });
});

describe('of who does what', () => {
  it('all members hear', async () => {
    const { owner, admin, member } = cast;
    await by(owner, 'groupAdminAdd', { user_list: [admin.uid, member.uid] });
    await expectHeard([[owner, admin, member], [inGroup(Type.ADMIN_GRANTED, owner, [member])]]);
    await by(owner, 'groupAdminRemove', { user_list: [member.uid, admin.uid] });
    await expectHeard([[owner, admin, member], [inGroup(Type.ADMIN_REVOKED, owner, [member, admin])]]);
    await by(owner, 'groupTransfer', { new_owner: admin.uid });
    await expectHeard([[owner, admin, member], [inGroup(Type.OWNER_ASSIGNED, owner, [admin])]]);
  });

  it('nobody hears when nothing changed', async () => {
    const { owner, admin, member, outsider } = cast;
    await by(owner, 'groupBlock', { user_list: [outsider.uid] });
    await ears.heard();
    await by(owner, 'groupBlock', { user_list: [outsider.uid] });
    await by(owner, 'groupUnblock', { user_list: [member.uid] });
    await by(owner, 'groupAdminAdd', { user_list: [admin.uid, outsider.uid, owner.uid] });
    await by(owner, 'groupAdminRemove', { user_list: [member.uid] });
    await by(owner, 'groupKick', { user_list: [outsider.uid, owner.uid] });
    await by(owner, 'groupInvite', { user_list: [member.uid, outsider.uid] });
    await by(owner, 'groupTransfer', { new_owner: owner.uid });
    for (const name of ['groupKick', 'groupBlock', 'groupUnblock', 'groupInvite', 'groupAdminAdd'] as const) {
      expect(await by(owner, name, { user_list: [] })).toEqual([]);
    }
    await expectHeard();
  });
});

describe('a device that was away', () => {
  it('pulls what its user was told, in the group as far as he was in it, and apart from it', async () => {
    const { people, owner, admin, member } = cast;
    const newcomer = await join(people.url, 'ivan');
    (await Phone.connect(people.url, { ...newcomer, guid: 'early' })).raw.terminate();
    await by(newcomer, 'groupApply', { reason: 'me' });
    await by(admin, 'groupApplyHandle', { user_id: newcomer.uid, approval: true });
    await by(member, 'groupLeave');
    await by(admin, 'groupKick', { user_list: [newcomer.uid] });
    await by(owner, 'groupInvite', { user_list: [member.uid] });
    const first = [inGroup(Type.JOINED, newcomer), inGroup(Type.LEAVED, member)];
    const ended = [...first, inGroup(Type.KICKED, admin, [newcomer])];
    expect(await pulledBy(newcomer, 'early')).toEqual(ended);
    await by(owner, 'groupInvite', { user_list: [newcomer.uid] });
    await by(owner, 'groupKick', { user_list: [member.uid] });
    const second = [inGroup(Type.INVITE_ACCEPTED, newcomer, [owner]), inGroup(Type.KICKED, owner, [member])];
    expect(await pulledBy(newcomer, 'early')).toEqual([...ended, ...second]);
    for (const guid of ['early', 'new']) {
      expect(await pulledBy(newcomer, guid, 0)).toEqual([apart(Type.APPLY_ACCEPTED, admin, [newcomer])]);
    }
  });
});

describe('a user who deletes his account', () => {
  it('leaves his groups and dissolves his own, and their members hear of it', async () => {
    const { people, owner, admin, member } = cast;
    const goner = await join(people.url, 'judy');
    await by(owner, 'groupInvite', { user_list: [goner.uid] });
    const own = await people.ok(goner, 'groupCreate', { name: 'own', user_list: [member.uid] });
    await ears.heard();
    await people.ok(goner, 'userDelete', { password: 'correct-horse-1' });
    const left = inGroup(Type.LEAVED, goner);
    const place = { conversation: own.group_id, gid: own.group_id };
    const destroyed = { ...inGroup(Type.DESTROYED, goner), ...place };
    await expectHeard([[owner, admin], [left]], [[member], [left, destroyed]]);
    expect((await people.ok(owner, 'groupInfo', { group_id: own.group_id })).status).toBe(1);
    expect(await people.ok(member, 'groupsJoined')).not.toContain(own.group_id);
    const members: { user_id: number }[] = await by(owner, 'groupMembers');
    expect(members.map(({ user_id }) => user_id)).toEqual([owner.uid, admin.uid, member.uid]);
  });
});
