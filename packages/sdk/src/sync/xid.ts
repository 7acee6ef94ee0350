import type { Xid } from '@flooim/protocol';

/** A user or a group as frames name them: on no device in particular. */
export function xid(uid: number): Xid {
  return { uid, deviceSN: 0 };
}
