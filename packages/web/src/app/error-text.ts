import { errors } from '@flooim/protocol';
import { FlooError, type FlooErrorCode } from 'flooim';
import { type TextKey, t } from '../i18n/i18n.ts';

/** The errors that a person can meet, under names that end the keys of their texts: `error.<name>`. */
type ServerError = keyof typeof errors;
type KnownError = Extract<TextKey, `error.${string}`> extends `error.${infer Name}` ? Name : never;

const byCode: Partial<Record<FlooErrorCode, KnownError>> = {
  LOGIN_REJECTED: 'loginRejected',
  TOKEN_INVALID: 'tokenInvalid',
  NOT_LOGGED_IN: 'tokenInvalid',
  USER_FROZEN: 'userFrozen',
  USER_BANNED: 'userFrozen',
  APP_FROZEN: 'appNotNormal',
  LICENSE: 'appNotNormal',
  TOO_MANY_DEVICES: 'tooManyDevices',
  NETWORK: 'network',
  DNS_FAILED: 'network',
  TIMEOUT: 'network',
};

/** Server errors in the words of another one, where a person would do the same about them. */
const sameAs: Partial<Record<ServerError, KnownError>> = {
  appUnknownToDns: 'appNotFound',
  tokenMissing: 'tokenInvalid',
  tokenForeign: 'tokenInvalid',
  loginFirst: 'tokenInvalid',
  userDeleted: 'userNotFound',
  licenceInvalid: 'appNotNormal',
  pushModeUnknown: 'invalidParameter',
  transferNotAllowed: 'notGroupMember',
  groupApplicationClosed: 'applicationMissing',
  uploadConflict: 'uploadInvalid',
  linkNotFound: 'invalidParameter',
  tooManyLinks: 'invalidParameter',
  openIdUnknown: 'invalidParameter',
  openIdBound: 'invalidParameter',
  openIdNotBound: 'invalidParameter',
  database: 'busy',
  internal: 'busy',
};

/** Codes that one error alone has; the others (10002, 10010, …) only the text tells apart. */
const byServerCode: Record<number, KnownError> = {
  10000: 'userNotFound',
  10001: 'smsCodeWrong',
  10004: 'userExists',
  10005: 'alreadyFriends',
  10006: 'blocked',
  10007: 'applicationMissing',
  10012: 'applicationRefused',
  10021: 'userNotFound',
  10028: 'tooManyAttempts',
  11001: 'wrongPassword',
  11011: 'userExists',
  11012: 'mobileTaken',
  11014: 'captchaWrong',
  11022: 'scanPending',
  11031: 'mobileVerifiedTooOften',
  20000: 'busy',
  20001: 'groupNotFound',
  20002: 'notGroupMember',
  20003: 'invalidParameter',
  20004: 'ownerCannotLeave',
  20005: 'notGroupMember',
  20008: 'groupsCreatedLimit',
  20009: 'groupsJoinedLimit',
  20010: 'groupFull',
  20011: 'memberRequired',
  20012: 'adminRequired',
  20013: 'ownerRequired',
  20014: 'applicationMissing',
  20015: 'groupInvitationClosed',
  20016: 'kickedTooOften',
  20017: 'alreadyGroupMember',
  20018: 'blockedByGroup',
  20020: 'announcementNotFound',
  20022: 'sharedFileNotFound',
  20023: 'sharedFileForeign',
  20024: 'groupCodeInvalid',
  20025: 'groupCodeExpired',
  30021: 'appNotNormal',
  30022: 'licenceExpired',
  30023: 'licenceExceeded',
  40000: 'appNotFound',
  40001: 'registrationClosed',
  40003: 'appNotNormal',
  99997: 'appNotFound',
};

function isKnown(name: string): name is KnownError {
  return t(`error.${name}` as TextKey) !== `error.${name}`;
}

/** Longest first: `the username is taken` holds `username` too, which says something else. */
const byLength = Object.entries(errors).sort(([, a], [, b]) => b.text.length - a.text.length);

/** The error that a server's text stands for; the table ties text and name. */
function nameOfReason(reason: string): KnownError | null {
  const name = byLength.find(([, { text }]) => reason.includes(text))?.[0];
  if (!name) return null;
  const known = sameAs[name as ServerError] ?? name;
  return isKnown(known) ? known : null;
}

/** Codes under which the server refuses for more reasons than one. */
const spoken: ReadonlySet<FlooErrorCode> = new Set(['REJECTED', 'INVALID_PARAMETER', 'RATE_LIMITED']);

export function errorName(error: unknown): KnownError {
  if (!(error instanceof FlooError)) return 'unknown';
  const byText = nameOfReason(error.message);
  if (spoken.has(error.code)) {
    return byText ?? byServerCode[error.serverCode ?? 0] ?? 'unknown';
  }
  return byCode[error.code] ?? byText ?? 'unknown';
}

/** What happened and what to do, in the present language. */
export function errorText(error: unknown): string {
  return t(`error.${errorName(error)}`);
}

/** The same for a reason that the server gave: why a message failed, or what a call came to for one of its users. */
export function reasonText(reason: string, otherwise: KnownError = 'notSent'): string {
  return t(`error.${nameOfReason(reason) ?? otherwise}`);
}
