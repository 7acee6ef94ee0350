/** The documented data types, as REST carries them. A field without a value is left out; nothing is ever null. */

/** How someone may become a friend: at once, after consent, by answering a question, not at all. */
export type AuthMode = 0 | 1 | 2 | 3;

/** 0 friend, 1 deleted friend, 2 stranger, 3 blocked. */
export type Relation = 0 | 1 | 2 | 3;

export interface TokenGrant {
  user_id: number;
  /** Starts with a letter; opaque. */
  token: string;
  /** When the token ends, in ms since the epoch. */
  expire: number;
  store_token: string;
  access_key_secret: string;
  public_key: string;
  /** Always 0: payloads are not encrypted beyond TLS. */
  encrypt_type: number;
  push_token?: string;
}

export interface UserProfile {
  user_id: number;
  username: string;
  nick_name?: string;
  avatar?: string;
  description?: string;
  email?: string;
  mobile?: string;
  /** Everyone can read it. */
  public_info?: string;
  /** Only the user himself can read it. */
  private_info?: string;
}

export interface UserSettings {
  user_id: number;
  id: number;
  auth_mode: AuthMode;
  auth_question?: string;
  auth_answer?: string;
  auto_download: boolean;
  /** True: the user is asked before he is added to a group. */
  group_confirm: boolean;
  no_push: boolean;
  /** True: push messages hide the text. */
  no_push_detail: boolean;
  no_push_start_hour: number;
  no_push_end_hour: number;
  silence_start_time: number;
  silence_end_time: number;
  no_sounds: boolean;
  vibratory: boolean;
  push_nick_name?: string;
  push_token?: string;
}

export interface RosterItem {
  user_id: number;
  username: string;
  nick_name?: string;
  avatar?: string;
  alias?: string;
  ext?: string;
  description?: string;
  public_info?: string;
  auth_mode: AuthMode;
  auth_question?: string;
  mute_notification: boolean;
  relation: Relation;
}

export interface RosterApplication {
  /** Who applied. */
  user_id: number;
  reason?: string;
  /** 0 pending, 1 accepted, 2 declined. */
  status: 0 | 1 | 2;
  /** In ms since the epoch. */
  expired_time: number;
}

/** What a group is and how it behaves; `msg_mute_mode` and `msg_push_mode` are the asker's own. */
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
  /** Seconds since the epoch; 0 or past: nobody is banned, -1: for ever. */
  ban_expire_time: number;
  /** Whether new members can read what was written before they came. */
  history_visible: boolean;
  /** Whether members may invite. */
  member_invite: boolean;
  /** Whether members may change name, description, avatar, ext and announcements. */
  member_modify: boolean;
  /** Whether senders learn who read their messages. */
  read_ack: boolean;
  hide_member_info: boolean;
  /** 0 none, 1 no notifications, 2 no messages. */
  msg_mute_mode: number;
  /** 0 all, 1 none, 2 from admins or mentioning me, 3 from admins, 4 mentioning me. */
  msg_push_mode: number;
  /** Ms since the epoch. */
  created_at: number;
  /** Ms since the epoch. */
  updated_at: number;
  /** Members now. */
  count: number;
  /** Members at most. */
  capacity: number;
}

/** As `GroupInfoAndSettings`, in brief. */
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

/** What the list of groups gives: the brief, and ours besides, all of the group. */
export type GroupListDetail = BriefGroupInfoAndSettings & GroupInfoAndSettings;

export interface GroupMember {
  user_id: number;
  /** His card: what he is called in this group. */
  display_name?: string;
  /** Ms since the epoch. */
  join_time: number;
  avatar?: string;
  /** Of a banned member: until when, in ms since the epoch; -1: for ever. */
  expired_time?: number;
}

export interface GroupMemberBanned extends GroupMember {
  expired_time: number;
}

/** What a change came to for one of its users. */
export interface GroupUserRelationResponse {
  user_id: number;
  result: 'success' | 'fail';
  /** Why it failed: the text of the error table. */
  reason?: string;
}

export interface GroupAnnouncement {
  id: number;
  group_id: number;
  author: number;
  title: string;
  content: string;
  /** Ms since the epoch. */
  created_at: number;
}

export interface GroupBlockedListItem {
  user_id: number;
  group_id: number;
  /** ISO 8601. */
  create_at: string;
  /** The same under the name that REST documents. */
  created_at: string;
}

