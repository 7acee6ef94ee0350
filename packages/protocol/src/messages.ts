/**
 * The XSync messages as TypeScript sees them; `xsync.proto` is the schema, `frame.ts` the codec.
 *
 * 64-bit numbers are plain numbers: the server keeps every id below 2^53, and a larger number on the wire is refused.
 * Times are milliseconds since the epoch on the server's clock.
 */

/** A user, a group, or uid 0: the system conversation. */
export interface Xid {
  uid: number;
  /** 0: no device in particular. */
  deviceSN: number;
}

/** Version 1: deployed floo clients. Version 2: ours, with eager push and cumulative acknowledgements. */
export const Vsn = { V1: 0, V2: 1 } as const;
export type Vsn = (typeof Vsn)[keyof typeof Vsn];

export const Command = { UNREAD: 0, SYNC: 1, NOTICE: 2, PROVISION: 3 } as const;
export type Command = (typeof Command)[keyof typeof Command];

export const CompressMethod = { NONE: 0, ZLIB: 1 } as const;
export type CompressMethod = (typeof CompressMethod)[keyof typeof CompressMethod];

export interface Frame {
  vsn: Vsn;
  command: Command;
  /** Inflated and plain; empty when the frame carries none (a heartbeat). */
  payload: Uint8Array;
  tag: string;
}

export const StatusCode = {
  UNKNOWN: 0,
  OK: 1,
  FAIL: 2,
  UNKNOWN_COMMAND: 3,
  PB_PARSER_ERROR: 4,
  DECRYPT_FAILURE: 5,
  PUBLIC_KEY_CHANGED: 6,
  INVALID_TOKEN: 7,
  INVALID_PARAMETER: 8,
  UNAUTHORIZED: 9,
  USER_FROZEN: 10,
  USER_BANNED: 11,
  WORD_CENSORED: 12,
  TOO_MANY_DEVICES: 13,
  ENCRYPT_METHOD_UNSUPPORTED: 14,
  DEVICE_GUID_CONFLICT: 15,
  CHECK_SUM_FAILURE: 16,
  INVALID_LICENSE: 17,
  LICENSE_LIMIT: 18,
  APP_FROZEN: 19,
  RATE_LIMIT_EXCEEDED: 20,
} as const;
export type StatusCode = (typeof StatusCode)[keyof typeof StatusCode];

export interface Status {
  code: StatusCode;
  reason: string;
}

export const OsType = { UNKNOWN: 0, IOS: 1, ANDR: 2, WIN: 3, OSX: 4, LINUX: 5, WEB: 6 } as const;
export type OsType = (typeof OsType)[keyof typeof OsType];

export interface Provision {
  /** In answers only. */
  status?: Status;
  xid?: Xid;
  token: string;
  osType: OsType;
  sdkVsn: string;
  isManualLogin: boolean;
  deviceGuid: string;
  deviceInfo: string;
  deviceNotifier: string;
  deviceToken: string;
  /** In a version 2 answer: the server's time. */
  lastLoginTime: number;
}

export const ConversationType = { SYSTEM: 0, CHAT: 1, GROUPCHAT: 2 } as const;
export type ConversationType = (typeof ConversationType)[keyof typeof ConversationType];

export interface ConversationUnread {
  xid: Xid;
  /** Entries that this device has not synced yet, not what a person would call unread. */
  n: number;
  type: ConversationType;
  /** Version 2 only: how far the user has read this conversation. */
  readMid: number;
  /** Version 2 only: how far the other user has read it; 0 in groups. */
  peerReadMid: number;
  /** Version 2 only: how far it has reached a device of the other user; 0 in groups. */
  peerDeliveredMid: number;
  /** Version 2 only: when the user pinned the conversation; 0 when he has not. */
  pinnedAt: number;
  /** Version 2 only: when the user last brought the conversation up without writing; 0: never. */
  touchedAt: number;
  /** Version 2 only: what the user began to write, on whichever device. */
  draft: string;
}

/** Version 2 only: asks for the unread list. */
export interface UnreadUL {
  /** What this device has stored of a list before need not be said again. */
  newsOnly: boolean;
}

/** Of an unread list: some rows, unasked; all; or those with news and those about which the user keeps something. */
export const UnreadScope = { SOME: 0, ALL: 1, NEWS: 2 } as const;
export type UnreadScope = (typeof UnreadScope)[keyof typeof UnreadScope];

export interface UnreadDL {
  status?: Status;
  unread: ConversationUnread[];
  /** Version 2 only. */
  scope: UnreadScope;
}

export const Namespace = {
  UNKNOWN: 0,
  MESSAGE: 1,
  GROUP_NOTICE: 2,
  ROSTER_NOTICE: 3,
  USER_NOTICE: 4,
  INFO: 5,
  CONVERSATION: 6,
  PUSH: 7,
  RTC_SIGNAL: 8,
} as const;
export type Namespace = (typeof Namespace)[keyof typeof Namespace];

/** One message, operation or notice of a log. */
export interface Meta {
  /** Uplink: the client mid. Downlink: the mid. */
  id: number;
  from?: Xid;
  to?: Xid;
  timestamp: number;
  ns: Namespace;
  /** A MessageBody, GroupNotice, RosterNotice, UserNotice or Conversation, by `ns`. */
  payload: Uint8Array;
}

export interface SyncUL {
  xid?: Xid;
  /** With no `meta`: everything up to this mid has arrived. */
  key: number;
  meta?: Meta;
  isFullSync: boolean;
  fullSyncNum: number;
}

