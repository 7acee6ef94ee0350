import { type EndpointName, maxId, GroupNoticeType as Type } from '@flooim/protocol';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type Cast,
  type Company,
  Ears,
  gather,
  type Heard,
  heardByMembers,
  heardLater,
  memberRoles,
  newGroup,
  told,
} from './support/group-cast.ts';
import { type Person, standingClock } from './support/rest.ts';

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
const info = (by: Person) => ok(by, 'groupInfo');
const updated = (by: Person, property: string, value: unknown) =>
  told(cast, Type.INFO_UPDATED, by, { property, [property]: value });

/** From where to where somebody wanted none of the group's messages. */
const silences = ({ uid }: Person) =>
  company.people.server.context.reader
    .all(
      'SELECT from_mid, until_mid FROM group_span WHERE gid = ? AND uid = ? AND kind = 1 ORDER BY from_mid',
      cast.gid,
      uid,
    )
    .map((row) => [row['from_mid'], row['until_mid']]);
const lastMid = () =>
  Number(company.people.server.context.reader.get('SELECT last_mid FROM log WHERE log_id = ?', cast.gid)?.['last_mid']);

describe('the info of a group', () => {
  it('says what it is and allows, and what the asker has set for himself', async () => {
    const { owner, silent, outsider, gid } = cast;
    const created = clock();
    const expected = {
      group_id: gid,
      name: 'the group',
      owner_id: owner.uid,
      type: 0,
      status: 0,
      apply_approval: 1,
      ban_expire_time: 0,
      history_visible: false,
      member_invite: true,
      member_modify: false,
      read_ack: false,
      hide_member_info: false,
      msg_mute_mode: 0,
      msg_push_mode: 0,
      created_at: created,
      updated_at: created,
      count: 5,
      capacity: (await info(owner)).capacity,
    };
    expect(expected.capacity).toBeGreaterThan(5);
    expect(await info(owner)).toEqual(expected);
    expect(await info(outsider)).toEqual(expected);
    expect(await ok(outsider, 'groupSettings')).toEqual(expected);
    await ok(silent, 'groupPushMode', { msg_push_mode: 4 });
    expect(await info(silent)).toEqual({ ...expected, msg_mute_mode: 2, msg_push_mode: 4 });
  });

  it('comes for many at once in the order that was asked, each once, without those that do not exist', async () => {
    const { owner, silent, gid } = cast;
    const make = async (name: string) => (await ok(owner, 'groupCreate', { name })).group_id as number;
    const [second, third] = [await make('second'), await make('third')];
    await ok(owner, 'groupDestroy', { group_id: third });
    const group_list = [third, gid, 999_999_999, second, gid, owner.uid, third];
    const list = await ok(silent, 'groupInfoBatch', { group_list });
    expect(list.map(({ group_id }: { group_id: number }) => group_id)).toEqual([third, gid, second]);
    expect(list[0].status).toBe(1);
    expect(list[1]).toEqual({ ...(await ok(silent, 'groupInfo')), owner: owner.uid });
    expect(list[1].msg_mute_mode).toBe(2);
    expect(await ok(silent, 'groupInfoBatch', { group_list: [] })).toEqual([]);
  });
});

