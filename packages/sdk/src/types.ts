export type {
  AppConfig,
  BriefGroupInfoAndSettings,
  Device,
  FileLink,
  FileUpload,
  GroupAction,
  GroupAnnouncement,
  GroupApplication,
  GroupBanAllResponse,
  GroupBlockedListItem,
  GroupCode,
  GroupInfoAndSettings,
  GroupInvitation,
  GroupListDetail,
  GroupMember,
  GroupMemberBanned,
  GroupRole,
  GroupSharedFile,
  GroupSharedFileResponse,
  GroupUserRelationResponse,
  RosterApplication,
  RosterItem,
  UserProfile,
  UserSettings,
} from '@flooim/protocol';

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
  /** Additive, on messages whose sender changed them. Decimal string: ms since the epoch on the server's clock, the last time. */
  edited?: string;
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
  /** Additive: an unread message mentions the user. */
  mentioned: boolean;
  /** Additive: the user pinned it, on whichever device. */
  pinned: boolean;
  /** Additive: what the user began to write, on whichever device; empty when nothing. */
  draft: string;
}

/** What a group notice says. */
export type GroupNoticeName =
  | 'created'
  | 'destroyed'
  | 'joined'
  | 'leaved'
  | 'applyed'
  | 'apply_accepted'
  | 'apply_declined'
  | 'invited'
  | 'invite_accepted'
  | 'invite_declined'
  | 'kicked'
  | 'blocked'
  | 'unblocked'
  | 'owner_assigned'
  | 'admin_granted'
  | 'admin_revoked'
  | 'muted'
  | 'unmuted'
  | 'banned'
  | 'unbanned'
  | 'info_updated'
  | 'announcement_updated'
  | 'message_setting'
  | 'file_uploaded'
  | 'file_deleted'
  | 'file_updated'
  | 'presence'
  | 'absence'
  | 'unknown';

/** What the events of groups carry: who did what to whom. */
export interface GroupNoticeMeta {
  id: string;
  /** Decimal string: who acted, or came or left by himself. */
  from: string;
  /** Decimal string: the group. */
  to: string;
  /**
   * By `type`: the reason of an application, an invitation, a refusal or a removal; how many minutes somebody is banned, -1 for
   * ever; what changed, as JSON: `{"property":"name","name":"..."}`, the announcement or the shared file.
   */
  content: string;
  type: GroupNoticeName;
  /** As in a message's `Meta`; a notice has none. */
  ext: '';
  config: '';
  attach: '';
  status: 0;
  /** Decimal string: ms since the epoch on the server's clock. */
  timestamp: string;
  toType: 'group';
  /** Additive: the group. */
  groupId: number;
  /** Additive: who is concerned, such as those who were invited, removed or banned. */
  toUids: number[];
  /** Additive: the ban holds for all but owner and administrators, or does no more. */
  all?: true;
}

export interface GroupInfoRequest {
  name: string;
  avatar?: string;
  description?: string;
  /** 0 private (default), 1 public, 2 chatroom. */
  type?: number;
  /** Who is invited. */
  user_list?: number[];
}

export interface GroupBannedMemberRequest {
  group_id: number;
  user_list: number[];
  /** Minutes; -1: for ever. */
  duration: number;
}

/** What kind of file it is; the `share` ones go into a group's list of files. `audio` is AMR. */
export type FileTypeName =
  | 'file'
  | 'audio'
  | 'image'
  | 'video'
  | 'audio-mp3'
  | 'shareFile'
  | 'shareAudio'
  | 'shareImage'
  | 'shareVideo';

/** Called while a file goes up, with bytes sent and bytes in all: never less than before, all of them before it resolves. */
export type FileUploadProgress = (res: { loaded: number; total: number }) => void;