export interface SyncDL {
  status?: Status;
  metas: Meta[];
  nextKey: number;
  xid?: Xid;
  clientMid: number;
  serverMid: number;
  serverTime: number;
  isFullSync: boolean;
  /** Version 2, pushes only: the entry before the first meta in this log; a device that lacks it pulls. */
  prevMid: number;
  isEagerSync: boolean;
  editTimestamp: number;
}

export interface Notice {
  xid: Xid;
}

export const OperationType = {
  UNKNOWN: 0,
  READ_ACK: 1,
  READ_ALL: 2,
  READ_CANCEL: 3,
  DELIVER_ACK: 4,
  RECALL: 5,
  DELETE: 6,
  PLAY_ACK: 7,
  APPEND: 8,
  REPLACE: 9,
} as const;
export type OperationType = (typeof OperationType)[keyof typeof OperationType];

export interface MessageOperation {
  type: OperationType;
  mid: number;
  xid?: Xid;
}

export const MessageType = { NORMAL: 0, OPER: 1, CHAT: 2, GROUPCHAT: 3 } as const;
export type MessageType = (typeof MessageType)[keyof typeof MessageType];

export const ContentType = {
  TEXT: 0,
  IMAGE: 1,
  AUDIO: 2,
  VIDEO: 3,
  FILE: 4,
  LOCATION: 5,
  COMMAND: 6,
  FORWARD: 7,
  RTC: 8,
} as const;
export type ContentType = (typeof ContentType)[keyof typeof ContentType];

export const QoS = { AT_LEAST_ONCE: 0, AT_MOST_ONCE: 1, EXACTLY_ONCE: 2 } as const;
export type QoS = (typeof QoS)[keyof typeof QoS];

export const DeliveryStatus = { UNREAD: 0, DELIVERED: 1, READ: 2 } as const;
export type DeliveryStatus = (typeof DeliveryStatus)[keyof typeof DeliveryStatus];

export interface MessageBody {
  type: MessageType;
  content: string;
  ctype: ContentType;
  operation?: MessageOperation;
  /** JSON text that the SDKs use between themselves (mentions, push texts). */
  config: string;
  /** JSON text: where the file is, how large. */
  attachment: string;
  /** The application's own text; `input_status` in it marks typing. */
  ext: string;
  qos: QoS;
  senderName: string;
  isSystem: boolean;
  priority: number;
  /** Set by the server alone. */
  status: DeliveryStatus;
  editTimestamp: number;
}

export const GroupNoticeType = {
  UNKNOWN: 0,
  PRESENCE: 1,
  ABSENCE: 2,
  CREATED: 3,
  DESTROYED: 4,
  JOINED: 5,
  LEAVED: 6,
  APPLYED: 7,
  APPLY_ACCEPTED: 8,
  APPLY_DECLINED: 9,
  INVITED: 10,
  INVITE_ACCEPTED: 11,
  INVITE_DECLINED: 12,
  KICKED: 13,
  BLOCKED: 14,
  UNBLOCKED: 15,
  OWNER_ASSIGNED: 16,
  ADMIN_GRANTED: 17,
  ADMIN_REVOKED: 18,
  MUTED: 19,
  UNMUTED: 20,
  BANNED: 21,
  UNBANNED: 22,
  INFO_UPDATED: 23,
  ANNOUNCEMENT_UPDATED: 24,
  MESSAGE_SETTING: 25,
  FILE_UPLOADED: 26,
  FILE_DELETED: 27,
  FILE_UPDATED: 28,
} as const;
export type GroupNoticeType = (typeof GroupNoticeType)[keyof typeof GroupNoticeType];

export interface GroupNotice {
  type: GroupNoticeType;
  gid?: Xid;
  from?: Xid;
  to: Xid[];
  content: string;
}

export const RosterNoticeType = {
  UNKNOWN: 0,
  ADDED: 1,
  REMOVED: 2,
  ACCEPTED: 3,
  DECLINED: 4,
  BLOCKED: 5,
  UNBLOCKED: 6,
  APPLIED: 7,
  INFO_UPDATED: 8,
  MUTED: 9,
  UNMUTED: 10,
} as const;
export type RosterNoticeType = (typeof RosterNoticeType)[keyof typeof RosterNoticeType];

export interface RosterNotice {
  type: RosterNoticeType;
  from?: Xid;
  to: Xid[];
  content: string;
  rosterVsn: string;
}

export const UserNoticeType = {
  UNKNOWN: 0,
  PASSWORD_CHANGED: 1,
  FROZEN: 2,
  REMOVED: 3,
  KICK_BY_SAME_DEVICE: 4,
  KICKED_BY_OTHER_DEVICE: 5,
  INFO_UPDATED: 6,
  DEVICE_LOGIN: 7,
  DEVICE_LOGOUT: 8,
  DEVICE_ADDED: 9,
  DEVICE_REMOVED: 10,
  CLUSTER_CHANGED: 11,
  DNS_UPDATE: 12,
  TRAFFIC_LIMIT_EXCEEDED: 13,
} as const;
export type UserNoticeType = (typeof UserNoticeType)[keyof typeof UserNoticeType];

export interface UserNotice {
  type: UserNoticeType;
  content: string;
}

export const ConversationOperationType = { UNKNOWN: 0, DELETE: 1, DELETE_EVERYWHERE: 2 } as const;
export type ConversationOperationType = (typeof ConversationOperationType)[keyof typeof ConversationOperationType];

/** A change of one user's view of a conversation; synced to his own devices only. */
export interface Conversation {
  operation?: ConversationOperation;
}

export interface ConversationOperation {
  type: ConversationOperationType;
  xid?: Xid;
  /** Version 2: up to where, which is what the user had seen when he deleted; 0 is all there is. */
  mid: number;
}
