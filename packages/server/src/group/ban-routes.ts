import type { Context } from '../context.ts';
import type { Handlers } from '../http/caller.ts';
import { readCursor } from '../http/cursor.ts';
import { Listed } from '../http/envelope.ts';
import { inGroup } from './group-access.ts';

type Served = 'groupBan' | 'groupUnban' | 'groupBanned' | 'groupBanAll' | 'groupUnbanAll';

export function banRoutes({ groupBans, clock }: Pick<Context, 'groupBans' | 'clock'>): Pick<Handlers, Served> {
  return {
    groupBan: async ({ group_id, user_list, duration }, caller) =>
      groupBans.ban(inGroup(caller, group_id), user_list, duration),

    groupUnban: async ({ group_id, user_list }, caller) => groupBans.unban(inGroup(caller, group_id), user_list),

    async groupBanned({ group_id, cursor, limit }, caller) {
      const page = { after: readCursor(cursor, 1), limit: limit || undefined };
      const { items, next, total } = await groupBans.banned(inGroup(caller, group_id), page);
      return new Listed(items, { cursor: next, version: clock(), total });
    },

    async groupBanAll({ group_id, duration }, caller) {
      return { ban_expire_time: await groupBans.banAll(inGroup(caller, group_id), duration) };
    },

    async groupUnbanAll({ group_id }, caller) {
      await groupBans.unbanAll(inGroup(caller, group_id));
      return true;
    },
  };
}
