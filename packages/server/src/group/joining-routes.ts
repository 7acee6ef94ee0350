import type { Context } from '../context.ts';
import type { Handlers } from '../http/caller.ts';
import { readCursor } from '../http/cursor.ts';
import { Listed } from '../http/envelope.ts';
import { inGroup } from './group-access.ts';

type Served =
  | 'groupApply'
  | 'groupApplications'
  | 'groupApplyHandle'
  | 'groupInvite'
  | 'groupInvitations'
  | 'groupInviteHandle'
  | 'groupCode'
  | 'groupCodeJoin';

export function joiningRoutes({
  groupJoining,
  clock,
}: Pick<Context, 'groupJoining' | 'clock'>): Pick<Handlers, Served> {
  return {
    async groupApply({ group_id, reason }, caller) {
      await groupJoining.apply(inGroup(caller, group_id), reason);
      return { user_id: caller.uid, result: 'success' };
    },

    async groupApplications({ group_list, cursor, limit }, { uid }) {
      const page = { after: readCursor(cursor, 3), limit: limit || undefined };
      const { items, next, total } = await groupJoining.applications(uid, group_list, page);
      return new Listed(items, { cursor: next, version: clock(), total });
    },

    async groupApplyHandle({ group_id, user_id, ...answer }, caller) {
      await groupJoining.handleApplication(inGroup(caller, group_id), user_id, answer);
      return { user_id, result: 'success' };
    },

    groupInvite: async ({ group_id, user_list, reason }, caller) =>
      groupJoining.invite(inGroup(caller, group_id), user_list, reason),

    async groupInvitations({ cursor, limit }, { uid }) {
      const page = { after: readCursor(cursor, 3), limit: limit || undefined };
      const { items, next, total } = await groupJoining.invitations(uid, page);
      return new Listed(items, { cursor: next, version: clock(), total });
    },

    async groupInviteHandle({ group_id, user_id, ...answer }, caller) {
      await groupJoining.handleInvitation(inGroup(caller, group_id), user_id, answer);
      return true;
    },

    groupCode: async ({ group_id }, caller) => groupJoining.code(inGroup(caller, group_id)),

    async groupCodeJoin({ qr_info }, { appId, uid }) {
      await groupJoining.joinByCode({ appId, uid }, qr_info);
      return true;
    },
  };
}
