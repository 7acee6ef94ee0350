import { fingerprint } from '../fingerprint.ts';
import { pairLog, type ReadDatabase, systemLog } from '../read-database.ts';
import type { DeviceLog, DeviceRecord, SendRecord } from '../run.ts';
import type { OldDevice } from './old-device.ts';
import type { OldConversation, OldMessage } from './old-store.ts';

/** Something that was said. */
export interface OldSaid extends Pick<SendRecord, 'uid' | 'deviceSN' | 'mids'> {
  /** The user or the group. */
  to: number;
  /** The client mid. */
  id: number;
  bytes: Uint8Array;
  whole: Pick<OldMessage, 'content' | 'ctype' | 'config' | 'attachment' | 'ext'>;
  /** `unsent`: there was no connection. */
  outcome: SendRecord['outcome'] | 'unsent';
  /** Of a refusal. */
  reason?: string;
}

/** What an old device said and shows, for the checker; of groups it judges nothing yet. */
export function recordOldDevice(
  device: OldDevice,
  database: ReadDatabase,
): { device: DeviceRecord; sends: SendRecord[] } {
  const { uid, deviceSN, store } = device;
  const row = database.devices.find((each) => each.uid === uid && each.deviceSN === deviceSN);
  const pairs = [...store.conversations].filter(([id]) => !store.groups.has(id));
  const logs = pairs.map(([id, conversation]): DeviceLog => {
    if (id === 0)
      return { log: systemLog(uid), messages: [], cursors: conversation.acknowledged, serverMovesCursor: true };
    return { log: pairLog(uid, id), ...logOf(conversation) };
  });
  const complete = device.isSettled;
  return {
    device: { uid, deviceSN, since: row?.firstMid ?? 0, complete, faults: store.faults, logs },
    sends: device.said.flatMap((said) => sendOf(said, store.groups)),
  };
}

function logOf(conversation: OldConversation): Omit<DeviceLog, 'log'> {
  const { messages, mids, arrivals, acknowledged, droppedUpTo, isReadUncertain, unread } = conversation;
  const shown = mids.flatMap((mid) => messages.get(mid) ?? []);
  return {
    messages: shown.map((each) => ({ mid: each.mid, uid: each.from, content: fingerprint(each), recalled: false })),
    keptAfter: droppedUpTo,
    arrivals,
    cursors: acknowledged,
    serverMovesCursor: true,
    ...(isReadUncertain ? {} : { unread: unread.length, countsKept: true }),
  };
}

function sendOf({ to, id, whole, outcome, uid, deviceSN, mids }: OldSaid, groups: ReadonlySet<number>): SendRecord[] {
  if (outcome === 'unsent' || groups.has(to)) return [];
  const content = fingerprint(whole);
  return [{ log: pairLog(uid, to), uid, deviceSN, clientMid: id, sharesMids: true, content, outcome, mids }];
}
