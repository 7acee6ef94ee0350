import { type CloseName, closeCodes, type Status, StatusCode, UserNoticeType } from '@flooim/protocol';
import { closeName, type Ending } from '../connection/connection.ts';
import { FlooError, type FlooErrorCode } from '../errors.ts';
import type { FlooErrorCategory, UserNoticeName } from '../event/event-map.ts';

/** What a user notice that ends the session does; the others are only told. */
export const endingNotices: Partial<Record<UserNoticeName, { wipe: boolean }>> = {
  PASSWORD_CHANGED: { wipe: true },
  FROZEN: { wipe: true },
  REMOVED: { wipe: true },
  KICKED_BY_OTHER_DEVICE: { wipe: true },
  DEVICE_REMOVED: { wipe: true },
  // The token is good; only this device's name is taken.
  KICK_BY_SAME_DEVICE: { wipe: false },
};

const noticeNames = Object.keys(UserNoticeType) as (UserNoticeName | 'UNKNOWN')[];

export function noticeName(type: number): UserNoticeName | undefined {
  const name = noticeNames[type];
  return name === 'UNKNOWN' ? undefined : name;
}

const noticeByClose: Record<string, UserNoticeName> = {
  kickedBySameDevice: 'KICK_BY_SAME_DEVICE',
  kicked: 'KICKED_BY_OTHER_DEVICE',
  passwordChanged: 'PASSWORD_CHANGED',
  userFrozen: 'FROZEN',
  userRemoved: 'REMOVED',
  deviceRemoved: 'DEVICE_REMOVED',
};

/** The user notice that a close code stands for, in case the notice itself was lost. */
export function noticeOfClose(close: number | undefined): UserNoticeName | undefined {
  return noticeByClose[closeName(close) ?? ''];
}

const codes: Partial<Record<StatusCode, FlooErrorCode>> = {
  [StatusCode.INVALID_TOKEN]: 'TOKEN_INVALID',
  [StatusCode.UNAUTHORIZED]: 'TOKEN_INVALID',
  [StatusCode.USER_FROZEN]: 'USER_FROZEN',
  [StatusCode.USER_BANNED]: 'USER_BANNED',
  [StatusCode.APP_FROZEN]: 'APP_FROZEN',
  [StatusCode.INVALID_LICENSE]: 'LICENSE',
  [StatusCode.LICENSE_LIMIT]: 'LICENSE',
  [StatusCode.TOO_MANY_DEVICES]: 'TOO_MANY_DEVICES',
};

const statusByClose: Partial<Record<CloseName, StatusCode>> = {
  tokenInvalid: StatusCode.INVALID_TOKEN,
  userFrozen: StatusCode.USER_FROZEN,
  tooManyDevices: StatusCode.TOO_MANY_DEVICES,
  appNotNormal: StatusCode.APP_FROZEN,
  licence: StatusCode.INVALID_LICENSE,
};

/** Why the connection ended, as an error for whoever waits for it. */
export function endingError(ending: Ending): FlooError {
  if (ending.status) return statusError(ending.status);
  const name = closeName(ending.close);
  const code = name && statusByClose[name];
  if (name && code !== undefined) return statusError({ code, reason: closeCodes[name].reason });
  return new FlooError('REJECTED', `the server ended the session (${name ?? ending.close})`);
}

function statusError(status: Status): FlooError {
  const text = status.reason || 'the server refused the session';
  return new FlooError(codes[status.code] ?? 'REJECTED', text, { status: status.code });
}

/** The documented `flooError` category of what keeps a user out, unless it was told before. */
export function categoryOf({ code, serverCode, status }: FlooError): FlooErrorCategory | undefined {
  // What the DNS server answers is told when it comes.
  if (code === 'APP_FROZEN') return serverCode === undefined && status === undefined ? undefined : code;
  return code === 'USER_FROZEN' || code === 'USER_BANNED' || code === 'LICENSE' ? code : undefined;
}
