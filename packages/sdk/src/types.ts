export type { RosterApplication, RosterItem, UserProfile, UserSettings } from '@flooim/protocol';

/** What a message carries. `rtc` is call signalling; the SDK shows it and never makes it. */
export type ContentTypeName =
  | 'text'
  | 'image'
  | 'audio'
  | 'video'
  | 'file'
  | 'location'
  | 'command'
  | 'forward'
  | 'rtc';

/** A JSON object, or text that is not one. */
export type StringOrObject = string | Record<string, unknown>;

/** How far an own message has come on this device; messages of others are always `sent`. */
export type SendingState = 'sending' | 'sent' | 'failed';

/** One message as applications see it. A plain snapshot: it does not change later; ask again after an event. */
export interface Meta {
  /** Decimal string. While `sending` or `failed` the client mid, from the acknowledgement on the server's mid. */
  id: string;
  /** Decimal string: the sender's user id. */
  from: string;
  /** Decimal string: the user or group id it was sent to. */
  to: string;
  content: string;
  type: ContentTypeName;
  /** The sender's text; an object when that text is a JSON object. Empty string: none. */
  ext: StringOrObject;
  /** The SDKs' own settings (mentions, push texts), read like `ext`. */
  config: StringOrObject;
  /** Where the file is and how large, read like `ext`. */
  attach: StringOrObject;
  /** 0 unread, 1 delivered, 2 read. For own messages the peer's view, for others' the user's own. */
  status: 0 | 1 | 2;
  /** Decimal string: ms since the epoch on the server's clock; the device's clock while sending. */
  timestamp: string;
  toType: 'roster' | 'group';
  /** Additive. */
  sending: SendingState;
  /** Additive: the client mid, on own messages that this device sent since it started. */
  clientMid?: string;
  /** Additive: why sending failed; the server's text. */
  reason?: string;
}

/** What a roster notice says. */
export type RosterNoticeName =
  | 'added'
  | 'removed'
  | 'accepted'
  | 'declined'
  | 'blocked'
  | 'unblocked'
  | 'applied'
  | 'info_updated'
  | 'muted'
  | 'unmuted'
  | 'unknown';

/** The content of `onRosterListUpdate`: who did what to whom. */
export interface RosterNoticeMeta {
  id: string;
  /** Decimal string: who acted. */
  from: string;
  /** Decimal string: who is concerned. */
  to: string;
  /** The reason of an application or a refusal. */
  content: string;
  type: RosterNoticeName;
  /** As in a message's `Meta`; a notice has none. */
  ext: '';
  config: '';
  attach: '';
  status: 0;
  timestamp: string;
  toType: 'roster';
}

export interface ConversationItem {
  /** The other user's or the group's id. */
  id: number;
  /** The newest message's content; empty when there is none. */
  content: string;
  /** Decimal string: ms since the epoch of the newest message. */
  timestamp: string;
  type: 'roster' | 'group';
  /** Additive: unread messages, 0 when everything was read. */
  unread: number;
  /** Additive: the newest message, when this device has it. */
  lastMessage?: Meta;
  /** Additive: the user asked for no notifications. The messages still count in `unread`. */
  muted: boolean;
}

export interface GroupInfoAndSettings {
  group_id: number;
  name?: string;
  avatar?: string;
  description?: string;
  ext?: string;
  /** 0 private, 1 public, 2 chatroom. */
  type: number;
  /** 0 normal, 1 dissolved. */
  status: number;
  owner_id: number;
  /** 0 accept all, 1 admins confirm, 2 refuse all. */
  apply_approval: number;
  /** Seconds since the epoch; 0 or past: not banned, -1: for ever. */
  ban_expire_time: number;
  history_visible: boolean;
  member_invite: boolean;
  member_modify: boolean;
  msg_mute_mode: number;
  msg_push_mode: number;
  read_ack: boolean;
  created_at: number;
  updated_at: number;
  count: number;
  capacity: number;
}

export interface BriefGroupInfoAndSettings {
  group_id: number;
  name?: string;
  avatar?: string;
  type: number;
  status: number;
  owner: number;
  apply_approval: number;
  msg_mute_mode: number;
  msg_push_mode: number;
  count: number;
  capacity: number;
}

export interface GroupMember {
  user_id: number;
  display_name?: string;
  /** Ms since the epoch. */
  join_time: number;
  avatar?: string;
}

export interface GroupMemberBanned extends GroupMember {
  /** Ms since the epoch. */
  expired_time: number;
}

export interface GroupUserRelationResponse {
  user_id: number;
  result: string;
  reason?: string;
}

export interface GroupAnnouncement {
  id: number;
  group_id: number;
  author: number;
  title: string;
  content: string;
  created_at: number;
}

export interface GroupInfoRequest {
  name: string;
  avatar?: string;
  description?: string;
  /** 0 private, 1 public, 2 chatroom. */
  type?: number;
  user_list?: number[];
}

export interface GroupBannedMemberRequest {
  group_id: number;
  user_list: number[];
  /** Minutes; -1: for ever. */
  duration: number;
}

export interface GroupBlockedListItem {
  user_id: number;
  group_id: number;
  create_at: string;
}

export interface GroupInvitation {
  group_id: number;
  inviter_id: number;
  invitee_id: number;
  reason?: string;
  /** 0 pending, 1 accepted, 2 declined. */
  status: number;
  expire_time: number;
  create_at: string;
}

export interface GroupApplication {
  group_id: number;
  applicant_id: number;
  reason?: string;
  expire_time: number;
  /** 0 pending, 1 accepted, 2 declined. */
  status: number;
}

export interface GroupSharedFile {
  file_id: number;
  group_id: number;
  name: string;
  /** Bytes. */
  size: number;
  type: string;
  uploader: number;
  url: string;
  created_at: number;
  updated_at: number;
}

export interface GroupSharedFileResponse {
  file_id: number;
  result: string;
  reason?: string;
}

export interface GroupBanAllResponse {
  /** Seconds since the epoch; -1: for ever. */
  ban_expire_time: number;
}

export interface FileUpload {
  upload_url: string;
  download_url: string;
  oss_body_param: Record<string, string>;
}

export interface FileUploadResult {
  url: string;
}

/** Called while a file goes up, with bytes sent and bytes in all. */
export type FileUploadProgress = (res: { loaded: number; total: number }) => void;

/** Ids are accepted as numbers and as decimal strings. */
export type Id = number | string;

export interface RosterMessage {
  /** The receiver. */
  uid: Id;
  /** At most 16 KB of UTF-8. */
  content?: string;
  /** Default: `text`. */
  type?: Exclude<ContentTypeName, 'rtc'>;
  /** An object is sent as its JSON; the receiver gets an object again. */
  ext?: StringOrObject;
  /** As `ext`. */
  attachment?: StringOrObject;
  /** Additive; as `ext`. */
  config?: StringOrObject;
}

export interface GroupMessage extends Omit<RosterMessage, 'uid'> {
  gid: Id;
  priority?: number;
}

export interface HistoryPage {
  /** The `sid` of the next page; 0 when there is nothing older. */
  next: number;
  /** Oldest first. */
  messages: Meta[];
}
