import type { EndpointName } from '@flooim/protocol';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Cast, newGroup, type Role, roles, startCast } from './support/group-cast.ts';

/** What each role is answered; banned and silent members are members, and who left is an outsider. */
type Codes = readonly [owner: number, admin: number, member: number, outsider: number];

const anyone: Codes = [200, 200, 200, 200];
const members: Codes = [200, 200, 200, 20011];
const admins: Codes = [200, 200, 20012, 20011];

interface Row {
  name: EndpointName;
  codes: Codes;
  /** Besides the group; makes what the call needs, and something new each time. */
  params?: (by: Role) => object | Promise<object>;
  /** Where it is allowed and still changes nothing. */
  idle?: readonly Role[];
}

let cast: Cast;
beforeAll(async () => {
  cast = await startCast();
});
afterAll(() => cast.people.close());
afterEach(async () => {
  await byOwner('groupAllowModify', { value: false });
});

let counter = 0;
const next = () => ++counter;
const byOwner = (name: EndpointName, params?: object) => cast.ok(cast.owner, name, params);
const infoOf = async (by: Role) => (await cast.as(cast[by], 'groupInfo')).data ?? {};
const announced = async () => ({
  announcement_id: (await byOwner('groupAnnounce', { title: 'x', content: '' })).id as number,
});
const shared = async () =>
  (await byOwner('groupFileShare', { name: 'x', size: 1, url: 'https://x.example/y' })).file_id as number;
const toggled = (field: string) => async () => ({ value: !(await infoOf('owner'))[field] });
const isRead = (name: EndpointName) => reads.has(name);

const rows: Row[] = [
  { name: 'groupInfo', codes: anyone },
  { name: 'groupSettings', codes: anyone },
  { name: 'groupInfoBatch', codes: anyone, params: () => ({ group_list: [cast.gid] }) },
  { name: 'groupName', codes: admins, params: () => ({ value: `name ${next()}` }) },
  { name: 'groupDescription', codes: admins, params: () => ({ value: `text ${next()}` }) },
  { name: 'groupAvatar', codes: admins, params: () => ({ value: `avatar_${next()}` }) },
  { name: 'groupExt', codes: admins, params: () => ({ value: `ext ${next()}` }) },
  { name: 'groupDisplayName', codes: members, params: () => ({ value: `card ${next()}` }) },
  { name: 'groupBan', codes: admins, params: () => ({ user_list: [cast.silent.uid], duration: next() }) },
  {
    name: 'groupUnban',
    codes: admins,
    async params() {
      await byOwner('groupBan', { user_list: [cast.silent.uid], duration: next() });
      return { user_list: [cast.silent.uid] };
    },
  },
  { name: 'groupBanned', codes: members },
  { name: 'groupBanAll', codes: admins, params: () => ({ duration: next() }) },
  {
    name: 'groupUnbanAll',
    codes: admins,
    async params() {
      await byOwner('groupBanAll', { duration: next() });
      return {};
    },
  },
  { name: 'groupAllowInvitation', codes: admins, params: toggled('member_invite') },
  { name: 'groupAllowModify', codes: admins, params: toggled('member_modify') },
  { name: 'groupReadAck', codes: admins, params: toggled('read_ack') },
  { name: 'groupHistoryVisible', codes: admins, params: toggled('history_visible') },
  { name: 'groupHideMemberInfo', codes: admins, params: toggled('hide_member_info') },
  {
    name: 'groupApproval',
    codes: admins,
    params: async () => ({ apply_approval: ((await infoOf('owner')).apply_approval + 1) % 3 }),
  },
  {
    name: 'groupMuteMode',
    codes: members,
    params: async (by) => ({ msg_mute_mode: (((await infoOf(by)).msg_mute_mode ?? 0) + 1) % 3 }),
  },
  {
    name: 'groupPushMode',
    codes: members,
    params: async (by) => ({ msg_push_mode: (((await infoOf(by)).msg_push_mode ?? 0) + 1) % 5 }),
  },
  {
    name: 'groupNotDisturb',
    codes: members,
    params: async (by) => ({ value: (await infoOf(by)).msg_mute_mode !== 1 }),
  },
  { name: 'groupAnnouncements', codes: members },
  { name: 'groupAnnouncement', codes: members, params: announced },
  {
    name: 'groupAnnouncementLast',
    codes: members,
    async params() {
      await announced();
      return {};
    },
  },
  { name: 'groupAnnounce', codes: admins, params: () => ({ title: 'x', content: '' }) },
  { name: 'groupAnnouncementDelete', codes: admins, params: announced },
  { name: 'groupFiles', codes: members },
  { name: 'groupFile', codes: members, params: async () => ({ file_id: await shared() }) },
  { name: 'groupFileShare', codes: members, params: () => ({ name: 'x', size: 1, url: 'https://x.example/y' }) },
  {
    name: 'groupFileRename',
    codes: [200, 200, 20023, 20011],
    params: async () => ({ file_id: await shared(), name: `name ${next()}` }),
  },
  {
    name: 'groupFileDelete',
    codes: members,
    params: async () => ({ file_list: [await shared()] }),
    idle: ['member', 'banned', 'silent'],
  },
];