export interface GroupInvitation {
  group_id: number;
  inviter_id: number;
  invitee_id: number;
  reason?: string;
  /** 0 pending, 1 accepted, 2 declined. */
  status: 0 | 1 | 2;
  /** Ms since the epoch. */
  expire_time: number;
  /** The same under the name that REST documents. */
  expired_time: number;
  /** ISO 8601. */
  create_at: string;
  /** ISO 8601. */
  updated_at: string;
}

export interface GroupApplication {
  group_id: number;
  applicant_id: number;
  reason?: string;
  /** 0 pending, 1 accepted, 2 declined. */
  status: 0 | 1 | 2;
  /** Ms since the epoch. */
  expire_time: number;
  /** The same under the name that REST documents. */
  expired_time: number;
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
  /** Ms since the epoch. */
  created_at: number;
  /** Ms since the epoch. */
  updated_at: number;
}

/** Where to send a file, and where it will be. */
export interface FileUpload {
  /** Takes one multipart form with the field `file`; no other credential than the address itself. */
  upload_url: string;
  upload_method: 'POST';
  /** Absolute; `file_sign` (of an avatar `object_name`) is its last parameter. */
  download_url: string;
  /** More fields of the form, before the file. */
  oss_body_param: Record<string, string>;
  /** Ours: takes the same file by tus 1.0, which can be resumed. */
  resumable_url: string;
  /** Ours, where the store of files can be written to and the call named the file's `size`: takes the bare bytes by PUT. */
  direct_url?: string;
}

/** What is known of a file that was uploaded. */
export interface FileInfo {
  download_url: string;
  name: string;
  /** By its content. */
  type: string;
  /** Bytes. */
  size: number;
  /** Hexadecimal. */
  sha256: string;
  /** Of a picture or video as it is shown, in pixels. */
  width?: number;
  height?: number;
  /** A ThumbHash in base64: what to show of a picture or video until it is there. */
  placeholder?: string;
  /** Of a video, in seconds. */
  duration?: number;
}

/** A link that works without any credential beside it, for a short time. */
export interface FileLink {
  url: string;
  /** Ms since the epoch. */
  expires_at: number;
}

export interface GroupSharedFileResponse {
  file_id: number;
  result: 'success' | 'fail';
  reason?: string;
}

export interface GroupBanAllResponse {
  /** Seconds since the epoch; -1: for ever. */
  ban_expire_time: number;
}

/** An invitation to a group that a person can show to others. */
export interface GroupCode {
  qr_info: string;
  /** Ms since the epoch. */
  create_at: number;
  /** Ms since the epoch. */
  expire_at: number;
}

/** One install of a client. */
export interface Device {
  device_sn: number;
  /** 0 unknown, 1 iOS, 2 Android, 3 Windows, 4 macOS, 5 Linux, 6 web. */
  platform: number;
  user_agent: string;
  user_id: number;
  /** Ours: whether it is connected now. */
  online: boolean;
  /** Ours: when it was last here, in ms since the epoch. */
  seen_at: number;
}

/** A login that another device has to confirm. */
export interface LoginCode {
  qr_code: string;
  /** The same, as clients call it that show the code to WeChat. */
  qrcode_id: string;
  /** What a scanner opens. */
  url: string;
  /** Ms since the epoch. */
  expired: number;
}

/** What a confirmed login code gives, once; empty while it waits. */
export interface LoginCodeAnswer {
  user_id?: number;
  username?: string;
  /** Works for one login, a short time. */
  password?: string;
}

/** What a right code of a text message gives: what to log in with to whom the number belongs, or a sign to bind it to somebody. */
export interface MobileLogin {
  username?: string;
  /** Works for one login, a short time. */
  password?: string;
  /** Shows for a while that the number is whose client this is. Works once. */
  sign?: string;
}

export interface UserVerification {
  /** 1: the user has shown that a number is his; 0: not so. */
  status: 0 | 1;
  /** That number; empty where there is none. */
  mobile: string;
}

export interface AppConfig {
  hide_member_info: boolean;
  message_forward_max_user_num: number;
  message_forward_max_message_num: number;
  /** Ours: the largest file that the server takes, in bytes. An avatar may be smaller only. */
  file_bytes?: number;
}

