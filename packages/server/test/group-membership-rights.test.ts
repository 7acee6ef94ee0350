import { canInGroup, type EndpointName, type GroupAction, type GroupRole } from '@flooim/protocol';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { asOf, type Cast, type Role, roles, startCast } from './support/group-cast.ts';
import { join, type Person } from './support/rest.ts';

/** What each role is to the permission table. */
const standing = {
  owner: 'owner',
  admin: 'admin',
  member: 'member',
  banned: 'member',
  silent: 'member',
  left: 'outsider',
  outsider: 'outsider',
  foreigner: 'outsider',
} as const satisfies Record<Role, GroupRole>;

interface Row {
  name: EndpointName;
  /** The row of the permission table that decides; none: every user of the app may. */
  action?: GroupAction;
  /** The code for those who may not. */
  refused?: Partial<Record<GroupRole, number>>;
  /** Besides the group; makes what the call needs. */
  params?: () => object | Promise<object>;
  changes: boolean;
}

let cast: Cast;
let gid: number;
/** Nobody's role: whom calls are about. */
let target: Person;
let applicant: Person;
beforeAll(async () => {
  cast = await startCast();
  target = await join(cast.people.url, 'ivan');
  applicant = await join(cast.people.url, 'judy');
});
afterAll(() => cast.people.close());

/** Each cell has a group of its own, with everyone in the role of his name. */
async function makeGroup(type = 0): Promise<number> {
  const { people, owner, admin, member, banned, silent, left } = cast;
  const user_list = [admin, member, banned, silent, left, target].map(({ uid }) => uid);
  const { group_id } = await people.ok(owner, 'groupCreate', { name: 'a group', type, user_list });
  await people.ok(owner, 'groupApproval', { group_id, apply_approval: 1 });
  await people.ok(owner, 'groupAdminAdd', { group_id, user_list: [admin.uid] });
  await people.ok(owner, 'groupBan', { group_id, user_list: [banned.uid], duration: -1 });
  await people.ok(silent, 'groupMuteMode', { group_id, msg_mute_mode: 2 });
  await people.ok(left, 'groupLeave', { group_id });
  return group_id;
}

beforeEach(async () => {
  gid = await makeGroup();
});
afterEach(async () => {
  // Who owns many groups cannot make another.
  const { people, owner, member } = cast;
  for (const person of [owner, member]) await people.as(person, 'groupDestroy', { group_id: gid });
});

const byOwner = (name: EndpointName, params: object = {}) =>
  cast.people.ok(cast.owner, name, { group_id: gid, ...params });
const someone = () => ({ user_list: [target.uid] });
const applied = async () => {
  await cast.people.ok(applicant, 'groupApply', { group_id: gid });
  return { user_id: applicant.uid, approval: true };
};
const listsOnly = { outsider: 20011 };
const admins = { member: 20012, outsider: 20011 };
const owners = { admin: 20013, member: 20013, outsider: 20011 };
const outsiders = { owner: 20017, admin: 20017, member: 20017 };

const rows: Row[] = [
  { name: 'groupCreate', params: () => ({ name: 'another' }), changes: true },
  { name: 'groupsJoined', changes: false },
  { name: 'groupsPublic', changes: false },
  { name: 'groupApplications', params: () => ({ group_list: [gid] }), changes: false },
  { name: 'groupInvitations', changes: false },
  { name: 'groupDestroy', action: 'destroy', refused: owners, changes: true },
  { name: 'groupMembers', action: 'readMembers', refused: listsOnly, changes: false },
  { name: 'groupDisplayNames', action: 'readMembers', refused: listsOnly, params: someone, changes: false },
  { name: 'groupAdmins', action: 'readMembers', refused: listsOnly, changes: false },
  { name: 'groupAdminAdd', action: 'manageAdmins', refused: owners, params: someone, changes: true },
  {
    name: 'groupAdminRemove',
    action: 'manageAdmins',
    refused: owners,
    async params() {
      await byOwner('groupAdminAdd', someone());
      return someone();
    },
    changes: true,
  },
  {
    name: 'groupTransfer',
    action: 'transfer',
    refused: owners,
    params: () => ({ new_owner: cast.member.uid }),
    changes: true,
  },
  { name: 'groupApply', action: 'apply', refused: outsiders, changes: true },
  { name: 'groupApplyHandle', action: 'manageMembers', refused: admins, params: applied, changes: true },
  {
    name: 'groupInvite',
    action: 'invite',
    refused: admins,
    params: () => ({ user_list: [applicant.uid] }),
    changes: true,
  },
  {
    name: 'groupLeave',
    action: 'leave',
    refused: { owner: 20004, outsider: 20011 },
    changes: true,
  },
  { name: 'groupKick', action: 'manageMembers', refused: admins, params: someone, changes: true },
  { name: 'groupBlock', action: 'manageMembers', refused: admins, params: someone, changes: true },
  {
    name: 'groupUnblock',
    action: 'manageMembers',
    refused: admins,
    async params() {
      await byOwner('groupBlock', someone());
      return someone();
    },
    changes: true,
  },
  { name: 'groupBlocked', action: 'manageMembers', refused: admins, changes: false },
  { name: 'groupCode', action: 'invite', refused: admins, changes: false },
  {
    name: 'groupCodeJoin',
    action: 'apply',
    refused: outsiders,
    params: async () => ({ qr_info: (await byOwner('groupCode')).qr_info }),
    changes: true,
  },
];

/** All that is kept of groups, conversations and logs. */
function snapshot(): string {
  const tables = ['info', 'member', 'span', 'kick', 'block', 'application', 'invitation'].map(
    (name) => `group_${name}`,
  );
  const { reader } = cast.people.server.context;
  return JSON.stringify([...tables, 'log', 'inbox', 'entry'].map((table) => reader.all(`SELECT * FROM ${table}`)));
}