const reads = new Set<EndpointName>([
  'groupInfo',
  'groupSettings',
  'groupInfoBatch',
  'groupBanned',
  'groupAnnouncements',
  'groupAnnouncement',
  'groupAnnouncementLast',
  'groupFiles',
  'groupFile',
]);

const place = { owner: 0, admin: 1, member: 2, banned: 2, silent: 2, left: 3, outsider: 3, foreigner: 3 } as const;

function codeFor({ name, codes }: Row, role: Role): number {
  if (role === 'foreigner') return name === 'groupInfoBatch' ? 200 : 20001;
  return codes[place[role]];
}

/** All that is kept of groups, and what was told. */
function snapshot(): string {
  const tables = ['group_info', 'group_member', 'group_span', 'group_announcement', 'group_file', 'log'];
  const { reader } = cast.people.server.context;
  return JSON.stringify(tables.map((table) => reader.all(`SELECT * FROM ${table}`)));
}

const cells = rows.flatMap((row) => roles.map((role) => ({ row, name: row.name, role, code: codeFor(row, role) })));

describe('each endpoint and each role', () => {
  it.each(cells)('$name by the $role is answered $code', async ({ row, role, code }) => {
    const params = { ...(await row.params?.(role)) };
    const before = snapshot();
    const answer = await cast.as(cast[role], row.name, params);
    expect(answer.code, answer.text).toBe(code);
    const changes = code === 200 && !isRead(row.name) && !row.idle?.includes(role);
    expect(snapshot() !== before).toBe(changes);
    if (code !== 200) expect(answer.data).toBeUndefined();
  });
});

describe('where members may change the info', () => {
  const widened: EndpointName[] = ['groupName', 'groupDescription', 'groupAvatar', 'groupExt', 'groupAnnounce'];
  const cells = rows.filter(({ name }) => !isRead(name)).map((row) => ({ row, name: row.name }));

  it.each(cells)('$name is open to them if it is one of those', async ({ row, name }) => {
    await byOwner('groupAllowModify', { value: true });
    const code = widened.includes(name) ? 200 : row.codes[2];
    const params = { ...(await row.params?.('member')) };
    expect((await cast.as(cast.member, name, params)).code).toBe(code);
    expect((await cast.as(cast.outsider, name, params)).code).toBe(20011);
  });
});

describe('a group that', () => {
  it.each(rows)('was never there answers $name with 20001', async (row) => {
    const params = { ...(await row.params?.('owner')) };
    for (const group_id of [cast.gid + 1_000_000, cast.owner.uid]) {
      const answer = await cast.as(cast.owner, row.name, { ...params, group_id });
      expect(answer.code).toBe(row.name === 'groupInfoBatch' ? 200 : 20001);
    }
  });

  it('is a chatroom shows what it is to outsiders, and no more', async () => {
    const { group_id } = await cast.ok(cast.owner, 'groupCreate', { name: 'room', type: 2 });
    const inRoom = (name: EndpointName, params: object) =>
      cast.ok(cast.owner, name, { group_id, ...params }) as Promise<{ id: number; file_id: number }>;
    const { id: announcement_id } = await inRoom('groupAnnounce', { title: 'x', content: '' });
    const { file_id } = await inRoom('groupFileShare', { name: 'x', size: 1, url: 'https://x.example/y' });
    for (const name of reads) {
      const params = { group_id, group_list: [group_id], announcement_id, file_id };
      const code = name.startsWith('groupInfo') || name === 'groupSettings' ? 200 : 20011;
      expect([name, (await cast.as(cast.outsider, name, params)).code]).toEqual([name, code]);
      expect([name, (await cast.as(cast.owner, name, params)).code]).toEqual([name, 200]);
    }
  });

  it('was dissolved does nothing any more for anyone, and can still be looked at', async () => {
    const calls = [];
    for (const row of rows) calls.push({ name: row.name, params: { ...(await row.params?.('owner')) } });
    await cast.ok(cast.owner, 'groupDestroy');
    const before = snapshot();
    for (const { name, params } of calls) {
      const code = name.startsWith('groupInfo') || name === 'groupSettings' ? 200 : 20001;
      for (const role of ['owner', 'admin', 'member', 'outsider'] as const) {
        expect([name, role, (await cast.as(cast[role], name, params)).code]).toEqual([name, role, code]);
      }
    }
    expect(snapshot()).toBe(before);
    expect((await infoOf('member')).status).toBe(1);
    // What follows each test asks the owner to change something, which he cannot.
    cast = await newGroup(cast);
  });
});