/** Whom a support link leads to. */
export interface LinkInfo {
  app_id: string;
  uid: number;
  /** What the visitor is greeted with; may be empty, as `type`. */
  text: string;
  type: string;
}

/** A support link as the app's services see it. */
export interface SupportLink {
  link: string;
  user_id: number;
  text: string;
  type: string;
  /** Ms since the epoch. */
  created_at: number;
}

/** Shown to be scanned with WeChat. */
export interface OfficialAccountCode {
  qrcode_id: string;
  /** Of what is to be scanned. */
  url: string;
  /** Ms since the epoch. */
  expired: number;
}

/**
 * Who signed in with WeChat. A user to whom the open id is bound gets what to log in with, once; anybody else what he can bind it
 * with.
 */
export interface WeChatLogin {
  /** Stands for the open id for a few minutes, and is none. */
  openid?: string;
  user_id?: number;
  username?: string;
  /** Works for one login, a short time. */
  password?: string;
}

/** What whoever is there for visitors can be: a person, or one of two kinds of programs. */
export const staffSources = ['official', 'chatbot', 'clawchat'] as const;

export interface SupportStaff {
  user_id: number;
  username: string;
  nickname: string;
  avatar: string;
  source: (typeof staffSources)[number];
}

/** What became of one item of a batch. */
export interface BatchItem {
  user_id: number;
  success: boolean;
  reason?: string;
}

export interface BatchRegistration extends BatchItem {
  username: string;
}

export interface UserListItem {
  user_id: number;
  username: string;
  /** 0 normal, 1 banned. */
  status: 0 | 1;
}

/** A message as REST tells it. */
export interface SessionMessage {
  msg_id: number;
  from_xid: { uid: number; device_sn: number };
  to_xid: { uid: number; device_sn: number };
  ctype: 'TEXT' | 'IMAGE' | 'AUDIO' | 'VIDEO' | 'FILE' | 'LOCATION' | 'COMMAND' | 'FORWARD' | 'RTC';
  content: string;
  attachment: string;
  ext: string;
  config: string;
  status: 'UNREAD' | 'DELIVERED' | 'READ';
  /** Ms since the epoch. */
  timestamp: number;
}

export interface SessionMessages {
  /** The newest first. */
  messages: SessionMessage[];
  is_last: boolean;
  /** `msg_id_start` of the next page. */
  next_msg_id: number;
}

export interface UnreadItem {
  conversation_id: { uid: number };
  num: number;
}

/** A tenant as an operator sees it. */
export interface AppDetails {
  app_id: string;
  name: string;
  status: 'normal' | 'banned' | 'frozen' | 'revoked';
  open_registration: boolean;
  strangers_may_chat: boolean;
  /** Users at most; 0: as many as come. */
  user_limit: number;
  /** Bytes of all its files at most; 0: as many as the disk takes. */
  file_bytes_limit: number;
  /** Ms since the epoch; 0: never. */
  licence_expires_at: number;
  /** Users who were not deleted. */
  users: number;
  /** Bytes of all its files that are there. */
  file_bytes: number;
}

/** One endpoint of the service: `protocol://host[:port]`, with `path` where it is not the door's usual one. */
export interface ServiceHost {
  protocol: string;
  host: string;
  path?: string;
}

export interface DnsAnswer {
  version: number;
  app_status: 'normal' | 'banned' | 'frozen' | 'revoked';
  account_verification: { type: string; name: string; status: string };
  dns_list: {
    group_level: number;
    clusters: {
      ratel: ServiceHost[];
      webim: ServiceHost[];
      rtc: ServiceHost[];
      /** Our realtime door; deployed clients ignore it. */
      xsync: ServiceHost[];
    }[];
  }[];
  dns_server_list: { domain: string }[];
  link_server_list: { domain: string }[];
}

/** Every REST answer: HTTP 200, and `code` decides. Who asks too often is told so by HTTP 429, with the same body. */
export interface Envelope<T> {
  code: number;
  message?: string;
  /** Of a refusal: asking again sooner is in vain. The header `Retry-After` says it in whole seconds. */
  retry_after_ms?: number;
  data?: T;
  cursor?: string;
  version?: number;
  /** Of lists that come in pages: how many there are in all. */
  total?: number;
  /** Of a message that was sent to one target: its mid. */
  msg_ids?: number[];
}
