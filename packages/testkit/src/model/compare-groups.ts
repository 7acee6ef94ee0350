import { callRest } from '../rest.ts';
import type { UserName } from '../users.ts';
import type { Device } from './device.ts';
import { differ } from './differ.ts';
import type { Group } from './group.ts';
import type { Model } from './model.ts';
import type { World } from './world.ts';

/** Groups as a device has them, by what it was told and nothing else. */
export async function compareGroupDetails(model: Model, world: World, device: Device): Promise<string[]> {
  const { user, name, im } = device;
  const joined = joinedBy(model, user);
  const all = im.groupManage.getAllGroupDetail();
  const ids = await im.groupManage.asyncGetJoinedGroups();
  const wanted = joined.map(({ gid }) => gid);
  return [
    ...differ(`${name}: groups`, ids.toSorted(byNumber), wanted.toSorted(byNumber)),
    ...joined.flatMap((group) => {
      const info = all[group.gid];
      if (!info) return [`${name} knows nothing of group ${group.gid}`];
      return [
        ...differ(`${name}: group ${group.gid}`, briefOf(info), wantedBrief(world, group, user)),
        ...compareOpened(world, device, group),
      ];
    }),
  ];
}

/** Who is in it, on devices that looked into it. */
function compareOpened(world: World, { name, im }: Device, group: Group): string[] {
  const members = im.groupManage.getGroupMembers(group.gid);
  if (members.length === 0) return [];
  const roles = members.map(({ user_id }) => `${world.nameOf(user_id)} ${im.groupManage.getRole(group.gid, user_id)}`);
  return differ(`${name}: members of ${group.gid}`, roles.toSorted(), rolesIn(group));
}

function rolesIn(group: Group): string[] {
  return [...group.members.keys()].map((user) => `${user} ${group.role(user)}`).toSorted();
}

/** What the server says to whoever asks. */
export async function compareGroupLists(model: Model, world: World, user: UserName): Promise<string[]> {
  const by = { token: world.tokenOf(user) };
  const joined = await callRest(world.url, 'groupsJoined', {}, by);
  const wanted = joinedBy(model, user).map(({ gid }) => gid);
  const invitations = await callRest(world.url, 'groupInvitations', {}, by);
  const told = invitations.map(
    ({ group_id, inviter_id, status }) => `${group_id} by ${world.nameOf(inviter_id)} ${statuses[status]}`,
  );
  const invited = [...model.groups.values()].flatMap((group) =>
    group.invitations
      .filter(({ invitee }) => invitee === user)
      .map(({ inviter, status }) => `${group.gid} by ${inviter} ${status}`),
  );
  const groups = await Promise.all(joinedBy(model, user).map((group) => compareGroup(world, group, user)));
  return [
    ...differ(`${user}: groups`, joined.toSorted(byNumber), wanted.toSorted(byNumber)),
    ...differ(`${user}: invitations`, told.toSorted(), invited.toSorted()),
    ...groups.flat(),
  ];
}

const statuses = ['pending', 'accepted', 'declined'] as const;

async function compareGroup(world: World, group: Group, user: UserName): Promise<string[]> {
  const by = { token: world.tokenOf(user) };
  const group_id = group.gid;
  const info = await callRest(world.url, 'groupInfo', { group_id }, by);
  const members = await callRest(world.url, 'groupMembers', { group_id }, by);
  const admins = await callRest(world.url, 'groupAdmins', { group_id }, by);
  const uids = [...group.members.keys()].map((name) => world.uids[name]);
  const where = `${user}: group ${group_id}`;
  return [
    ...differ(
      where,
      { ...briefOf(info), ...settingsOf(info) },
      { ...wantedBrief(world, group, user), ...wantedSettings(group) },
    ),
    ...differ(`${where}, members`, members.map(({ user_id }) => user_id).toSorted(byNumber), uids.toSorted(byNumber)),
    ...differ(
      `${where}, administrators`,
      admins.map(({ user_id }) => world.nameOf(user_id)).toSorted(),
      [...group.admins].toSorted(),
    ),
    ...(group.can(user, 'manageMembers') ? await compareLists(world, group, by) : []),
  ];
}

/** What only owner and administrators see. */
async function compareLists(world: World, group: Group, by: { token: string }): Promise<string[]> {
  const group_id = group.gid;
  const banned = await callRest(world.url, 'groupBanned', { group_id }, by);
  const barred = await callRest(world.url, 'groupBlocked', { group_id }, by);
  const applied = await callRest(world.url, 'groupApplications', { group_list: [group_id] }, by);
  const names = (list: { user_id: number }[]) => list.map(({ user_id }) => world.nameOf(user_id)).toSorted();
  const applications = applied.map(({ applicant_id, status }) => `${world.nameOf(applicant_id)} ${statuses[status]}`);
  const wanted = [...group.applications].map(([name, status]) => `${name} ${status}`);
  const present = [...group.banned].filter((name) => group.members.has(name));
  return [
    ...differ(`group ${group_id}: banned`, names(banned), present.toSorted()),
    ...differ(`group ${group_id}: barred`, names(barred), [...group.barred].toSorted()),
    ...differ(`group ${group_id}: applications`, applications.toSorted(), wanted.toSorted()),
  ];
}

interface Brief {
  name?: string;
  owner_id: number;
  count: number;
  apply_approval: number;
  msg_mute_mode: number;
  ban_expire_time: number;
}

function briefOf({ name, owner_id, count, apply_approval, msg_mute_mode, ban_expire_time }: Brief): Brief {
  return { name, owner_id, count, apply_approval, msg_mute_mode, ban_expire_time };
}

function wantedBrief(world: World, group: Group, user: UserName): Brief {
  return {
    name: group.name,
    owner_id: world.uids[group.owner],
    count: group.members.size,
    apply_approval: group.approval,
    msg_mute_mode: group.members.get(user) ?? 0,
    ban_expire_time: group.isBannedForAll ? -1 : 0,
  };
}

interface Settings {
  member_invite: boolean;
  read_ack: boolean;
  history_visible: boolean;
}

function settingsOf({ member_invite, read_ack, history_visible }: Settings): Settings {
  return { member_invite, read_ack, history_visible };
}

function wantedSettings({ memberInvite, readAck, historyVisible }: Group): Settings {
  return { member_invite: memberInvite, read_ack: readAck, history_visible: historyVisible };
}

function joinedBy(model: Model, user: UserName): Group[] {
  return [...model.groups.values()].filter((group) => group.members.has(user));
}

function byNumber(a: number, b: number): number {
  return a - b;
}
