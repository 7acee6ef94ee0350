import { decodeRosterNotice, decodeUserNotice, Namespace, type SyncDL } from '@flooim/protocol';
import { until } from '@flooim/testkit';
import { Phone } from './phone.ts';
import { ask, type Person, password } from './rest.ts';

/** A user's own device: the token that it logged in with, and what it hears. */
export interface OwnDevice {
  guid: string;
  token: string;
  phone: Phone;
  sn: number;
}

/** Logs somebody in on a device and connects it. */
export async function signIn(url: string, { name, uid }: Person, guid: string): Promise<OwnDevice> {
  const { data } = await ask(url, 'tokenByName', { name, password, device_guid: guid });
  const phone = await Phone.connect(url, { uid, token: data.token, guid });
  return { guid, token: data.token, phone, sn: phone.raw.deviceSN };
}

function metas(phone: Phone): SyncDL['metas'] {
  return phone.pushed.flatMap((sync) => sync.metas);
}

/** The user notices that a device was pushed: type and content. */
export function userNotices(phone: Phone): [type: number, content: string][] {
  const notices = metas(phone).filter(({ ns }) => ns === Namespace.USER_NOTICE);
  return notices.map(({ payload }) => {
    const { type, content } = decodeUserNotice(payload);
    return [type, content];
  });
}

/** The roster notices that a device was pushed: type, from, to. */
export function rosterNotices(phone: Phone): [type: number, from: number, to: number][] {
  const notices = metas(phone).filter(({ ns }) => ns === Namespace.ROSTER_NOTICE);
  return notices.map(({ payload }) => {
    const { type, from, to } = decodeRosterNotice(payload);
    return [type, from?.uid ?? 0, to[0]?.uid ?? 0];
  });
}

/** Waits until a device was pushed a user notice of this type. */
export function pushedNotice(phone: Phone, type: number): Promise<void> {
  return until(() => userNotices(phone).some(([each]) => each === type), `user notice ${type}`);
}

/** The close code of a device that has to be gone within a second. */
export async function closedWithinASecond(phone: Phone): Promise<number> {
  await until(() => phone.raw.closeCode !== undefined, 'a closed connection', { timeoutMs: 1000 });
  return phone.raw.closeCode as number;
}