describe('a change of the group', () => {
  const changes: [EndpointName, string, object, unknown][] = [
    ['groupName', 'name', { value: 'a better name' }, 'a better name'],
    ['groupDescription', 'description', { value: 'what for' }, 'what for'],
    ['groupAvatar', 'avatar', { value: 'https://x.example/a.png' }, 'https://x.example/a.png'],
    ['groupExt', 'ext', { value: '{"a":1}' }, '{"a":1}'],
    ['groupAllowInvitation', 'member_invite', { value: false }, false],
    ['groupAllowModify', 'member_modify', { value: true }, true],
    ['groupReadAck', 'read_ack', { value: true }, true],
    ['groupHistoryVisible', 'history_visible', { value: true }, true],
    ['groupHideMemberInfo', 'hide_member_info', { value: true }, true],
    ['groupApproval', 'apply_approval', { apply_approval: 2 }, 2],
  ];

  it.each(changes)(
    'by %s is told to all members once, and shows in the info',
    async (name, property, params, value) => {
      const { admin, outsider } = cast;
      clock.advance(5000);
      expect(await ok(admin, name, params)).toBe(true);
      expect(await ears.heard()).toEqual(heardByAll(updated(admin, property, value)));
      expect(await info(outsider)).toMatchObject({ [property]: value, updated_at: clock() });
      clock.advance(5000);
      expect(await ok(admin, name, params)).toBe(true);
      expect(await ears.heard()).toEqual(new Map());
      expect((await info(outsider)).updated_at).toBe(clock() - 5000);
    },
  );

  it('is learned of by the devices that were away, of members alone', async () => {
    const { owner, silent, outsider, left } = cast;
    await ok(owner, 'groupName', { value: 'while nobody looked' });
    await ok(owner, 'groupReadAck', { value: true });
    const updates = async (person: Person) =>
      (await heardLater(cast, person, 'group')).filter(({ type }) => type === Type.INFO_UPDATED);
    const both = [updated(owner, 'name', 'while nobody looked'), updated(owner, 'read_ack', true)];
    expect(await updates(silent)).toEqual(both);
    expect(await updates(left)).toEqual([]);
    expect(await updates(outsider)).toEqual([]);
  });

  it('takes 0, 1 and texts for booleans, and tells booleans', async () => {
    const { owner } = cast;
    for (const [value, meant] of [
      [1, true],
      ['0', false],
      ['true', true],
      [0, false],
    ] as const) {
      await ok(owner, 'groupReadAck', { value });
      expect((await info(owner)).read_ack).toBe(meant);
      expect(await ears.heard()).toEqual(heardByAll(updated(owner, 'read_ack', meant)));
    }
  });

  it('counts characters as people do, and keeps emoji and right-to-left texts as they are', async () => {
    const { owner } = cast;
    for (const value of ['😀'.repeat(64), 'קבוצה \u202Ereversed\u202C', '群'.repeat(64), ' ', '{"property":"ext"}']) {
      await ok(owner, 'groupName', { value });
      expect((await info(owner)).name).toBe(value);
    }
  });

  it('to something empty leaves nothing of it', async () => {
    const { owner } = cast;
    for (const [name, property] of [
      ['groupDescription', 'description'],
      ['groupAvatar', 'avatar'],
      ['groupExt', 'ext'],
    ] as const) {
      await ok(owner, name, { value: 'x' });
      await ok(owner, name, { value: '' });
      expect(await info(owner)).not.toHaveProperty(property);
    }
  });

  it('that is no good is refused with the name of what is wrong, and changes nothing', async () => {
    const { owner } = cast;
    const before = await info(owner);
    const bad: [EndpointName, object, string][] = [
      ['groupName', { value: '' }, 'value'],
      ['groupName', { value: '😀'.repeat(65) }, 'value'],
      ['groupName', {}, 'value'],
      ['groupDescription', { value: 'x'.repeat(513) }, 'value'],
      ['groupExt', { value: 'x'.repeat(4097) }, 'value'],
      ['groupDisplayName', { value: 'x'.repeat(65) }, 'value'],
      ['groupAvatar', { value: 'javascript:alert(1)' }, 'value'],
      ['groupAvatar', { value: '/etc/passwd' }, 'value'],
      ['groupAvatar', { value: 'a/../b' }, 'value'],
      ['groupAvatar', { value: 'https://x.example/"onerror=' }, 'value'],
      ['groupReadAck', { value: 2 }, 'value'],
      ['groupReadAck', { value: 'yes' }, 'value'],
      ['groupApproval', { apply_approval: 3 }, 'apply_approval'],
      ['groupApproval', { apply_approval: -1 }, 'apply_approval'],
      ['groupMuteMode', { msg_mute_mode: 3 }, 'msg_mute_mode'],
      ['groupMuteMode', { msg_mute_mode: -1 }, 'msg_mute_mode'],
      ['groupNotDisturb', { value: 'maybe' }, 'value'],
    ];
    for (const [name, params, field] of bad) {
      const answer = await call(owner, name, params);
      expect([name, params, answer.code, answer.message.includes(field)]).toEqual([name, params, 10002, true]);
    }
    expect(await info(owner)).toEqual(before);
    expect(await ears.heard()).toEqual(new Map());
  });

  it('by two at the same time is told in one order to everybody', async () => {
    const { owner, admin } = cast;
    const names = Array.from({ length: 20 }, (_, i) => `name ${i}`);
    await Promise.all(names.map((value, i) => ok(i % 2 ? owner : admin, 'groupName', { value })));
    const heard = await ears.heard();
    const orders = memberRoles.map((role) => heard.get(cast[role])?.map(({ content }) => JSON.parse(content).name));
    expect(orders[0]).toHaveLength(20);
    expect(new Set(orders.map((order) => JSON.stringify(order))).size).toBe(1);
    expect((await info(owner)).name).toBe(orders[0]?.at(-1));
  });
});

describe("a member's card", () => {
  it('is told to all members from him, may be emptied, and is no change of the group', async () => {
    const { banned, owner } = cast;
    const { updated_at } = await info(owner);
    clock.advance(1000);
    for (const value of ['Captain 🚢', '']) {
      expect(await ok(banned, 'groupDisplayName', { value })).toBe(true);
      expect(await ears.heard()).toEqual(heardByAll(updated(banned, 'display_name', value)));
      await ok(banned, 'groupDisplayName', { value });
      expect(await ears.heard()).toEqual(new Map());
    }
    expect((await info(owner)).updated_at).toBe(updated_at);
  });
});