/** A file to upload, and what for. */
export interface FileUploadParam {
  /** Not empty. At most what the server allows, usually 100 MB; an avatar is a picture of at most 5 MB. */
  file: Blob;
  /** Of a chat file. Default: `file`. */
  fileType?: FileTypeName;
  toType: 'rosterAvatar' | 'chat' | 'groupAvatar';
  /** Of a chat file: the user or group that it is for. */
  to_id?: Id;
  /** Of a group's avatar. */
  group_id?: Id;
  /** As the documentation spells it. */
  group_d?: Id;
  /** What `to_id` is. Default: `roster`, and `group` for files that are shared. */
  chatType?: 'roster' | 'group';
  /** One that throws is reported by `flooError` `LISTENER` and stops nothing. */
  processCallback?: FileUploadProgress;
  /** Additive: ends the upload. */
  signal?: AbortSignal;
  /** Additive: what the file is called. Default: its own name, where it is a `File`. */
  name?: string;
}

/** What `getImage` takes. */
export interface ImageParam {
  /** A user's or a group's, as its profile or info tells it; none gives `sdefault`. */
  avatar?: string;
  /** Whose it is; the default image is the caller's to choose. */
  type?: 'roster' | 'group';
  /** The small picture instead of the whole. Default: true. */
  thumbnail?: boolean;
  /** What is given where there is no picture that can be shown. Default: an empty string. */
  sdefault?: string;
}

/** Additive: what `getFileUrl` takes. */
export interface FileUrlParam {
  /** As an attachment or the list of a group tells it. */
  url: string;
  /** The file itself (default), the small picture of it, or a picture out of the video. */
  kind?: 'file' | 'thumbnail' | 'cover';
  /** Browsers save it instead of showing it. */
  save?: boolean;
}

export interface FileUploadResult {
  /** For a message's attachment, an avatar or the list of a group: opens with `getFileUrl` or `getImage` alone. */
  url: string;
  /** Additive. */
  name: string;
  /** Additive: the media type that its content has. */
  type: string;
  /** Additive: bytes. */
  size: number;
  /** Additive: in hexadecimal; a server of another make does not tell it, nor what follows. */
  sha256?: string;
  /** Additive: of a picture or a video as it is shown, in pixels. */
  width?: number;
  height?: number;
  /** Additive: a ThumbHash in base64, to show until the picture is there. */
  placeholder?: string;
  /** Additive: of a video, in seconds. */
  duration?: number;
}

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
  /** In a chatroom: 0 (default) reaches everybody; the larger, at most 10, the sooner it gives way where much is said. */
  priority?: number;
}

/** A message to a group that calls members. */
export interface MentionMessage {
  gid: Id;
  /** What it says. */
  txt: string;
  mentionAll?: boolean;
  mentionList?: Id[];
  /** What those who are mentioned see in a push. */
  mentionedMessage?: string;
  /** What the others see in a push. */
  pushMessage?: string;
  senderNickname?: string;
}

/** A conversation: exactly one of the two. */
export interface ConversationRef {
  /** The other user. */
  uid?: Id;
  /** The group. */
  gid?: Id;
}

/** Additive: a change of an own message. */
export interface MessageEdit extends ConversationRef {
  mid: Id;
  /** Appending: what is added. Replacing: what it says from now on; empty or left out: as before. */
  content?: string;
  /** Of JSON objects only what is given changes, deeply; any other text takes the place of the old one. */
  config?: StringOrObject;
  /** As `config`. */
  ext?: StringOrObject;
}

/** Additive: what the server acknowledged; it is on disk there. */
export interface SentMessage {
  /** What the call without a promise returns. */
  clientMid: number;
  /** Decimal string: the message's mid, of the one that was sent or that was changed. */
  mid: string;
  /** Decimal string: when the server took it, in ms since the epoch on its clock. Of an edit, the message's `edited`. */
  timestamp: string;
}

/** Additive: what a device shows to be let in by another one. */
export interface LoginCode {
  /** For `waitForLoginCode` here, and `asyncConfirmLoginCode` there. */
  code: string;
  /** What a scanner opens. */
  url: string;
  /** Ms since the epoch, on the server's clock. */
  expires: number;
}

export interface HistoryPage {
  /** The `sid` of the next page; 0 when there is nothing older. */
  next: number;
  /** Oldest first. */
  messages: Meta[];
}
