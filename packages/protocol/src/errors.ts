import { StatusCode } from './messages.ts';

/**
 * Every error that the server tells a client, in one table: the REST envelope's code, the realtime status, whether
 * trying again can help, and the default text. Texts marked `exact` are matched by deployed clients: never edit them.
 */
export const errors = {
  invalidParameter: { code: 10002, status: StatusCode.INVALID_PARAMETER, retryable: false, text: 'invalid request parameter' },
  tokenMissing: { code: 10003, status: StatusCode.INVALID_TOKEN, retryable: false, text: 'access-token is missing' },
  tokenInvalid: { code: 402, status: StatusCode.INVALID_TOKEN, retryable: false, text: 'access-token is invalid or expired' },
  tokenForeign: { code: 10008, status: StatusCode.INVALID_TOKEN, retryable: false, text: 'access-token is of another app' },
  /** exact: clients show "check user, password and app id". */
  loginRejected: { code: 402, status: StatusCode.INVALID_TOKEN, retryable: false, text: 'Operation rejected' },
  userFrozen: { code: 10010, status: StatusCode.USER_FROZEN, retryable: false, text: 'the account is disabled' },
  userNotFound: { code: 10000, status: StatusCode.INVALID_PARAMETER, retryable: false, text: 'the user does not exist' },
  userExists: { code: 10004, status: StatusCode.FAIL, retryable: false, text: 'the username is taken' },
  /** The answer to asking whether a name is free. */
  usernameTaken: { code: 11011, status: StatusCode.FAIL, retryable: false, text: 'the username is taken' },
  mobileTaken: { code: 11012, status: StatusCode.FAIL, retryable: false, text: 'the mobile number belongs to another account' },
  hasAnotherMobile: { code: 10010, status: StatusCode.FAIL, retryable: false, text: 'the account has another mobile number, which has to be changed by a code' },
  /** Clients show these two word for word, so they name the rule and not the parameter. */
  usernameRefused: { code: 10002, status: StatusCode.INVALID_PARAMETER, retryable: false, text: 'username' },
  passwordRefused: { code: 10002, status: StatusCode.INVALID_PARAMETER, retryable: false, text: 'password' },
  userDeleted: { code: 10021, status: StatusCode.INVALID_PARAMETER, retryable: false, text: 'the user was deleted' },
  wrongPassword: { code: 11001, status: StatusCode.FAIL, retryable: false, text: 'the password is wrong' },
  alreadyFriends: { code: 10005, status: StatusCode.FAIL, retryable: false, text: 'the user is already in the roster' },
  blocked: { code: 10006, status: StatusCode.FAIL, retryable: false, text: 'the user is blocked' },
  rosterFull: { code: 10010, status: StatusCode.FAIL, retryable: false, text: 'the roster is full' },
  applicationMissing: { code: 10007, status: StatusCode.FAIL, retryable: false, text: 'the application does not exist or has expired' },
  applicationRefused: { code: 10012, status: StatusCode.FAIL, retryable: false, text: 'the user accepts no applications' },
  wrongAnswer: { code: 10002, status: StatusCode.FAIL, retryable: false, text: 'wrong answer' },
  noPermission: { code: 10010, status: StatusCode.FAIL, retryable: false, text: 'no permission' },
  tooManyAttempts: { code: 10028, status: StatusCode.RATE_LIMIT_EXCEEDED, retryable: true, text: 'too many attempts, try again later' },
  /** Of all kinds, by one user or from one address; told before anything is read. */
  tooManyRequests: { code: 10028, status: StatusCode.RATE_LIMIT_EXCEEDED, retryable: true, text: 'too many requests, try again later' },
  database: { code: 20000, status: StatusCode.FAIL, retryable: true, text: 'the server could not store or read data' },
  storageFull: { code: 20000, status: StatusCode.FAIL, retryable: true, text: 'the server has no room to store data' },
  /** A fault of the server; its log says which. */
  internal: { code: 20000, status: StatusCode.FAIL, retryable: true, text: 'the server failed, try again later' },
  busy: { code: 20000, status: StatusCode.RATE_LIMIT_EXCEEDED, retryable: true, text: 'the server is busy, try again later' },
  appNotFound: { code: 40000, status: StatusCode.INVALID_PARAMETER, retryable: false, text: 'app_id does not exist' },
  appUnknownToDns: { code: 99997, status: StatusCode.INVALID_PARAMETER, retryable: false, text: 'app_id does not exist' },
  appNotNormal: { code: 40003, status: StatusCode.APP_FROZEN, retryable: false, text: 'the app is not in normal state' },
  registrationClosed: { code: 40001, status: StatusCode.FAIL, retryable: false, text: 'open registration is disabled' },
  captchaWrong: { code: 11014, status: StatusCode.FAIL, retryable: false, text: 'the answer to the picture is wrong or too old' },
  smsCodeWrong: { code: 10001, status: StatusCode.FAIL, retryable: false, text: 'the code of the text message is wrong or too old' },
  mobileVerifiedTooOften: { code: 11031, status: StatusCode.FAIL, retryable: false, text: 'too many accounts are verified with this mobile number' },
  /** Asked again and again until somebody has scanned the code. */
  scanPending: { code: 11022, status: StatusCode.FAIL, retryable: true, text: 'the code was not scanned yet' },
  /** exact code: clients hide what a server does not offer. The detail says what it is. */
  notAvailable: { code: 404, status: StatusCode.UNKNOWN_COMMAND, retryable: false, text: 'not available on this server' },
  endpointUnknown: { code: 404, status: StatusCode.UNKNOWN_COMMAND, retryable: false, text: 'the endpoint does not exist' },
  tooLarge: { code: 10002, status: StatusCode.INVALID_PARAMETER, retryable: false, text: 'invalid request parameter: too large' },
  licenceInvalid: { code: 30021, status: StatusCode.INVALID_LICENSE, retryable: false, text: 'the app has no valid licence' },
  licenceExpired: { code: 30022, status: StatusCode.INVALID_LICENSE, retryable: false, text: 'the licence of the app has expired' },
  licenceExceeded: { code: 30023, status: StatusCode.LICENSE_LIMIT, retryable: false, text: 'the app has more users than its licence allows' },
  groupNotFound: { code: 20001, status: StatusCode.INVALID_PARAMETER, retryable: false, text: 'the group does not exist' },
  notGroupMember: { code: 20002, status: StatusCode.FAIL, retryable: false, text: 'the user is not in the group' },
  pushModeUnknown: { code: 20003, status: StatusCode.INVALID_PARAMETER, retryable: false, text: 'msg_push_mode is unknown' },
  ownerCannotLeave: { code: 20004, status: StatusCode.FAIL, retryable: false, text: 'the owner cannot leave the group' },
  transferNotAllowed: { code: 20005, status: StatusCode.FAIL, retryable: false, text: 'the new owner is not in the group' },
  groupsCreatedLimit: { code: 20008, status: StatusCode.FAIL, retryable: false, text: 'the user has created too many groups' },
  groupsJoinedLimit: { code: 20009, status: StatusCode.FAIL, retryable: false, text: 'the user is in too many groups' },
  groupFull: { code: 20010, status: StatusCode.FAIL, retryable: false, text: 'the group is full' },
  memberRequired: { code: 20011, status: StatusCode.FAIL, retryable: false, text: 'only members of the group may do this' },
  adminRequired: { code: 20012, status: StatusCode.FAIL, retryable: false, text: 'only administrators of the group may do this' },
  ownerRequired: { code: 20013, status: StatusCode.FAIL, retryable: false, text: 'only the owner of the group may do this' },
  groupApplicationClosed: { code: 20014, status: StatusCode.FAIL, retryable: false, text: 'the application does not exist, has expired or was handled' },
  groupInvitationClosed: { code: 20015, status: StatusCode.FAIL, retryable: false, text: 'the invitation does not exist, has expired or was handled' },
  kickedTooOften: { code: 20016, status: StatusCode.FAIL, retryable: false, text: 'the user was removed too often to come back' },
  alreadyGroupMember: { code: 20017, status: StatusCode.FAIL, retryable: false, text: 'the user is in the group already' },
  blockedByGroup: { code: 20018, status: StatusCode.FAIL, retryable: false, text: 'the user is blocked by the group' },
  groupRefusesApplications: { code: 10010, status: StatusCode.FAIL, retryable: false, text: 'the group accepts no applications' },
  /** Told to the sender of a message, by realtime. */
  groupBanned: { code: 10010, status: StatusCode.USER_BANNED, retryable: false, text: 'you are banned from sending to this group' },
  announcementNotFound: { code: 20020, status: StatusCode.INVALID_PARAMETER, retryable: false, text: 'the announcement does not exist' },
  sharedFileNotFound: { code: 20022, status: StatusCode.INVALID_PARAMETER, retryable: false, text: 'the shared file does not exist' },
  sharedFileForeign: { code: 20023, status: StatusCode.FAIL, retryable: false, text: 'only who shared the file, or an administrator, may do this' },
  fileNotFound: { code: 10002, status: StatusCode.INVALID_PARAMETER, retryable: false, text: 'the file does not exist' },
  fileForbidden: { code: 10010, status: StatusCode.FAIL, retryable: false, text: 'you may not read this file' },
  fileEmpty: { code: 10002, status: StatusCode.INVALID_PARAMETER, retryable: false, text: 'the file is empty' },
  fileTooLarge: { code: 10002, status: StatusCode.INVALID_PARAMETER, retryable: false, text: 'the file is too large' },
  /** An avatar that is no picture. */
  fileTypeRefused: { code: 10002, status: StatusCode.INVALID_PARAMETER, retryable: false, text: 'the file is of the wrong kind' },
  /** For the user, or for his app: the detail says which. */
  fileQuotaExceeded: { code: 10010, status: StatusCode.FAIL, retryable: false, text: 'there is no room for more files' },
  uploadInvalid: { code: 10002, status: StatusCode.INVALID_PARAMETER, retryable: false, text: 'the upload address is not valid or has expired' },
  /** Something else was uploaded to the same address before. */
  uploadConflict: { code: 10010, status: StatusCode.FAIL, retryable: false, text: 'the upload address was used for another file' },
  uploadIncomplete: { code: 10002, status: StatusCode.FAIL, retryable: true, text: 'the file did not arrive whole' },
  tooManyUploads: { code: 10028, status: StatusCode.RATE_LIMIT_EXCEEDED, retryable: true, text: 'too many uploads at the same time' },
  groupCodeInvalid: { code: 20024, status: StatusCode.INVALID_PARAMETER, retryable: false, text: 'the invitation code is not valid' },
  groupCodeExpired: { code: 20025, status: StatusCode.FAIL, retryable: false, text: 'the invitation code has expired' },
  /** A list of the group, its announcements or files would grow too long. */
  groupListFull: { code: 10010, status: StatusCode.FAIL, retryable: false, text: 'the group has too many of these' },
  loginCodeInvalid: { code: 10002, status: StatusCode.INVALID_PARAMETER, retryable: false, text: 'the login code is not valid or has expired' },
  linkNotFound: { code: 10002, status: StatusCode.INVALID_PARAMETER, retryable: false, text: 'the link does not exist' },
  /** The app has as many as it may. */
  tooManyLinks: { code: 10010, status: StatusCode.FAIL, retryable: false, text: 'the app has too many links' },
  /** Nobody signed in with it here, or too long ago. */
  openIdUnknown: { code: 10002, status: StatusCode.INVALID_PARAMETER, retryable: false, text: 'open_id is of nobody who has just signed in with WeChat' },
  openIdBound: { code: 10011, status: StatusCode.FAIL, retryable: false, text: 'the user or the WeChat account is bound already' },
  openIdNotBound: { code: 10010, status: StatusCode.FAIL, retryable: false, text: 'no WeChat account is bound' },
  editForeign: { code: 10010, status: StatusCode.FAIL, retryable: false, text: 'only the sender can change a message' },
  /** exact */
  recallTooLate: { code: 10010, status: StatusCode.FAIL, retryable: false, text: 'exceed recall time limit' },
  recallForeign: { code: 10010, status: StatusCode.FAIL, retryable: false, text: 'only the sender can recall a message' },
  messageNotFound: { code: 10002, status: StatusCode.INVALID_PARAMETER, retryable: false, text: 'the message does not exist' },
  ownNeverUnread: { code: 10002, status: StatusCode.INVALID_PARAMETER, retryable: false, text: 'own messages are never unread' },
  conversationNotFound: { code: 10002, status: StatusCode.INVALID_PARAMETER, retryable: false, text: 'the conversation does not exist' },
  /** exact */
  blockedByRecipient: { code: 10006, status: StatusCode.FAIL, retryable: false, text: 'you have been blocked by the recipient' },
  /** exact */
  strangersNotAllowed: { code: 10010, status: StatusCode.FAIL, retryable: false, text: 'your relation with target does not allow chat' },
  /** exact: makes clients log in again by themselves. */
  loginFirst: { code: 402, status: StatusCode.UNAUTHORIZED, retryable: false, text: 'you must login first' },
  clientMidReused: { code: 10002, status: StatusCode.INVALID_PARAMETER, retryable: false, text: 'the client mid was used for another message' },
  rateLimited: { code: 10028, status: StatusCode.RATE_LIMIT_EXCEEDED, retryable: true, text: 'too many messages, slow down' },
  tooManyDevices: { code: 10010, status: StatusCode.TOO_MANY_DEVICES, retryable: false, text: 'too many devices are signed in' },
  unknownCommand: { code: 10002, status: StatusCode.UNKNOWN_COMMAND, retryable: false, text: 'unknown command' },
  malformedFrame: { code: 10002, status: StatusCode.PB_PARSER_ERROR, retryable: false, text: 'the frame cannot be read' },
  encryptionUnsupported: { code: 10002, status: StatusCode.ENCRYPT_METHOD_UNSUPPORTED, retryable: false, text: 'encrypted payloads are not supported' },
} as const satisfies Record<string, ErrorEntry>;

export interface ErrorEntry {
  /** `code` of the REST envelope. */
  code: number;
  /** `Status.code` of a realtime answer. */
  status: StatusCode;
  /** Whether the same request may succeed later. */
  retryable: boolean;
  text: string;
}

export type ErrorName = keyof typeof errors;

/** The success code of the REST envelope. */
export const okCode = 200;
