import type { Context } from '../context.ts';
import type { Handlers } from '../http/caller.ts';
import { readCursor } from '../http/cursor.ts';
import { Listed } from '../http/envelope.ts';
import { inGroup } from './group-access.ts';

type Served =
  | 'groupCreate'
  | 'groupDestroy'
  | 'groupsJoined'
  | 'groupsPublic'
  | 'groupMembers'
  | 'groupDisplayNames'
  | 'groupAdmins'
  | 'groupAdminAdd'
  | 'groupAdminRemove'
  | 'groupTransfer'
  | 'groupLeave'
  | 'groupKick'
  | 'groupBlock'
  | 'groupUnblock'
  | 'groupBlocked';

export function membershipRoutes({
  memberships,
  clock,
}: Pick<Context, 'memberships' | 'clock'>): Pick<Handlers, Served> {
  return {
    groupCreate: async ({ user_list, ...group }, { appId, uid }) =>
      memberships.create({ appId, uid }, { ...group, users: user_list }),

    async groupDestroy({ group_id }, caller) {
      await memberships.destroy(inGroup(caller, group_id));
      return true;
    },

    groupsJoined: async (_request, { uid }) => memberships.joined(uid),

    async groupsPublic({ cursor, limit }, { appId }) {
      const page = { after: readCursor(cursor, 1), limit: limit || undefined };
      const { items, next, total } = await memberships.publicGroups(appId, page);
      return new Listed(items, { cursor: next, version: clock(), total });
    },

    async groupMembers({ group_id, cursor, limit }, caller) {
      const page = { after: readCursor(cursor, 1), limit: limit || undefined };
      const { items, next, total } = await memberships.members(inGroup(caller, group_id), page);
      return new Listed(items, { cursor: next, version: clock(), total });
    },

    groupDisplayNames: async ({ group_id, user_list }, caller) =>
      memberships.membersAmong(inGroup(caller, group_id), user_list),

    groupAdmins: async ({ group_id }, caller) => memberships.admins(inGroup(caller, group_id)),

    groupAdminAdd: async ({ group_id, user_list }, caller) =>
      memberships.addAdmins(inGroup(caller, group_id), user_list),

    groupAdminRemove: async ({ group_id, user_list }, caller) =>
      memberships.removeAdmins(inGroup(caller, group_id), user_list),

    async groupTransfer({ group_id, new_owner }, caller) {
      await memberships.transfer(inGroup(caller, group_id), new_owner);
      return { user_id: new_owner, result: 'success' };
    },

    async groupLeave({ group_id }, caller) {
      await memberships.leave(inGroup(caller, group_id));
      return true;
    },

    groupKick: async ({ group_id, user_list, reason }, caller) =>
      memberships.kick(inGroup(caller, group_id), user_list, reason),

    groupBlock: async ({ group_id, user_list }, caller) => memberships.block(inGroup(caller, group_id), user_list),

    groupUnblock: async ({ group_id, user_list }, caller) => memberships.unblock(inGroup(caller, group_id), user_list),

    async groupBlocked({ group_id, cursor, limit }, caller) {
      const page = { after: readCursor(cursor, 1), limit: limit || undefined };
      const { items, next, total } = await memberships.blocked(inGroup(caller, group_id), page);
      return new Listed(items, { cursor: next, version: clock(), total });
    },
  };
}
