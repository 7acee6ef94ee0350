import { type Row, row } from '../row.ts';
import type { Stage } from '../stage.ts';
import { announcement, sharedFile } from '../things.ts';

type Made = object | Promise<object>;

/** The group, and what is to become of it. */
const group =
  (more: object | ((stage: Stage) => Made) = {}) =>
  async (stage: Stage) => {
    const group_id = await stage.group();
    return { group_id, ...(typeof more === 'function' ? await more(stage) : more) };
  };
const victim = async (stage: Stage) => ({ user_list: [(await stage.victim).uid] });
const stranger = async (stage: Stage) => ({ user_list: [(await stage.world.person()).uid] });

/** Somebody asks the group to let him in. */
async function applicant(stage: Stage): Promise<number> {
  const group_id = await stage.group();
  const [person, owner] = await Promise.all([stage.world.person(), stage.owner]);
  await stage.world.call(owner, 'groupApproval', { group_id, apply_approval: 1 });
  await stage.world.call(person, 'groupApply', { group_id, reason: stage.text() });
  return person.uid;
}

/** The caller has been invited and has to say whether he comes; in the group he is already. */
async function invitation(stage: Stage): Promise<object> {
  const { caller, world } = stage;
  const group_id = await stage.group();
  const owner = await stage.owner;
  await world.call(caller, 'userSettingsUpdate', { group_confirm: true });
  await world.call(owner, 'groupInvite', { group_id, user_list: [caller.uid] });
  return { user_id: owner.uid, approval: true };
}

/** Somebody else has. */
async function foreignInvitation(stage: Stage): Promise<object> {
  const { world } = stage;
  const group_id = await stage.group();
  const [owner, invited] = await Promise.all([stage.owner, world.person()]);
  await world.call(invited, 'userSettingsUpdate', { group_confirm: true });
  await world.call(owner, 'groupInvite', { group_id, user_list: [invited.uid] });
  return { user_id: owner.uid, approval: true };
}

async function code(stage: Stage): Promise<object> {
  const group_id = await stage.group();
  const { qr_info } = await stage.byOwner('groupCode', { group_id });
  return { qr_info };
}

const listed = async (stage: Stage) => ({ group_list: [await stage.group()] });

export const groupRows: readonly Row[] = [
  row('groupCreate', () => ({ name: 'another' })),
  row('groupsJoined', group()),
  row('groupsPublic'),
  row('groupInfo', group()),
  row('groupSettings', group()),
  row('groupInfoBatch', listed),
  row('groupDestroy', group()),
  row('groupName', group({ value: 'a new name' })),
  row('groupDescription', group({ value: 'a description' })),
  row('groupAvatar', group({ value: 'avatar_1' })),
  row('groupExt', group({ value: 'ext' })),
  row('groupDisplayName', group({ value: 'a card' })),
  row('groupMembers', group()),
  row('groupDisplayNames', group(victim)),
  row(
    'groupAdmins',
    group(async (stage) => {
      await stage.byOwner('groupAdminAdd', { group_id: await stage.group(), ...(await victim(stage)) });
      return {};
    }),
  ),
  row('groupAdminAdd', group(victim)),
  row(
    'groupAdminRemove',
    group(async (stage) => {
      await stage.byOwner('groupAdminAdd', { group_id: await stage.group(), ...(await victim(stage)) });
      return victim(stage);
    }),
  ),
  row(
    'groupTransfer',
    group(async (stage) => ({ new_owner: (await stage.victim).uid })),
  ),
  row('groupApply', group({ reason: 'please' })),
  row('groupApplications', async (stage) => {
    await applicant(stage);
    return listed(stage);
  }),
  row(
    'groupApplyHandle',
    group(async (stage) => ({ user_id: await applicant(stage), approval: true })),
  ),
  row('groupInvite', group(stranger)),
  row('groupInvitations', async (stage) => {
    if (stage.role !== 'otherApp' && stage.role !== 'foreign') await invitation(stage);
    return {};
  }),
  row('groupInviteHandle', group(invitation), { about: 'of the caller' }),
  row('groupInviteHandle', group(foreignInvitation), { about: 'of somebody else' }),
  row('groupLeave', group()),
  row('groupKick', group(victim)),
  row(
    'groupKick',
    group(async (stage) => ({ user_list: [(await stage.owner).uid] })),
    {
      about: 'of the owner',
    },
  ),
  row('groupBlock', group(victim)),
  row(
    'groupUnblock',
    group(async (stage) => {
      await stage.byOwner('groupBlock', { group_id: await stage.group(), ...(await victim(stage)) });
      return victim(stage);
    }),
  ),
  row(
    'groupBlocked',
    group(async (stage) => {
      await stage.byOwner('groupBlock', { group_id: await stage.group(), ...(await victim(stage)) });
      return {};
    }),
  ),
  row(
    'groupBan',
    group(async (stage) => ({ ...(await victim(stage)), duration: 5 })),
  ),
  row(
    'groupUnban',
    group(async (stage) => {
      await stage.byOwner('groupBan', { group_id: await stage.group(), ...(await victim(stage)), duration: 5 });
      return victim(stage);
    }),
  ),
  row(
    'groupUnban',
    group((stage) => ({ user_list: [stage.caller.uid] })),
    {
      about: 'of the caller',
    },
  ),
  row(
    'groupBanned',
    group(async (stage) => {
      await stage.byOwner('groupBan', { group_id: await stage.group(), ...(await victim(stage)), duration: 5 });
      return {};
    }),
  ),
  row('groupBanAll', group({ duration: 5 })),
  row('groupUnbanAll', group()),
  row('groupAllowInvitation', group({ value: false })),
  row('groupAllowModify', group({ value: true })),
  row('groupReadAck', group({ value: true })),
  row('groupHistoryVisible', group({ value: true })),
  row('groupHideMemberInfo', group({ value: true })),
  row('groupApproval', group({ apply_approval: 2 })),
  row('groupMuteMode', group({ msg_mute_mode: 1 })),
  row('groupPushMode', group({ msg_push_mode: 1 })),
  row('groupNotDisturb', group({ value: true })),
  row(
    'groupAnnouncements',
    group(async (stage) => {
      await announcement(stage);
      return {};
    }),
  ),
  row(
    'groupAnnouncement',
    group(async (stage) => ({ announcement_id: await announcement(stage) })),
  ),
  row(
    'groupAnnouncementLast',
    group(async (stage) => {
      await announcement(stage);
      return {};
    }),
  ),
  row('groupAnnounce', group({ title: 'news', content: 'none' })),
  row(
    'groupAnnouncementDelete',
    group(async (stage) => ({ announcement_id: await announcement(stage) })),
  ),
  row(
    'groupFiles',
    group(async (stage) => {
      await sharedFile(stage);
      return {};
    }),
  ),
  row(
    'groupFile',
    group(async (stage) => ({ file_id: await sharedFile(stage) })),
  ),
  row('groupFileShare', group({ name: 'x', size: 1, url: 'https://files.example/y' })),
  row(
    'groupFileRename',
    group(async (stage) => ({ file_id: await sharedFile(stage), name: 'y' })),
    { about: "of the owner's" },
  ),
  row(
    'groupFileDelete',
    group(async (stage) => ({ file_list: [await sharedFile(stage)] })),
    { about: "of the owner's" },
  ),
  row('groupCode', group()),
  row('groupCodeJoin', code),
  row('appGroupCode', group()),
  row('appGroupCodeJoin', code),
];
