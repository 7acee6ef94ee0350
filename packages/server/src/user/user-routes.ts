import type { AuthMode } from '@flooim/protocol';
import type { Context } from '../context.ts';
import { ServerError } from '../error.ts';
import type { Caller, Handlers } from '../http/caller.ts';

type Served =
  | 'userRegister'
  | 'userNameCheck'
  | 'userProfile'
  | 'userProfileUpdate'
  | 'userPublic'
  | 'userPrivate'
  | 'userNickName'
  | 'userName'
  | 'userAvatar'
  | 'userChangePassword'
  | 'userDelete';

export function userRoutes({ users, lifecycles }: Pick<Context, 'users' | 'lifecycles'>): Pick<Handlers, Served> {
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

    async userPublic({ value }, { uid }) {
      await users.changeProfile(uid, { public_info: value });
      return true;
    },

    async userPrivate({ value }, { uid }) {
      await users.changeProfile(uid, { private_info: value });
      return true;
    },

    async userNickName({ nick_name }, { uid }) {
      await users.changeProfile(uid, { nick_name });
      return true;
    },

    async userName({ username }, { uid }) {
      await users.changeProfile(uid, { username });
      return true;
    },

    async userAvatar({ avatar }, { uid }) {
      await users.changeProfile(uid, { avatar });
      return true;
    },

    async userChangePassword({ old_password, new_password }, caller) {
      await users.changePassword(caller, old_password, new_password);
      return true;
    },

    async userDelete({ password }, caller) {
      if (caller.isAdmin) await lifecycles.remove(caller);
      else if (!password) throw new ServerError('invalidParameter', 'password is required');
      else await lifecycles.removeOwn(caller, password);
      return true;
    },
  };
}

type Settings =
  | 'userSettings'
  | 'userSettingsUpdate'
  | 'userAuthMode'
  | 'userDownload'
  | 'userSounds'
  | 'userVibratory'
  | 'userPush'
  | 'userPushDetail'
  | 'userPushLimit'
  | 'userPushNickName';

export function userSettingsRoutes({ users }: Pick<Context, 'users'>): Pick<Handlers, Settings> {
  /** Sets one field to the parameter `value`. */
  const set =
    (field: 'auto_download' | 'no_sounds' | 'vibratory' | 'no_push' | 'no_push_detail' | 'push_nick_name') =>
    async ({ value }: { value: boolean | string }, { uid }: Caller) => {
      await users.changeSettings(uid, { [field]: value });
      return true;
    };
  return {
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

    userDownload: set('auto_download'),
    userSounds: set('no_sounds'),
    userVibratory: set('vibratory'),
    userPush: set('no_push'),
    userPushDetail: set('no_push_detail'),
    userPushNickName: set('push_nick_name'),

    async userPushLimit(hours, { uid }) {
      await users.changeSettings(uid, hours);
      return true;
    },
  };
}

type Administered = 'userDisable' | 'userEnable';

export function userAdminRoutes({ lifecycles }: Pick<Context, 'lifecycles'>): Pick<Handlers, Administered> {
  return {
    async userDisable({ list }, { appId }) {
      await lifecycles.disable(appId, list);
      return true;
    },

    async userEnable({ list }, { appId }) {
      await lifecycles.enable(appId, list);
      return true;
    },
  };
}
