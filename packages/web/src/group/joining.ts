import type { GroupInfoAndSettings, GroupListDetail } from 'flooim';
import { im } from '../im.ts';

/** How a group lets others in: the documented `apply_approval`. */
export const Approval = { free: 0, ask: 1, invited: 2 } as const;

/** A group as somebody outside sees it, and whether the user is in it; both fresh. */
export async function lookAtGroup(gid: number): Promise<{ info: GroupInfoAndSettings; joined: boolean }> {
  const [info, ids] = await Promise.all([
    im.groupManage.asyncGetGroupInfo(gid, true),
    im.groupManage.asyncGetJoinedGroups(true),
  ]);
  return { info, joined: ids.includes(gid) };
}

/** True when the user is in it now, false when somebody decides first. */
export async function applyToGroup(gid: number, reason: string): Promise<boolean> {
  await im.groupManage.asyncApply({ group_id: gid, ...(reason && { reason }) });
  return (await im.groupManage.asyncGetJoinedGroups(true)).includes(gid);
}

export function publicGroupIds(): Promise<number[]> {
  return im.groupManage.asyncGetPublicGroups();
}

export function groupDetails(gids: number[]): Promise<GroupListDetail[]> {
  return im.groupManage.asyncGetGroupListDetail(gids);
}
