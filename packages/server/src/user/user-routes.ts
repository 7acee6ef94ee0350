import type { AuthMode } from '@flooim/protocol';
import type { Context } from '../context.ts';
import { ServerError } from '../error.ts';
import type { Handlers } from '../http/caller.ts';

type Served =
  | 'userRegister'
  | 'userNameCheck'
  | 'userProfile'
  | 'userProfileUpdate'
  | 'userNickName'
  | 'userAvatar'
  | 'userSettings'
  | 'userSettingsUpdate'
  | 'userAuthMode'
  | 'userChangePassword';

export function userRoutes({ users }: Pick<Context, 'users'>): Pick<Handlers, Served> {
  return {
    userRegister: async ({ username, password }, { appId }) => users.register(appId, username, password),

    async userNameCheck({ username }, { appId }) {
      await users.checkName(appId, username);
      return true;
    },

    userProfile: async (_request, { uid }) => users.profile(uid),

    async userProfileUpdate(change, { uid }) {
      await users.changeProfile(uid, change);
      return true;
    },

    async userNickName({ nick_name }, { uid }) {
      await users.changeProfile(uid, { nick_name });
      return true;
    },

    async userAvatar({ avatar }, { uid }) {
      await users.changeProfile(uid, { avatar });
      return true;
    },

    userSettings: async (_request, { uid }) => users.settings(uid),

    async userSettingsUpdate({ user_id, auth_mode, ...change }, { uid }) {
      if (user_id !== undefined && user_id !== uid) throw new ServerError('noPermission', 'user_id is not your own');
      await users.changeSettings(uid, {
        ...change,
        ...(auth_mode !== undefined && { auth_mode: auth_mode as AuthMode }),
      });
      return true;
    },

    async userAuthMode({ value }, { uid }) {
      await users.changeSettings(uid, { auth_mode: value as AuthMode });
      return true;
    },

    async userChangePassword({ old_password, new_password }, caller) {
      await users.changePassword(caller, old_password, new_password);
      return true;
    },
  };
}
