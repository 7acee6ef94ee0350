import type { FlooEventName, GroupInfoRequest, GroupNoticeMeta, GroupNoticeName } from 'flooim';
import { expect } from 'vitest';
import type { Person } from './people.ts';
import { until } from './support.ts';

/** A group of `owner` with these members, who know of it when this resolves; its id. */
export async function groupOf(owner: Person, members: Person[], more: Partial<GroupInfoRequest> = {}): Promise<number> {
  const user_list = [...new Set(members.map(({ uid }) => uid))];
  const { group_id } = await owner.im.groupManage.asyncCreate({ name: 'friends', user_list, ...more });
  await Promise.all(members.map((member) => heardNotice(member, group_id, 'invite_accepted', { from: member.uid })));
  await heardNotice(owner, group_id, 'created');
  await Promise.all(user_list.map((uid) => heardNotice(owner, group_id, 'invite_accepted', { from: uid })));
  return group_id;
}

/** The first notice of this kind that the person's device told, past ones included. */
export function heardNotice(
  person: Person,
  gid: number,
  type: GroupNoticeName,
  { from, after }: { from?: number; after?: string } = {},
): Promise<GroupNoticeMeta> {
  return person.next('onGroupNotice', (meta) => {
    if (meta.groupId !== gid || meta.type !== type) return false;
    return (from === undefined || meta.from === String(from)) && (!after || Number(meta.id) > Number(after));
  });
}

const groupEvents: ReadonlySet<FlooEventName> = new Set([
  'onGroupListUpdate',
  'onGroupMemberChanged',
  'onGroupCreated',
  'onGroupDestoryed',
  'onGroupJoined',
  'onGroupApplyAccepted',
  'onGroupApplyDeclined',
  'onGroupBaned',
  'onGroupUnbaned',
  'onGroupNotice',
]);

/** The group events that the device fired from its `from`th event on: their names, a notice's with its kind. */
export function groupEventsOf(person: Person, from = 0): string[] {
  const heard = person.heard.slice(from).filter(({ event }) => groupEvents.has(event));
  return heard.map(({ event, res }) =>
    event === 'onGroupNotice' ? `${event}:${(res as GroupNoticeMeta).type}` : event,
  );
}

/** Looks into the group: its members and what else it has are on the device when this resolves. */
export async function opened(person: Person, gid: number): Promise<void> {
  const from = person.heard.length;
  person.im.groupManage.openGroup(gid);
  await until(() => {
    const events = groupEventsOf(person, from);
    return events.includes('onGroupListUpdate') && events.includes('onGroupMemberChanged');
  }, 'the group is open');
}

function known(person: Person, gid: number) {
  const { groupManage } = person.im;
  return {
    info: groupManage.getAllGroupDetail()[gid],
    members: groupManage.getGroupMembers(gid),
    announcements: groupManage.getAnnouncements(gid),
    roles: groupManage.getGroupMembers(gid).map(({ user_id }) => groupManage.getRole(gid, user_id)),
  };
}

/** That the device knows of an open group what one that asks now would be told. */
export async function expectFresh(person: Person, gid: number): Promise<void> {
  const { groupManage } = person.im;
  const before = known(person, gid);
  const joined = await groupManage.asyncGetJoinedGroups();
  await groupManage.asyncGetInfo({ group_id: gid });
  await groupManage.asyncGetGroupMembers(gid);
  await groupManage.asyncGetAdminList({ group_id: gid });
  await groupManage.asyncGetAnnouncementList({ group_id: gid });
  expect(before).toEqual(known(person, gid));
  expect(joined.sort()).toEqual((await groupManage.asyncGetJoinedGroups(true)).sort());
}
