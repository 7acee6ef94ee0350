import { encodeRosterNotice, Namespace, type RosterNoticeType } from '@flooim/protocol';
import { EntryKind, type NewEntry } from '../store/entry.ts';

export interface RosterChange {
  type: RosterNoticeType;
  from: number;
  to: number;
  /** A reason, or the changed fields as JSON. */
  content?: string;
  /** Milliseconds since the epoch. */
  time: number;
}

/** The notice as it goes into the receiver's system conversation. */
export function rosterNotice(receiver: number, change: RosterChange): NewEntry {
  const { type, from, to, content = '', time } = change;
  const payload = encodeRosterNotice({
    type,
    from: { uid: from, deviceSN: 0 },
    to: [{ uid: to, deviceSN: 0 }],
    content,
  });
  return {
    logId: receiver,
    kind: EntryKind.notice,
    fromUid: from,
    fromDevice: 0,
    toUid: receiver,
    clientMid: null,
    ns: Namespace.ROSTER_NOTICE,
    time,
    // Its own memory: it may leave the writer's thread.
    payload: new Uint8Array(payload),
  };
}
