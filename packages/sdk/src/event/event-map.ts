import type { ConnectionState } from '../connection/state.ts';
import type { GroupNoticeMeta, Meta, RosterNoticeMeta } from '../types.ts';

export type UserNoticeName =
  | 'PASSWORD_CHANGED'
  | 'FROZEN'
  | 'REMOVED'
  | 'KICK_BY_SAME_DEVICE'
  | 'KICKED_BY_OTHER_DEVICE'
  | 'INFO_UPDATED'
  | 'DEVICE_LOGIN'
  | 'DEVICE_LOGOUT'
  | 'DEVICE_ADDED'
  | 'DEVICE_REMOVED'
  | 'CLUSTER_CHANGED'
  | 'DNS_UPDATE'
  | 'TRAFFIC_LIMIT_EXCEEDED';

export type FlooNotice =
  /** The steps of a login, in the documented words. */
  | { category: 'loginMessage'; desc: string }
  /** `relogin`: the SDK logs in again by itself. `relogin_manually`: ask the user; comes once, nothing follows it. */
  | { category: 'action'; desc: 'relogin' | 'relogin_manually' }
  | { category: 'conversation_deleted'; desc: { id: number; source: 'user_operation' } }
  | { category: 'userNotice'; desc: UserNoticeName }
  /** Additive: the local store could not be used; this session keeps everything in memory. */
  | { category: 'STORAGE'; desc: string };

export type FlooErrorCategory =
  | 'USER_BANNED'
  | 'USER_FROZEN'
  | 'APP_FROZEN'
  | 'LICENSE'
  | 'DNS_FAILED'
  /** Additive: the server refused a message or an operation; `desc` is its reason. */
  | 'MESSAGE'
  /** Additive: a listener threw; `desc` says which event and what. */
  | 'LISTENER'
  /** Additive: background work failed; it is tried again. */
  | 'INTERNAL';

export interface FlooErrorEvent {
  category: FlooErrorCategory;
  desc: string;
}

/** A message of a conversation. */
export interface MessageRef {
  /** Decimal string: the conversation's id. */
  uid: string;
  /** Decimal string. */
  mid: string;
}

/** Every event and what its listeners get. All fire after the change is stored, so getters already show it. */
export interface FlooEventMap {
  flooNotice: FlooNotice;
  flooError: FlooErrorEvent;
  /** The login failed; why. */
  loginFail: string;
  /** The session stands: an empty object. */
  loginSuccess: Record<string, never>;
  /** A message came in a conversation with a user, also one that another own device sent. */
  onRosterMessage: Meta;
  /** A message came in a group, also one that another own device sent. */
  onGroupMessage: Meta;
  /** Besides `onGroupMessage`: a message of somebody else mentions the user, or everybody. */
  onMentionMessage: Meta;
  /** Somebody is typing, or stopped; `ext` is a JSON string with `input_status`. Ids are decimal strings. */
  onInputStatusMessage: { ext: string; from: string; to: string };
  /** The user marked a message as unread again, here or on another device. */
  onMessageCanceled: MessageRef;
  onMessageDeleted: MessageRef;
  onMessageRecalled: MessageRef;
  /** Additive: a message has other content, `config` or `ext` now, because its sender changed it. */
  onMessageEdited: MessageRef;
  /** A message was read, delivered, recalled or deleted: fires besides the event with the more precise name. */
  onMessageStatusChanged: MessageRef;
  /**
   * A message of this device: `sending`, then `sent` or `failed`. `mid` is the client mid, `serverMid` (additive) comes
   * with `sent`, `reason` (additive) with `failed`.
   */
  onSendingMessageStatusChanged: {
    status: 'sending' | 'sent' | 'failed';
    mid: number;
    serverMid?: string;
    reason?: string;
  };
  /** History arrived; `next` is the `sid` for the next page, 0 when there is nothing older. `uid` is additive. */
  onReceiveHistoryMsg: { next: number; uid: number };
  /** Friends' details changed. */
  onRosterInfoUpdate: { rosterIds: number[] };
  /** The roster, the block list or the applications changed; what happened is in `type`. */
  onRosterListUpdate: RosterNoticeMeta;
  /** The id of a conversation whose unread number changed. */
  onUnreadChange: number;
  /** The conversation list changed. */
  recentlistUpdate: undefined;
  /**
   * The groups that the user is in have changed, or what one of them is like; once for all that came together. Carries a notice
   * only where a group was created.
   */
  onGroupListUpdate: GroupNoticeMeta | undefined;
  /** The id of a group, of those the user is in, whose members have changed: who they are, their roles or names. */
  onGroupMemberChanged: number;
  /** The user created a group, here or on another device. */
  onGroupCreated: GroupNoticeMeta;
  /** A group was dissolved: it and what was written in it are gone. */
  onGroupDestoryed: GroupNoticeMeta;
  /** `from` is in the group now: the user himself, or somebody else. */
  onGroupJoined: GroupNoticeMeta;
  /** An application of the user was accepted, or he accepted one. */
  onGroupApplyAccepted: GroupNoticeMeta;
  onGroupApplyDeclined: GroupNoticeMeta;
  /** `toUids` may not send, or with `all` everybody but owner and administrators. */
  onGroupBaned: GroupNoticeMeta;
  onGroupUnbaned: GroupNoticeMeta;
  /** Additive: any notice of a group, after the events with more precise names; applications and invitations have only this. */
  onGroupNotice: GroupNoticeMeta;
  /** Additive: the connection's state changed. */
  connectionChange: ConnectionState;
}

export type FlooEventName = keyof FlooEventMap;
export type FlooListener<E extends FlooEventName> = (res: FlooEventMap[E]) => void;
/** The object form of `on` and `off`: several events at once. */
export type FlooListeners = { [E in FlooEventName]?: FlooListener<E> };
/** Ends what `on` began; calling it twice does nothing. */
export type Unsubscribe = () => void;
