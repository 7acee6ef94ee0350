import { ConversationOperationType, type ServerEndpointName } from '@flooim/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { recorded, startVectorCast, type VectorCast } from './support/vector-cast.ts';
import type { Differences } from './support/vector-compare.ts';
import { playDownlink, type Situation, stored, subjectsOf } from './support/vector-downlink.ts';

let cast: VectorCast;
beforeAll(async () => {
  cast = await startVectorCast();
});
afterAll(() => cast.close());

/** One entry in the group's log, for all members: what was recorded names the receiver. */
const forAll: Differences = {
  ...stored,
  'metas.0.to.uid': { is: recorded.group, why: 'one entry for all members: it goes to the group, not to each of them' },
};
/** To few, each in the system conversation. */
const forFew: Differences = {
  ...stored,
  'xid.uid': { is: 'none', why: 'who alone is told, is told in the system conversation' },
};

type Call = (name: ServerEndpointName, params?: object) => Promise<unknown>;
type Name = 'alice' | 'bob' | 'carol';
const by =
  (name: Name): Call =>
  (endpoint, params = {}) =>
    cast.people.ok(cast.people[name], endpoint, params);
const [alice, bob, carol] = [by('alice'), by('bob'), by('carol')];
const uid = (name: Name) => cast.people[name].uid;

/** A situation in a new group: `owner` makes it with these users. */
function inGroup(
  owner: Name,
  members: Name[],
  act: (group: { group_id: number }) => Promise<unknown>,
  { before, as, differs = forAll }: Partial<Omit<Situation, 'before'>> & { before?: typeof act } = {},
): Situation {
  let group_id = 0;
  return {
    async before() {
      const created = await by(owner)('groupCreate', { name: 'another', user_list: members.map(uid) });
      ({ group_id } = created as { group_id: number });
      await before?.({ group_id });
    },
    act: () => act({ group_id }),
    as: () => ({ group: group_id, ...as?.() }),
    differs,
  };
}

const listed = (...names: Name[]) => ({ user_list: names.map(uid) });
const asking = async (group: object) => void (await alice('groupApproval', { ...group, apply_approval: 1 }));
const open = async (group: object) => void (await alice('groupApproval', { ...group, apply_approval: 0 }));
const confirms = (who: Call, value: boolean) => who('userSettingsUpdate', { group_confirm: value });
const strangers = async () => {
  await alice('rosterDelete', { user_id: uid('bob') });
};
const friendsByAsking = (who: Call, value: number) => who('userAuthMode', { value });

const rosterSituations: Record<string, Situation> = {
  'RosterNotice ADDED': {
    before: () => friendsByAsking(bob, 0),
    act: () => alice('rosterApply', { user_id: uid('bob') }),
    differs: stored,
  },
  'RosterNotice INFO_UPDATED': { act: () => alice('userNickName', { nick_name: 'Al' }), differs: stored },
  'RosterNotice REMOVED': { act: strangers, differs: stored },
  'RosterNotice ACCEPTED': {
    async before() {
      await friendsByAsking(alice, 1);
      await bob('rosterApply', { user_id: uid('alice') });
    },
    act: () => alice('rosterAccept', { user_id: uid('bob') }),
    differs: stored,
  },
  'RosterNotice DECLINED': {
    async before() {
      await strangers();
      await bob('rosterApply', { user_id: uid('alice') });
    },
    act: () => alice('rosterDecline', { user_id: uid('bob') }),
    differs: stored,
  },
  'RosterNotice APPLIED': {
    before: () => friendsByAsking(bob, 1),
    act: () => alice('rosterApply', { user_id: uid('bob') }),
    differs: stored,
  },
  // Nobody hears that he is blocked: it is bob who blocks, and hears of it on his devices.
  'RosterNotice BLOCKED': {
    async act() {
      await bob('rosterBlock', { user_id: uid('carol') });
      await bob('rosterUnblock', { user_id: uid('carol') });
    },
    as: () => ({ alice: uid('bob'), bob: uid('carol') }),
    differs: {
      ...stored,
      'metas.0.to.uid': { is: recorded.alice, why: 'the blocker alone is told, never who is blocked' },
    },
  },
};

