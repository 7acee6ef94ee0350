import { type ErrorEntry, type ErrorName, errors, okCode, type Status, StatusCode } from '@flooim/protocol';

/**
 * Who calls. The table's columns, in this order; `columns` groups them as rows are written.
 *
 * - `nobody` has no token; `ended` owned the group and had a token, which was revoked; `foreign` shows the token of another app.
 * - `otherApp` is a user of another app, in his own app.
 * - `stranger`, `friend` and `blocked` are that to the target, and not in the group. In this app strangers may not talk.
 * - `former` was in the group; `banned` is in it and may not send. Those in the group are strangers to the target.
 * - `service` has the app's admin token and acts for no user, `operator` the server's, `otherService` another app's, in that app.
 */
export const columns = [
  ['nobody', 'ended', 'foreign'],
  ['otherApp'],
  ['stranger', 'friend', 'blocked'],
  ['former', 'member', 'banned', 'admin', 'owner'],
  ['service', 'operator', 'otherService'],
] as const;

export type Role = (typeof columns)[number][number];

export const roles: readonly Role[] = columns.flat();

/** What comes of a call, in one letter. */
export const outcomes = {
  '-': 'tokenMissing',
  x: 'tokenInvalid',
  X: 'loginRejected',
  f: 'tokenForeign',
  l: 'loginFirst',
  p: 'noPermission',
  /** With the detail in `unnamed`; `i` with any other. */
  u: 'invalidParameter',
  i: 'invalidParameter',
  U: 'userNotFound',
  G: 'groupNotFound',
  M: 'memberRequired',
  A: 'adminRequired',
  O: 'ownerRequired',
  o: 'ownerCannotLeave',
  j: 'alreadyGroupMember',
  N: 'groupBanned',
  S: 'strangersNotAllowed',
  B: 'blockedByRecipient',
  b: 'blocked',
  a: 'applicationMissing',
  F: 'alreadyFriends',
  d: 'groupApplicationClosed',
  v: 'groupInvitationClosed',
  h: 'sharedFileForeign',
  r: 'recallForeign',
  e: 'editForeign',
  m: 'messageNotFound',
  y: 'ownNeverUnread',
  c: 'conversationNotFound',
  w: 'uploadInvalid',
  k: 'fileForbidden',
  K: 'fileNotFound',
  q: 'loginCodeInvalid',
  L: 'linkNotFound',
  g: 'groupCodeInvalid',
  P: 'captchaWrong',
  t: 'openIdNotBound',
} as const satisfies Record<string, ErrorName>;

/** What an administrator is told who names no user where there has to be one. */
const unnamed = 'the header user_id is required';

/**
 * `+` it worked; `0` it was answered with nothing, or with no; `%` it was refused for each of those whom it was about; `.` there is
 * no answer and nothing happened; `?` it ended in another way.
 */
export type Outcome = keyof typeof outcomes | '+' | '0' | '%' | '.' | '?';

/** What a REST envelope says. */
export interface Told {
  code: number;
  message?: string;
  data?: unknown;
}

export function outcomeOf({ code, message = '', data }: Told): Outcome {
  if (code === okCode) return outcomeOfData(data);
  return refusal((entry) => entry.code === code, message);
}

/** Of a realtime answer's status. */
export function outcomeOfStatus({ code, reason }: Status): Outcome {
  return code === StatusCode.OK ? '+' : refusal((entry) => entry.status === code, reason);
}

function refusal(fits: (entry: ErrorEntry) => boolean, message: string): Outcome {
  const letters = Object.keys(outcomes) as (keyof typeof outcomes)[];
  const found = letters.find((letter) => {
    const entry = errors[outcomes[letter]];
    return fits(entry) && message.startsWith(entry.text);
  });
  if (found === 'u' && !message.includes(unnamed)) return 'i';
  return found ?? '?';
}

function outcomeOfData(data: unknown): Outcome {
  if (data === false) return '0';
  if (Array.isArray(data)) {
    if (data.length === 0) return '0';
    return data.every((each) => each?.result === 'fail' || each?.success === false) ? '%' : '+';
  }
  const { fails, success, messages } = (data ?? {}) as Record<string, unknown>;
  if (Array.isArray(messages) && messages.length === 0) return '0';
  if (Array.isArray(fails) && Array.isArray(success) && success.length === 0) return '%';
  return '+';
}

/** A row's cells as they are written: a letter for each role, in the groups of `columns`. */
export function readCells(text: string): ReadonlyMap<Role, string> {
  const groups = text.split(' ');
  const fits = groups.length === columns.length && columns.every((group, i) => group.length === groups[i]?.length);
  if (!fits) throw new Error(`these are not the cells of a row: ${text}`);
  return new Map(columns.flatMap((group, i) => group.map((role, n) => [role, groups[i]?.[n] ?? ''] as const)));
}