function codeFor({ action, refused }: Row, role: Role, memberInvite: boolean): number | undefined {
  if (!action) return 200;
  if (role === 'foreigner') return 20001;
  const rules = { memberInvite, memberModify: false, isChatroom: false };
  return canInGroup(standing[role], action, rules) ? 200 : refused?.[standing[role]];
}

const cells = [true, false].flatMap((memberInvite) =>
  rows
    .filter(({ action }) => memberInvite || action === 'invite')
    .flatMap((row) =>
      roles.map((role) => ({
        row,
        name: row.name,
        role,
        code: codeFor(row, role, memberInvite),
        where: memberInvite ? 'where members invite' : 'where they do not',
        memberInvite,
      })),
    ),
);

describe('each endpoint and each role', () => {
  it.each(cells)('$name by the $role is answered $code $where', async ({ row, role, code, memberInvite }) => {
    if (!memberInvite) await byOwner('groupAllowInvitation', { value: false });
    const params = { group_id: gid, ...(await row.params?.()) };
    const before = snapshot();
    const answer = await asOf(cast, cast[role], row.name, params);
    expect(answer.code, answer.text).toBe(code);
    expect(snapshot() !== before).toBe(code === 200 && row.changes);
    if (code !== 200) expect(answer.data).toBeUndefined();
    if (row.name === 'groupCreate') {
      await asOf(cast, cast[role], 'groupDestroy', { group_id: answer.data.group_id });
    }
  });

  it.each(roles)('an invitation that the %s never got cannot be answered', async (role) => {
    const before = snapshot();
    for (const approval of [true, false]) {
      const params = { group_id: gid, user_id: cast.owner.uid, approval };
      const { code } = await asOf(cast, cast[role], 'groupInviteHandle', params);
      expect(code).toBe(role === 'foreigner' ? 20001 : 20015);
    }
    expect(snapshot()).toBe(before);
  });

  it('tells of applications only owner and admins', async () => {
    await applied();
    for (const role of roles) {
      const { data } = await asOf(cast, cast[role], 'groupApplications', { group_list: [gid] });
      expect([role, data.length]).toEqual([role, role === 'owner' || role === 'admin' ? 1 : 0]);
    }
  });
});

describe('nobody removes his equals', () => {
  const targets = ['owner', 'admin', 'otherAdmin', 'member', 'banned', 'outsider', 'left', 'foreigner'] as const;
  const actors = ['owner', 'admin'] as const;
  const calls = ['groupKick', 'groupBlock'] as const;
  const pairs = calls.flatMap((name) => actors.flatMap((by) => targets.map((who) => ({ name, by, who }))));

  const reasonFor = ({ name, by, who }: (typeof pairs)[number]): string | undefined => {
    if (who === 'owner') return 'no permission';
    if (who === 'foreigner' && name === 'groupBlock') return 'the user does not exist';
    if (who === 'outsider' || who === 'left' || who === 'foreigner') {
      return name === 'groupKick' ? 'the user is not in the group' : undefined;
    }
    const isAdmin = who === 'admin' || who === 'otherAdmin';
    return by === 'admin' && isAdmin ? 'only the owner of the group may do this' : undefined;
  };

  it.each(pairs)('$name of the $who by the $by', async (pair) => {
    const { name, by, who } = pair;
    await byOwner('groupAdminAdd', { user_list: [target.uid] });
    const user_id = who === 'otherAdmin' ? target.uid : cast[who].uid;
    const before = snapshot();
    const answer = await asOf(cast, cast[by], name, { group_id: gid, user_list: [user_id] });
    const reason = reasonFor(pair);
    expect(answer.code).toBe(200);
    expect(answer.data).toEqual([reason ? { user_id, result: 'fail', reason } : { user_id, result: 'success' }]);
    expect(snapshot() === before).toBe(reason !== undefined);
  });
});

describe('a group that', () => {
  const inGroup = rows.filter(({ action }) => action !== undefined && action !== 'apply');

  it.each(inGroup)('was never there answers $name with 20001', async (row) => {
    const params = { ...(await row.params?.()) };
    const before = snapshot();
    for (const group_id of [gid + 1_000_000, cast.owner.uid]) {
      expect((await asOf(cast, cast.owner, row.name, { ...params, group_id })).code).toBe(20001);
    }
    expect(snapshot()).toBe(before);
  });

  it('was dissolved answers everyone with 20001 and changes no more', async () => {
    const calls = [];
    for (const row of rows.filter(({ action }) => action && action !== 'destroy')) {
      const params = { group_id: gid, ...(await row.params?.()) };
      calls.push({ name: row.name, params });
      // What one call needs must not stand in the way of the next.
      await byOwner('groupUnblock', { user_list: [target.uid] });
      await cast.people.as(cast.owner, 'groupInvite', { group_id: gid, user_list: [target.uid] });
    }
    await byOwner('groupDestroy');
    const before = snapshot();
    for (const { name, params } of calls) {
      for (const role of ['owner', 'admin', 'member', 'outsider'] as const) {
        expect([name, role, (await asOf(cast, cast[role], name, params)).code]).toEqual([name, role, 20001]);
      }
    }
    expect(snapshot()).toBe(before);
  });

  it('is a chatroom shows its members to outsiders, and lets them do no more', async () => {
    const room = await makeGroup(2);
    for (const row of rows.filter(({ action }) => action && action !== 'apply')) {
      const { code } = await asOf(cast, cast.outsider, row.name, { group_id: room, ...(await row.params?.()) });
      expect([row.name, code]).toEqual([row.name, row.action === 'readMembers' ? 200 : 20011]);
    }
    await cast.people.ok(cast.owner, 'groupDestroy', { group_id: room });
  });
});