let created = 0;
const groupSituations: Record<string, Situation> = {
  // Whom the owner takes in with it is told INVITE_ACCEPTED: the owner's devices alone hear CREATED.
  'GroupNotice CREATED': {
    async act() {
      const { group_id } = (await bob('groupCreate', { name: 'new' })) as { group_id: number };
      created = group_id;
    },
    as: () => ({ group: created, alice: uid('bob') }),
    differs: {
      ...forAll,
      'metas.0.payload.to.0.uid': { is: 'none', why: 'it names nobody: its from made the group' },
    },
  },
  'GroupNotice DESTROYED': inGroup('alice', ['bob'], (group) => alice('groupDestroy', group)),
  'GroupNotice JOINED (someone else)': inGroup('alice', ['bob'], (group) => carol('groupApply', group), {
    before: open,
  }),
  'GroupNotice JOINED (self)': inGroup('alice', [], (group) => bob('groupApply', group), { before: open }),
  'GroupNotice LEAVED (other)': inGroup('alice', ['bob', 'carol'], (group) => carol('groupLeave', group)),
  'GroupNotice APPLYED': inGroup('bob', [], (group) => carol('groupApply', { ...group, reason: 'reason' }), {
    before: (group) => bob('groupApproval', { ...group, apply_approval: 1 }),
    differs: forFew,
  }),
  'GroupNotice APPLY_ACCEPTED (self accepted)': inGroup(
    'alice',
    [],
    (group) => alice('groupApplyHandle', { ...group, user_id: uid('bob'), approval: true }),
    {
      before: (group) => asking(group).then(() => bob('groupApply', group)),
      differs: forFew,
    },
  ),
  'GroupNotice APPLY_DECLINED': inGroup(
    'alice',
    [],
    (group) => alice('groupApplyHandle', { ...group, user_id: uid('bob'), approval: false }),
    {
      before: (group) => asking(group).then(() => bob('groupApply', group)),
      differs: forFew,
    },
  ),
  'GroupNotice INVITED': inGroup('alice', [], (group) => alice('groupInvite', { ...group, ...listed('bob') }), {
    before: () => confirms(bob, true),
    differs: forFew,
  }),
  'GroupNotice INVITE_ACCEPTED': inGroup(
    'alice',
    ['carol'],
    (group) => alice('groupInvite', { ...group, ...listed('carol') }),
    {
      async before(group) {
        await alice('groupKick', { ...group, ...listed('carol') });
        await confirms(bob, false);
        await alice('groupInvite', { ...group, ...listed('bob') });
      },
    },
  ),
  'GroupNotice INVITE_DECLINED': inGroup(
    'bob',
    [],
    async (group) => {
      await carol('groupInviteHandle', { ...group, user_id: uid('bob'), approval: false });
      await confirms(carol, false);
    },
    {
      async before(group) {
        await confirms(carol, true);
        await bob('groupInvite', { ...group, ...listed('carol') });
      },
      // He invited.
      as: () => ({ alice: uid('bob') }),
      differs: forFew,
    },
  ),
  'GroupNotice KICKED (other)': inGroup('alice', ['bob', 'carol'], (group) =>
    alice('groupKick', { ...group, ...listed('carol') }),
  ),
  'GroupNotice KICKED (self)': inGroup('alice', ['bob'], (group) => alice('groupKick', { ...group, ...listed('bob') })),
  'GroupNotice BLOCKED (self)': inGroup('alice', ['bob'], (group) =>
    alice('groupBlock', { ...group, ...listed('bob') }),
  ),
  'GroupNotice UNBLOCKED': inGroup(
    'alice',
    ['bob', 'carol'],
    (group) => alice('groupUnblock', { ...group, ...listed('carol') }),
    {
      async before(group) {
        await alice('groupAdminAdd', { ...group, ...listed('bob') });
        await alice('groupBlock', { ...group, ...listed('carol') });
      },
      differs: forFew,
    },
  ),
  'GroupNotice OWNER_ASSIGNED': inGroup('alice', ['bob'], (group) =>
    alice('groupTransfer', { ...group, new_owner: uid('bob') }),
  ),
  'GroupNotice ADMIN_GRANTED': inGroup('alice', ['bob'], (group) =>
    alice('groupAdminAdd', { ...group, ...listed('bob') }),
  ),
  'GroupNotice ADMIN_REVOKED': inGroup(
    'alice',
    ['bob'],
    (group) => alice('groupAdminRemove', { ...group, ...listed('bob') }),
    { before: (group) => alice('groupAdminAdd', { ...group, ...listed('bob') }) },
  ),
  'GroupNotice MUTED': inGroup('alice', ['bob'], (group) => bob('groupMuteMode', { ...group, msg_mute_mode: 1 }), {
    differs: forFew,
  }),
  'GroupNotice UNMUTED': inGroup('alice', ['bob'], (group) => bob('groupMuteMode', { ...group, msg_mute_mode: 0 }), {
    before: (group) => bob('groupMuteMode', { ...group, msg_mute_mode: 1 }),
    differs: forFew,
  }),
  'GroupNotice BANNED': inGroup('alice', ['bob'], (group) =>
    alice('groupBan', { ...group, ...listed('bob'), duration: 60 }),
  ),
  'GroupNotice UNBANNED': inGroup('alice', ['bob'], (group) => alice('groupUnban', { ...group, ...listed('bob') }), {
    before: (group) => alice('groupBan', { ...group, ...listed('bob'), duration: 60 }),
  }),
  'GroupNotice INFO_UPDATED name': inGroup('alice', ['bob'], (group) => alice('groupName', { ...group, value: 'N2' })),
  'GroupNotice INFO_UPDATED display_name': inGroup('alice', ['bob', 'carol'], (group) =>
    carol('groupDisplayName', { ...group, value: 'X' }),
  ),
  'GroupNotice INFO_UPDATED ban_expire_time -1': inGroup('alice', ['bob'], (group) =>
    alice('groupBanAll', { ...group, duration: -1 }),
  ),
  'GroupNotice INFO_UPDATED ban_expire_time 0': inGroup('alice', ['bob'], (group) => alice('groupUnbanAll', group), {
    before: (group) => alice('groupBanAll', { ...group, duration: -1 }),
  }),
  'GroupNotice ANNOUNCEMENT_UPDATED': inGroup(
    'alice',
    ['bob'],
    (group) => alice('groupAnnounce', { ...group, title: 'title', content: 'content' }),
    {
      differs: {
        ...forAll,
        'metas.0.payload.content': {
          is: expect.stringContaining('"title":"title"'),
          why: 'our own clients read the announcement from it; deployed ones ask for the group anew',
        },
      },
    },
  ),
  'GroupNotice FILE_UPLOADED': inGroup(
    'alice',
    ['bob'],
    (group) => alice('groupFileShare', { ...group, name: 'f', size: 1, url: 'https://files.example/a?file_sign=x' }),
    {
      differs: {
        ...forAll,
        'metas.0.payload.content': {
          is: expect.stringContaining('"name":"f"'),
          why: 'our own clients read the file from it; deployed ones ignore the notice',
        },
      },
    },
  ),
};

const situations: Record<string, Situation> = {
  ...rosterSituations,
  ...groupSituations,
  'Conversation DELETE_EVERYWHERE from own other device': {
    before: () => cast.alice.new.text(uid('bob'), 'soon gone'),
    act: () => cast.bob.new.deleteConversation(uid('alice'), ConversationOperationType.DELETE_EVERYWHERE),
    differs: stored,
  },
};

/** What deployed clients take as well, and this server has no reason to say. */
const never: Record<string, string> = {
  'GroupNotice INFO_UPDATED empty content': 'the content always names what has changed',
};

describe('the server tells what deployed clients were recorded to take', () => {
  const subjects = subjectsOf((subject) => /Notice [A-Z]|^Conversation/.test(subject));

  test('of everything recorded there is a situation, or a reason why there is none', () => {
    expect(subjects.toSorted()).toEqual([...Object.keys(situations), ...Object.keys(never)].toSorted());
  });

  test.each(Object.entries(situations))('%s', async (subject, situation) => {
    await playDownlink(cast, subject, situation);
  });
});
