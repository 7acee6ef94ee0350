import { checkObject } from '../check.ts';
import type { RestClient } from '../rest/rest-client.ts';
import type { Session } from '../session/session.ts';
import type { ConversationItem, UserProfile, UserSettings } from '../types.ts';

/** The signed-in user. */
export interface UserManage {
  /** The access token; an empty string when signed out. */
  getToken(): string;
  /** The user's id; 0 when signed out. */
  getUid(): number;
  getAppid(): string;
  /** The conversations, newest first, as this device knows them; readable before the network is. */
  getConversationList(): ConversationItem[];
  asyncUpdateAvatar(params: { avatar: string }): Promise<boolean>;
  asyncUpdateNickName(params: { nick_name: string }): Promise<boolean>;
  /** Cached, and fresh after every change; `force` (additive): from the server. */
  asyncGetProfile(force?: boolean): Promise<UserProfile>;
  /** Changes what is given and leaves the rest. */
  asyncUpdateProfile(params: {
    nick_name?: string;
    description?: string;
    public_info?: string;
    private_info?: string;
  }): Promise<boolean>;
  /** Cached, and fresh after every change; `force` (additive): from the server. */
  asyncGetSettings(force?: boolean): Promise<UserSettings>;
  /** Changes what is given and leaves the rest. */
  asyncUpdateSettings(settings: Partial<UserSettings>): Promise<boolean>;
  /** Additive. This device stays signed in, every other one is signed out. */
  asyncChangePassword(params: { old_password: string; new_password: string }): Promise<boolean>;
  /** Additive: whether the name is free; needs no login. */
  asyncCheckUsername(params: { username: string }): Promise<boolean>;
}

export function createUserManage(session: Session, rest: RestClient, appid: string): UserManage {
  /** A change at the server, after which the cached user is asked for again. */
  const change = async (send: () => Promise<boolean>): Promise<boolean> => {
    const { ownUser } = session.required();
    const result = await send();
    ownUser.forget();
    return result;
  };

  return {
    getToken: () => rest.token ?? '',
    getUid: () => (session.isSignedIn ? (session.account?.uid ?? 0) : 0),
    getAppid: () => appid,
    getConversationList: () => session.account?.list() ?? [],
    asyncUpdateAvatar: (params) => change(() => rest.call('userAvatar', params)),
    asyncUpdateNickName: (params) => change(() => rest.call('userNickName', params)),
    asyncGetProfile: async (force) => session.required().ownUser.profile(force),
    asyncUpdateProfile: (params) => change(() => rest.call('userProfileUpdate', params)),
    asyncGetSettings: async (force) => session.required().ownUser.settings(force),
    asyncUpdateSettings: (settings) =>
      change(() =>
        rest.call('userSettingsUpdate', { ...checkObject(settings, 'params'), user_id: session.required().uid }),
      ),
    asyncChangePassword: async (params) => session.changePassword(checkObject(params, 'params')),
    asyncCheckUsername: async (params) => {
      session.checkOpen();
      return rest.call('userNameCheck', params);
    },
  };
}
