import { checkFilled, checkObject } from '../check.ts';
import type { RestClient } from '../rest/rest-client.ts';
import type { Session } from '../session/session.ts';
import type { ConversationItem, Device, Id, UserProfile, UserSettings } from '../types.ts';

type Conversation = { conversation_id: Id };

/** The signed-in user. */
export interface UserManage extends ConversationState, Devices {
  /** The access token; an empty string when signed out. */
  getToken(): string;
  /** The user's id; 0 when signed out. */
  getUid(): number;
  getAppid(): string;
  /**
   * The conversations as this device knows them; readable before the network is. The pinned ones first, the last pinned at
   * the top, then by their newest message or when the user last brought them up.
   */
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
  /** Additive: the name that the user signs in with. */
  asyncUpdateUsername(params: { username: string }): Promise<boolean>;
  /** Additive. This device stays signed in, every other one is signed out. */
  asyncChangePassword(params: { old_password: string; new_password: string }): Promise<boolean>;
  /** Additive: whether the name is free; needs no login. */
  asyncCheckUsername(params: { username: string }): Promise<boolean>;
  /** Additive: deletes the account for ever; the session ends as by the notice `REMOVED`. */
  asyncDeleteAccount(params: { password: string }): Promise<boolean>;
}

/**
 * Additive: what the user keeps about a conversation, with a user or in a group, the same on all his devices. Seen here at
 * once, and taken back if the promise rejects; `recentlistUpdate` fires wherever it changes.
 */
interface ConversationState {
  asyncPinConversation(params: Conversation & { pinned: boolean }): Promise<boolean>;
  /** What the user began to write; an empty text takes it away. */
  asyncSetDraft(params: Conversation & { draft: string }): Promise<boolean>;
  /** Brings the conversation up in the list without writing. */
  asyncTouchConversation(params: Conversation): Promise<boolean>;
  /** Whether to notify of its messages; they come and count all the same. */
  asyncMuteConversation(params: Conversation & { muted: boolean }): Promise<boolean>;
}

/** Additive: the installs that the user signed in with. */
interface Devices {
  /** The number of this install among them; 0 until the first session stands, and when signed out. */
  getDeviceSN(): number;
  asyncGetDevices(): Promise<Device[]>;
  /** Signs a device out; without a number all of them, this one too. */
  asyncKickDevice(params?: { device_sn?: number }): Promise<boolean>;
  /** Signs a device out, and it is none of his any more. */
  asyncRemoveDevice(params: { device_sn: number }): Promise<boolean>;
  /** Lets the device in that shows this code: see `createLoginCode`. */
  asyncConfirmLoginCode(params: { qr_code: string }): Promise<boolean>;
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
    asyncUpdateUsername: (params) => change(() => rest.call('userName', params)),
    asyncChangePassword: async (params) => session.changePassword(checkObject(params, 'params')),
    asyncCheckUsername: async (params) => {
      session.checkOpen();
      return rest.call('userNameCheck', params);
    },
    asyncDeleteAccount: async (params) => {
      session.required();
      return rest.call('userDelete', {
        password: checkFilled(checkObject(params, 'params').password, 'params.password'),
      });
    },
    ...conversationState(session),
    ...devices(session, rest),
  };
}

function conversationState(session: Session): ConversationState {
  const state = () => session.required().conversationState;
  return {
    asyncPinConversation: async (params) => state().pin(params),
    asyncSetDraft: async (params) => state().draft(params),
    asyncTouchConversation: async (params) => state().touch(params),
    asyncMuteConversation: async (params) => state().mute(params),
  };
}

function devices(session: Session, rest: RestClient): Devices {
  type Change = 'deviceKick' | 'deviceRemove' | 'loginCodeConfirm';
  const change = async (name: Change, params: object): Promise<boolean> => {
    session.required();
    return rest.call(name, params);
  };
  return {
    getDeviceSN: () => (session.isSignedIn ? (session.account?.deviceSN ?? 0) : 0),
    asyncGetDevices: async () => {
      session.required();
      return rest.call('deviceList', {});
    },
    asyncKickDevice: (params = {}) => change('deviceKick', params),
    asyncRemoveDevice: (params) => change('deviceRemove', params),
    asyncConfirmLoginCode: (params) => change('loginCodeConfirm', params),
  };
}
