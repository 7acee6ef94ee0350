import { StatusCode } from './messages.ts';

/**
 * Every error that the server tells a client, in one table: the REST envelope's code, the realtime status, whether
 * trying again can help, and the default text. Texts marked `exact` are matched by deployed clients: never edit them.
 */
export const errors = {
  invalidParameter: { code: 10002, status: StatusCode.INVALID_PARAMETER, retryable: false, text: 'invalid request parameter' },
  tokenMissing: { code: 10003, status: StatusCode.INVALID_TOKEN, retryable: false, text: 'access-token is missing' },
  tokenInvalid: { code: 402, status: StatusCode.INVALID_TOKEN, retryable: false, text: 'access-token is invalid or expired' },
  tokenForeign: { code: 10008, status: StatusCode.INVALID_TOKEN, retryable: false, text: 'access-token is malformed or of another app' },
  /** exact: clients show "check user, password and app id". */
  loginRejected: { code: 402, status: StatusCode.INVALID_TOKEN, retryable: false, text: 'Operation rejected' },
  userFrozen: { code: 10010, status: StatusCode.USER_FROZEN, retryable: false, text: 'the account is disabled' },
  userNotFound: { code: 10000, status: StatusCode.INVALID_PARAMETER, retryable: false, text: 'the user does not exist' },
  userExists: { code: 10004, status: StatusCode.FAIL, retryable: false, text: 'the username is taken' },
  /** The answer to asking whether a name is free. */
  usernameTaken: { code: 11011, status: StatusCode.FAIL, retryable: false, text: 'the username is taken' },
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
  database: { code: 20000, status: StatusCode.FAIL, retryable: true, text: 'the server could not store or read data' },
  storageFull: { code: 20000, status: StatusCode.FAIL, retryable: true, text: 'the server has no room to store data' },
  /** A fault of the server; its log says which. */
  internal: { code: 20000, status: StatusCode.FAIL, retryable: true, text: 'the server failed, try again later' },
  busy: { code: 20000, status: StatusCode.RATE_LIMIT_EXCEEDED, retryable: true, text: 'the server is busy, try again later' },
  appNotFound: { code: 40000, status: StatusCode.INVALID_PARAMETER, retryable: false, text: 'app_id does not exist' },
  appUnknownToDns: { code: 99997, status: StatusCode.INVALID_PARAMETER, retryable: false, text: 'app_id does not exist' },
  appNotNormal: { code: 40003, status: StatusCode.APP_FROZEN, retryable: false, text: 'the app is not in normal state' },
  registrationClosed: { code: 40001, status: StatusCode.FAIL, retryable: false, text: 'open registration is disabled' },
  endpointUnknown: { code: 404, status: StatusCode.UNKNOWN_COMMAND, retryable: false, text: 'the endpoint does not exist' },
  notAvailableYet: { code: 404, status: StatusCode.UNKNOWN_COMMAND, retryable: false, text: 'not available yet' },
  tooLarge: { code: 10002, status: StatusCode.INVALID_PARAMETER, retryable: false, text: 'invalid request parameter: too large' },
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
