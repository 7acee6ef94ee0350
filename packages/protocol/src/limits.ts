/** Every limit of the protocol, each with its unit. The server enforces them; clients read them before they send. */
export const limits = {
  /** Message text, in UTF-8 bytes. */
  contentBytes: 16 * 1024,
  /** A message's `ext`, in UTF-8 bytes. */
  extBytes: 16 * 1024,
  /** A message's `config`, in UTF-8 bytes. */
  configBytes: 4 * 1024,
  /** A message's `attachment`, in UTF-8 bytes. */
  attachmentBytes: 4 * 1024,
  /** A message body as it is stored: all fields together. */
  payloadBytes: 48 * 1024,
  /** The text that tells of typing, in UTF-8 bytes. */
  typingBytes: 1024,
  /** One frame as it travels. */
  frameBytes: 64 * 1024,
  /** One frame's payload after inflation. */
  inflatedFrameBytes: 1024 * 1024,
  /** A REST request's body. */
  requestBytes: 256 * 1024,
  /** Queued towards one session before eager pushes stop and the device pulls. */
  outboxBytes: 1024 * 1024,
  /** Frames received from one session and not handled yet, before its socket is paused. */
  inboundFrames: 64,
  /** Devices that one user may have; the one longest away makes room for a new one. */
  devicesPerUser: 10,
  /** Messages and operations a user may send each second, over all devices. */
  messagesPerSec: 20,
  /** How many of them may come at once. */
  messageBurst: 60,
  /** Pulls, history pages and the like each second; the unread list counts as many. */
  readsPerSec: 500,
  /** How many of them may come at once. */
  readBurst: 1000,
  /** From the open socket to an accepted Provision. */
  provisionTimeoutMs: 10_000,
  /** A socket from which nothing came for this long is closed. */
  idleTimeoutMs: 120_000,
  /** How often a client shows that it is alive. */
  heartbeatMs: 50_000,
  /** Messages in one history page. */
  historyPage: 200,
  /** Entries in one pull. */
  pullPage: 200,
  /** Entries of a conversation that a device new to the user pulls by itself, read or not; older ones are history. */
  newDeviceEntries: 100,
  /** As many it pulls where the user has not read them. */
  newDeviceUnread: 1000,
  /** How long after sending a message can be recalled. */
  recallWindowMs: 5 * 60_000,
  /** Members of a group, unless the server was told otherwise. */
  groupMembers: 2000,
  /** The most that a server can be told. */
  groupMembersMax: 10_000,
  /** Admins of one group, besides the owner: all of them hear of every application. */
  groupAdmins: 100,
  groupsCreated: 100,
  groupsJoined: 1000,
  groupNameChars: 64,
  /** A group's `ext`. */
  groupExtChars: 4096,
  /** Announcements and shared files of one group. */
  groupListItems: 1000,
  announcementTitleChars: 128,
  announcementChars: 4096,
  fileNameChars: 255,
  /** A file, unless the server was told otherwise, and what it can be told at most. */
  fileBytes: 100 * 1024 * 1024,
  fileBytesMax: 5 * 1024 * 1024 * 1024,
  avatarBytes: 5 * 1024 * 1024,
  /** Uploads of one user that are under way at the same time. */
  uploadsPerUser: 16,
  /** How long an upload's address works, and how long an upload that was cut can be resumed. */
  uploadTtlMs: 24 * 3600_000,
  /** How long a file is kept that no message, avatar or list of a group refers to yet. */
  unusedFileTtlMs: 7 * 24 * 3600_000,
  /** How long a signed link to a file works. */
  fileLinkTtlMs: 10 * 60_000,
  /** Files that one message refers to; it may name more, which it does not keep. */
  filesPerMessage: 16,
  /** Who was removed from a group more often than this does not come back. */
  groupKicks: 3,
  /** The longest ban that is not for ever, in minutes: ten years. */
  banMinutes: 10 * 366 * 24 * 60,
  /** How long an invitation code of a group works. */
  groupCodeTtlMs: 7 * 24 * 3600_000,
  /** How long a login code works, and the password that comes of it. */
  loginCodeTtlMs: 2 * 60_000,
  /** A text that is left for another page of the user's, and how long it is kept at most. */
  secretChars: 2048,
  secretTtlMs: 10 * 60_000,
  /** How long a code works that WeChat is to scan, and how long an open id that WeChat told of can be bound. */
  weChatTtlMs: 5 * 60_000,
  openIdChars: 128,
  /** Support links of one app. */
  supportLinks: 1000,
  linkTextChars: 2000,
  pushTokenChars: 512,
  pushNotifierChars: 128,
  /** A tag, or an alias; and the tags of one user. */
  pushTagChars: 64,
  pushTags: 100,
  /** How long a picture is there to be read; deployed clients show another after three minutes. */
  captchaTtlMs: 210_000,
  /** How long the code of a text message works, how often it can be tried, and when a number gets another one. */
  smsCodeTtlMs: 5 * 60_000,
  smsCodeTries: 5,
  smsEveryMs: 60_000,
  /** How long it is remembered that somebody has shown whose number or account it is. */
  mobileSignTtlMs: 15 * 60_000,
  /** Accounts of one app that one number verifies. */
  accountsPerMobile: 5,
  /** A draft of a message that waits in a conversation. */
  draftChars: 2000,
  /** Targets of one message that is sent over REST. */
  messageTargets: 500,
  /** Items of one batch over REST. */
  batchItems: 500,
  /** How long an application, to a user or a group, or an invitation stays open. */
  applicationTtlMs: 7 * 24 * 3600_000,
  /** A token's life. */
  tokenTtlMs: 30 * 24 * 3600_000,
  usernameChars: 64,
  passwordMinChars: 8,
  passwordMaxChars: 128,
  nicknameChars: 64,
  descriptionChars: 512,
  /** `public_info`, `private_info`, a roster item's `ext`. */
  infoChars: 4096,
  reasonChars: 256,
  questionChars: 256,
  urlChars: 2048,
  deviceGuidChars: 128,
  /** Friends of one user, and ids in one list of a request. */
  rosterSize: 5000,
} as const;

/** The largest id: ids and mids pass through JavaScript numbers. */
export const maxId = Number.MAX_SAFE_INTEGER;
