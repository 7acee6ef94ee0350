import type { GroupAction } from '@flooim/protocol';
import { ServerError } from '../error.ts';
import type { Caller } from '../http/caller.ts';
import { type GroupAct, groupRefusal } from './group-command.ts';
import type { GroupDirectory } from './group-directory.ts';
import { type GroupState, roleIn } from './group-state.ts';

/** Somebody, and the group that he is concerned with. */
export type InGroup = Omit<GroupAct, 'time'>;

export function inGroup({ appId, uid }: Caller, gid: number): InGroup {
  return { appId, uid, gid };
}

/** The group, if the user may do this in it now. For what only reads: commands ask inside their transaction. */
export function enterGroup(directory: GroupDirectory, { appId, uid, gid }: InGroup, action: GroupAction): GroupState {
  const group = directory.get(gid);
  if (group?.appId !== appId || group.isDissolved) throw new ServerError('groupNotFound');
  const refused = groupRefusal(roleIn(group, uid), action, group.rules);
  if (refused) throw new ServerError(refused);
  return group;
}
