import { checkId, checkIds, checkObject } from '../check.ts';
import type { RestClient } from '../rest/rest-client.ts';
import type { Session } from '../session/session.ts';
import type { Meta, RosterApplication, RosterItem, UserProfile, UserSettings } from '../types.ts';

type UserRef = { user_id: number };

/** Friends, and the conversations with single users. Ids are accepted as numbers or decimal strings. */
export interface RosterManage {
  /** The friends' ids. `force`: from the server, else from this device once it knows them. */
  asyncGetRosterIdList(force?: boolean): Promise<number[]>;
  /** Any user, friend or not. `force`: from the server. Rejects with `serverCode` 10000 when there is no such user. */
  asyncGetRosterInfo(roster_id: number, force?: boolean): Promise<RosterItem>;
  /** Makes an account; needs no login and does not log in. */
  asyncRegester(opt: { username: string; password: string }): Promise<UserSettings>;
  /** Ends the friendship in both directions and drops the conversation on the user's devices. */
  asyncDeleteRoster(param: UserRef): Promise<boolean>;
  /** Details from the server, also of strangers; ids that do not exist are left out. */
  asnycGetRosterListDetailByIds(roster_ids: number[]): Promise<RosterItem[]>;
  /** Everyone that this device knows details of, strangers included; see `relation`. */
  getAllRosterDetail(): RosterItem[];
  /** The own profile. `force`: from the server, else cached. */
  asyncGetUserProfile(force?: boolean): Promise<UserProfile>;
  /**
   * The conversation's messages on this device, oldest first, those being sent at the end: the newest 200, and whatever
   * `requireHistoryMessage` fetched. Loads from the device's store on first use of an old conversation: the rest then comes
   * with `onReceiveHistoryMsg`.
   */
  getRosterMessageByRid(uid: number): Meta[];
  /** Marks everything up to `mid` as read, on all devices; `mid` left out: up to the newest message. Never goes back. */
  readRosterMessage(roster_id: number, mid?: number | string): void;
  /** Takes an own message back for everybody, within 5 minutes; a refusal comes as `flooError`. */
  recallMessage(uid: number, mid: number | string): void;
  /** Marks one message as unread on all own devices, until the next read. */
  unreadMessage(uid: number, mid: number | string): void;
  /** Deletes one message for the user himself, on all own devices. */
  deleteMessage(uid: number, mid: number | string): void;
  /** What this device knows of a user; undefined when it has not asked yet. */
  getRosterInfo(rid: number): RosterItem | undefined;
  /** Messages from the other user that were not read. */
  getUnreadCount(uid: number): number;
  /** Applications received, newest first, the handled and expired ones too. */
  asyncGetApplyList(params?: { cursor?: string | number }): Promise<RosterApplication[]>;
  asyncGetBlockedlist(params?: object): Promise<number[]>;
  asyncBlockeAdd(params: UserRef): Promise<boolean>;
  asyncBlockeRemove(params: UserRef): Promise<boolean>;
  /** Asks to be friends. `reason` and `auth_answer` are additive. */
  asyncApply(params: UserRef & { alias?: string; reason?: string; auth_answer?: string }): Promise<boolean>;
  asyncAccept(params: UserRef): Promise<boolean>;
  /** `reason` is additive. */
  asyncDecline(params: UserRef & { reason?: string }): Promise<boolean>;
  /** Changes what is left in; `alias` and `mute_notification` are additive, an empty alias clears it. */
  asyncUpdateRosterExt(
    params: UserRef & { ext?: string; alias?: string; mute_notification?: boolean },
  ): Promise<boolean>;
  /** By exact username. Rejects with `serverCode` 10000 when there is no such user. */
  asyncSearchRosterByName(params: { username: string }): Promise<RosterItem>;
  asyncSearchRosterById(params: UserRef): Promise<RosterItem>;
}

const blocked = 3;

export function createRosterManage(session: Session, rest: RestClient): RosterManage {
  return { ...people(session, rest), ...conversations(session), ...changes(session, rest) };
}

