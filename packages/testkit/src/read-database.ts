import { join } from 'node:path';
import { DatabaseSync, type SQLOutputValue } from 'node:sqlite';
import { decodeMessageBody } from '@flooim/protocol';
import { fingerprint } from './fingerprint.ts';
import type { DatabaseEntry, DatabaseRecord, LogRecord } from './run.ts';

type Row = Record<string, SQLOutputValue>;

/** A data folder as the checker sees it, with what the recorder needs to name things. */
export interface ReadDatabase {
  record: DatabaseRecord;
  logs: LogRecord[];
  /** When each device came: the mid that was the newest then. */
  devices: { uid: number; deviceSN: number; guid: string; agent: string; firstMid: number }[];
}

/** The name of the log that two users share. */
export function pairLog(a: number, b: number): string {
  return `pair ${Math.min(a, b)} ${Math.max(a, b)}`;
}

/** The name of a user's system log. */
export function systemLog(uid: number): string {
  return `system ${uid}`;
}

/** The name of a group's log. */
export function groupLog(gid: number): string {
  return `group ${gid}`;
}

/** Reads the server's tables by themselves, not through the server's code: that is what is judged. */
export function readDatabase(data: string): ReadDatabase {
  const db = new DatabaseSync(join(data, 'flooim.db'), { readOnly: true, timeout: 20_000 });
  const all = (sql: string) => db.prepare(sql).all() as Row[];
  const names = new Map<number, string>();
  const logs: LogRecord[] = [];
  for (const { lo, hi, log_id } of all('SELECT lo, hi, log_id FROM pair')) {
    names.set(Number(log_id), pairLog(Number(lo), Number(hi)));
    logs.push({ id: pairLog(Number(lo), Number(hi)), members: [{ uid: Number(lo) }, { uid: Number(hi) }] });
  }
  for (const { log_id } of all('SELECT log_id FROM log WHERE kind = 0')) {
    names.set(Number(log_id), systemLog(Number(log_id)));
    logs.push({ id: systemLog(Number(log_id)), members: [{ uid: Number(log_id) }] });
  }
  for (const { log_id } of all('SELECT log_id FROM log WHERE kind = 2')) {
    names.set(Number(log_id), groupLog(Number(log_id)));
    const spans = all(`SELECT uid, from_mid, until_mid FROM group_span WHERE kind = 0 AND gid = ${Number(log_id)}`);
    const members = spans.map(({ uid, from_mid, until_mid }) => ({
      uid: Number(uid),
      after: Number(from_mid) - 1,
      until: Number(until_mid),
    }));
    logs.push({ id: groupLog(Number(log_id)), members });
  }
  const nameOf = (row: Row) => names.get(Number(row['log_id'])) ?? `unknown ${row['log_id']}`;
  const result = {
    logs,
    devices: all('SELECT uid, device_sn, guid, agent, first_mid FROM device').map((row) => ({
      uid: Number(row['uid']),
      deviceSN: Number(row['device_sn']),
      guid: String(row['guid']),
      agent: String(row['agent']),
      firstMid: Number(row['first_mid']),
    })),
    record: {
      entries: all('SELECT * FROM entry ORDER BY mid').map((row) => toEntry(row, nameOf(row))),
      cursors: all('SELECT uid, device_sn, log_id, acked_mid FROM cursor').map((row) => ({
        uid: Number(row['uid']),
        deviceSN: Number(row['device_sn']),
        log: nameOf(row),
        mid: Number(row['acked_mid']),
      })),
      reads: all('SELECT uid, log_id, read_mid FROM inbox WHERE read_mid > 0').map((row) => ({
        uid: Number(row['uid']),
        log: nameOf(row),
        mid: Number(row['read_mid']),
      })),
      deleted: all(
        `SELECT uid, mid FROM deleted_entry
         UNION SELECT i.uid, e.mid FROM inbox i JOIN entry e ON e.log_id = i.log_id AND e.mid <= i.hidden_mid`,
      ).map((row) => ({ uid: Number(row['uid']), mid: Number(row['mid']) })),
    },
  };
  db.close();
  return result;
}

const kinds = ['message', 'message', 'operation', 'notice'] as const;

function toEntry(row: Row, log: string): DatabaseEntry {
  const kind = kinds[Number(row['kind'])] ?? 'notice';
  const recalled = row['state'] === 1;
  return {
    mid: Number(row['mid']),
    log,
    kind,
    recalled,
    uid: Number(row['from_uid']),
    deviceSN: Number(row['from_device']),
    clientMid: row['client_mid'] === null ? null : Number(row['client_mid']),
    content: kind === 'message' && !recalled ? fingerprint(decodeMessageBody(row['payload'] as Uint8Array)) : '',
  };
}
