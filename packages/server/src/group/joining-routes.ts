import type { Context } from '../context.ts';
import type { Caller, Handlers } from '../http/caller.ts';
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
  | 'groupCodeJoin'
  | 'appGroupCode'
  | 'appGroupCodeJoin';

export function joiningRoutes({
  groupJoining,
  clock,
}: Pick<Context, 'groupJoining' | 'clock'>): Pick<Handlers, Served> {
  const joinByCode = async ({ qr_info }: { qr_info: string }, { appId, uid }: Caller) => {
    await groupJoining.joinByCode({ appId, uid }, qr_info);
    return true;
  };
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

    groupCodeJoin: joinByCode,

    async appGroupCode({ group_id }, caller) {
      const { qr_info, expire_at } = groupJoining.code(inGroup(caller, group_id));
      return { qr_info, expired: expire_at };
    },

    appGroupCodeJoin: joinByCode,
  };
}