type Changes =
  | 'asyncDeleteRoster'
  | 'asyncBlockeAdd'
  | 'asyncBlockeRemove'
  | 'asyncApply'
  | 'asyncAccept'
  | 'asyncDecline'
  | 'asyncUpdateRosterExt';
type Conversations =
  | 'getRosterMessageByRid'
  | 'readRosterMessage'
  | 'recallMessage'
  | 'unreadMessage'
  | 'deleteMessage'
  | 'getUnreadCount';

function people(session: Session, rest: RestClient): Omit<RosterManage, Changes | Conversations> {
  const roster = () => session.required().roster;
  return {
    asyncGetRosterIdList: async (force) => roster().ids(force),
    asyncGetRosterInfo: async (roster_id, force) => roster().info(checkId(roster_id, 'roster_id'), force),
    asyncRegester: async (opt) => {
      session.checkOpen();
      return rest.call('userRegister', opt);
    },
    asnycGetRosterListDetailByIds: async (roster_ids) => {
      return roster().details(checkIds(roster_ids, 'roster_ids'));
    },
    getAllRosterDetail: () => session.account?.roster.all() ?? [],
    getRosterInfo: (rid) => session.account?.roster.get(checkId(rid, 'rid')),
    asyncGetUserProfile: async (force) => session.required().ownUser.profile(force),
    asyncGetApplyList: async (params = {}) => {
      session.required();
      const { cursor } = checkObject(params, 'params');
      return rest.call('rosterApplyList', cursor ? { cursor: String(cursor) } : {});
    },
    asyncGetBlockedlist: async () => roster().blockedIds(),
    asyncSearchRosterByName: async (params) => roster().byName(checkObject(params, 'params').username),
    asyncSearchRosterById: async (params) => roster().info(userId(params), true),
  };
}

function conversations(session: Session): Pick<RosterManage, Conversations> {
  const operations = () => session.required().operations;
  return {
    getRosterMessageByRid: (uid) => session.account?.messages.list(checkId(uid, 'uid')) ?? [],
    readRosterMessage: (roster_id, mid) => operations().read(roster_id, mid),
    recallMessage: (uid, mid) => operations().recall(uid, mid),
    unreadMessage: (uid, mid) => operations().unread(uid, mid),
    deleteMessage: (uid, mid) => session.required().deleteMessage(uid, mid),
    getUnreadCount: (uid) => session.account?.unreadCount(checkId(uid, 'uid')) ?? 0,
  };
}

/** Changes at the server; the caches are fresh when their promises resolve. */
function changes(session: Session, rest: RestClient): Pick<RosterManage, Changes> {
  type Change = 'rosterDelete' | 'rosterBlock' | 'rosterUnblock' | 'rosterApply' | 'rosterAccept' | 'rosterExt';
  /** What the change makes of the user is known. */
  const patched = async (name: Change, params: UserRef, item: Partial<RosterItem>): Promise<boolean> => {
    const { roster } = session.required();
    const done = await rest.call(name, params);
    roster.patch(userId(params), item);
    return done;
  };
  /** What they are now depends on what they were, or on the other side: asks. */
  const refreshed = async (name: Change, params: UserRef): Promise<boolean> => {
    const { roster } = session.required();
    const done = await rest.call(name, params);
    await roster.refresh([userId(params)], true).catch(() => {});
    return done;
  };
  return {
    asyncDeleteRoster: (param) => refreshed('rosterDelete', param),
    asyncBlockeAdd: (params) => patched('rosterBlock', params, { relation: blocked }),
    asyncBlockeRemove: (params) => refreshed('rosterUnblock', params),
    asyncApply: (params) => refreshed('rosterApply', params),
    asyncAccept: (params) => refreshed('rosterAccept', params),
    asyncDecline: async (params) => {
      session.required();
      return rest.call('rosterDecline', params);
    },
    asyncUpdateRosterExt: async (params) => {
      const { ext, alias, mute_notification } = checkObject(params, 'params');
      const given = Object.entries({ ext, alias, mute_notification }).filter(([, value]) => value !== undefined);
      return patched('rosterExt', params, Object.fromEntries(given));
    },
  };
}

function userId(params: UserRef): number {
  return checkId(checkObject(params, 'params').user_id, 'params.user_id');
}