describe("a member's own modes", () => {
  const own = (by: Person, type: number, content?: object): Heard => ({
    ...told(cast, type, by, content),
    conversation: 0,
  });
  const setting = (by: Person, property: string, value: number) =>
    own(by, Type.MESSAGE_SETTING, { property, [property]: value });

  it('of muting are told to his own devices alone', async () => {
    const { member } = cast;
    for (const [mode, type] of [
      [1, Type.MUTED],
      [2, Type.MUTED],
      [0, Type.UNMUTED],
      [2, Type.MUTED],
    ] as const) {
      expect(await ok(member, 'groupMuteMode', { msg_mute_mode: mode })).toBe(true);
      const expected = [own(member, type), setting(member, 'msg_mute_mode', mode)];
      expect(await ears.heard()).toEqual(new Map([[member, expected]]));
      expect((await info(member)).msg_mute_mode).toBe(mode);
      await ok(member, 'groupMuteMode', { msg_mute_mode: mode });
      expect(await ears.heard()).toEqual(new Map());
    }
    expect((await info(cast.owner)).msg_mute_mode).toBe(0);
  });

  it('of pushing are told to his own devices alone, and there are five', async () => {
    const { admin } = cast;
    for (const mode of [1, 2, 3, 4, 0]) {
      expect(await ok(admin, 'groupPushMode', { msg_push_mode: mode })).toBe(true);
      expect(await ears.heard()).toEqual(new Map([[admin, [setting(admin, 'msg_push_mode', mode)]]]));
      expect((await info(admin)).msg_push_mode).toBe(mode);
    }
    for (const mode of [-1, 5, 1000]) {
      expect((await call(admin, 'groupPushMode', { msg_push_mode: mode })).code).toBe(20003);
    }
    expect((await info(admin)).msg_push_mode).toBe(0);
    expect(await ears.heard()).toEqual(new Map());
  });

  it('of disturbing are another name for muting', async () => {
    const { member } = cast;
    await ok(member, 'groupNotDisturb', { value: true });
    expect((await info(member)).msg_mute_mode).toBe(1);
    const on = [own(member, Type.MUTED), setting(member, 'msg_mute_mode', 1)];
    expect(await ears.heard()).toEqual(new Map([[member, on]]));
    await ok(member, 'groupNotDisturb', { value: 0 });
    expect((await info(member)).msg_mute_mode).toBe(0);
  });

  it('reach devices that were away', async () => {
    const { member } = cast;
    await ok(member, 'groupMuteMode', { msg_mute_mode: 1 });
    const expected = [own(member, Type.MUTED), setting(member, 'msg_mute_mode', 1)];
    expect(await heardLater(cast, member, 'system')).toEqual(expected);
    const inGroup = await heardLater(cast, member, 'group');
    expect(inGroup.filter(({ type }) => type === Type.MUTED || type === Type.MESSAGE_SETTING)).toEqual([]);
  });

  it('of getting no messages hold from the next entry to the last before they end', async () => {
    const { owner, member } = cast;
    const mute = (msg_mute_mode: number) => ok(member, 'groupMuteMode', { msg_mute_mode });
    const name = (value: string) => ok(owner, 'groupName', { value });
    await mute(2);
    const from = lastMid() + 1;
    expect(silences(member)).toEqual([[from, maxId]]);
    await mute(2);
    await name('during the silence');
    const until = lastMid();
    await mute(1);
    expect(silences(member)).toEqual([[from, until]]);
    await name('after it');
    await mute(0);
    expect(silences(member)).toEqual([[from, until]]);
    // Nothing comes to stand in this one.
    await mute(2);
    await mute(0);
    expect(silences(member)).toEqual([[from, until]]);
    await mute(2);
    const second = lastMid() + 1;
    await ok(member, 'groupLeave');
    expect(silences(member)).toEqual([
      [from, until],
      [second, lastMid()],
    ]);
  });

  it('are forgotten by who leaves and comes again', async () => {
    const { member, owner } = cast;
    await ok(member, 'groupMuteMode', { msg_mute_mode: 2 });
    await ok(member, 'groupPushMode', { msg_push_mode: 3 });
    await ok(member, 'groupLeave');
    expect(await info(member)).toMatchObject({ msg_mute_mode: 0, msg_push_mode: 0 });
    await ok(owner, 'groupInvite', { user_list: [member.uid] });
    expect(await info(member)).toMatchObject({ msg_mute_mode: 0, msg_push_mode: 0 });
  });
});
