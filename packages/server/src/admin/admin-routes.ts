import type { Context } from '../context.ts';
import { ServerError } from '../error.ts';
import type { Caller, Handlers } from '../http/caller.ts';

type Served =
  | 'userList'
  | 'userRegisterBatch'
  | 'userProfileBatch'
  | 'userAvatarBatch'
  | 'userChangePasswordAdmin'
  | 'userOnline'
  | 'userAddRoster'
  | 'userRosters'
  | 'rosterApplyBatch';

type Parts = Pick<Context, 'administration' | 'users' | 'roster'>;

export function adminRoutes({ administration, users, roster }: Parts): Pick<Handlers, Served> {
  return {
    userList: async ({ page_num = 1, page_size = 50 }, { appId }) => administration.users(appId, page_num, page_size),
    userRegisterBatch: async ({ list }, caller) => administration.register(caller, list),

    async userProfileBatch({ list }, { appId }) {
      const changes = list.map(({ user_id, ...change }) => ({ uid: user_id, change }));
      return administration.changeProfiles(appId, changes);
    },

    async userAvatarBatch({ list }, { appId }) {
      const changes = list.map(({ user_id, avatar }) => ({ uid: user_id, change: { avatar } }));
      return administration.changeProfiles(appId, changes);
    },

    async userChangePasswordAdmin({ password }, caller) {
      await users.setPassword(caller.appId, named(caller), password);
      return true;
    },

    userOnline: async (_request, { uid }) => ({ online: administration.isOnline(uid) }),

    async userAddRoster({ list }, caller) {
      await roster.befriend(caller.appId, named(caller), list);
      return true;
    },

    userRosters: async (_request, { appId, uid }) => administration.friends(appId, uid),

    async rosterApplyBatch({ list }, { appId, uid }) {
      const applications = list.map(({ user_id, ...text }) => ({ peer: user_id, text }));
      const results = await administration.apply(appId, uid, applications);
      return {
        success: results.filter(({ success }) => success).map(({ user_id }) => user_id),
        fails: results.filter(({ success }) => !success).map(({ user_id, reason = '' }) => ({ user_id, reason })),
      };
    },
  };
}

/** The user for whom an administrator calls, where he has to say so. */
function named({ uid }: Caller): number {
  if (uid === 0) throw new ServerError('invalidParameter', 'the header user_id is required');
  return uid;
}
