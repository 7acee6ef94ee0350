import { Namespace } from '@flooim/protocol';
import { keepInMessage, type Named, usableFiles } from '../file/file-refs.ts';
import type { CommandTable } from '../store/commands.ts';
import type { Database } from '../store/database.ts';
import { appendEntry, EntryKind, type NewEntry, type Placed } from '../store/entry.ts';
import { UserStatus } from '../user/user-status.ts';
import { refused } from './refusals.ts';
import { append, repeated, type SendResult, type SentToGroup } from './sent.ts';

export interface Broadcast {
  appId: string;
  payload: Uint8Array;
  /** The files that it names. */
  files: Named;
  /** Milliseconds since the epoch. */
  time: number;
  /** The user after whom it goes on. */
  after: number;
}

/** Users of one transaction. */
const usersAtOnce = 500;

/** What the app itself says, into users' system logs. */
export const systemWrites = {
  'message.appendSystem'(db: Database, sent: SentToGroup): SendResult {
    return repeated(db, sent) ?? missingUser(db, sent) ?? append(db, sent);
  },
} satisfies CommandTable;

export const broadcastWrites = {
  /** To the next users of the app; who they were. */
  'message.broadcast'(
    db: Database,
    { appId, after, payload, files, time }: Broadcast,
  ): { uid: number; placed: Placed }[] {
    const sql = `SELECT uid FROM user WHERE app_id = ? AND status <> ${UserStatus.deleted} AND uid > ?
      ORDER BY uid LIMIT ${usersAtOnce}`;
    const usable = usableFiles(db, files);
    return db.all(sql, appId, after).map((row) => {
      const uid = Number(row['uid']);
      const placed = appendEntry(db, systemEntry(uid, payload, time));
      keepInMessage(db, files.uid, usable, { logId: uid, mid: placed.mid, target: uid });
      return { uid, placed };
    });
  },
} satisfies CommandTable;

/** A message of the app itself for a user. */
export function systemEntry(uid: number, payload: Uint8Array, time: number): NewEntry {
  return {
    logId: uid,
    kind: EntryKind.message,
    fromUid: 0,
    fromDevice: 0,
    toUid: uid,
    clientMid: null,
    ns: Namespace.MESSAGE,
    time,
    payload,
  };
}

function missingUser(db: Database, { appId, entry }: SentToGroup): SendResult | undefined {
  const sql = `SELECT 1 FROM user WHERE uid = ? AND app_id = ? AND status <> ${UserStatus.deleted}`;
  return db.get(sql, entry.toUid, appId) ? undefined : refused('userNotFound');
}
