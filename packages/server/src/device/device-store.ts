import { limits, maxId } from '@flooim/protocol';
import { unbindPush } from '../push/unbind-push.ts';
import { type Bound, bindCommands, type CommandTable, type Writer } from '../store/commands.ts';
import type { Database, Row } from '../store/database.ts';
import { endDeviceTokens } from '../token/end-tokens.ts';

export interface NewDevice {
  uid: number;
  guid: string;
  platform: number;
  agent: string;
  /** Milliseconds since the epoch. */
  seenAt: number;
  /** The user's devices that are connected now: they keep their place. */
  online: readonly number[];
}

/** A device that went away. */
export interface LeftDevice {
  uid: number;
  deviceSN: number;
  /** When, in ms since the epoch. */
  seenAt: number;
}

/** A device that somebody signs out, and the tokens that it is connected with now, as hex of their hashes. */
export interface SignedOut {
  uid: number;
  deviceSN: number;
  connectedWith: readonly string[];
}

export interface KnownDevice {
  deviceSN: number;
  platform: number;
  agent: string;
  /** When it came or went last, in ms since the epoch. */
  seenAt: number;
}

export const deviceWrites = {
  /**
   * Gives a device its number, for ever: one that had to make room gets the same again. The device longest away makes
   * room for one too many. Undefined: all are connected.
   */
  'device.add'(db: Database, device: NewDevice): { deviceSN: number; evicted?: number } | undefined {
    const { uid, guid } = device;
    const known = db.get('SELECT device_sn, removed FROM device WHERE uid = ? AND guid = ?', uid, guid);
    if (known?.['removed'] === 0) return { deviceSN: Number(known['device_sn']) };
    const present = db.all('SELECT device_sn FROM device WHERE uid = ? AND removed = 0 ORDER BY seen_at', uid);
    const isFull = present.length >= limits.devicesPerUser;
    const evicted = isFull ? removeOldest(db, device, present) : undefined;
    if (isFull && evicted === undefined) return undefined;
    const deviceSN = known ? Number(known['device_sn']) : nextDevice(db, uid);
    db.run(
      `INSERT OR REPLACE INTO device (uid, device_sn, guid, platform, agent, seen_at, first_mid)
       VALUES (?, ?, ?, ?, ?, ?, (SELECT coalesce(max(mid), 0) FROM entry))`,
      uid,
      deviceSN,
      guid,
      device.platform,
      device.agent,
      device.seenAt,
    );
    placeCursors(db, uid, deviceSN);
    return { deviceSN, evicted };
  },

  'device.seen'(db: Database, { left }: { left: readonly LeftDevice[] }): void {
    for (const { uid, deviceSN, seenAt } of left)
      db.run('UPDATE device SET seen_at = ? WHERE uid = ? AND device_sn = ?', seenAt, uid, deviceSN);
  },

  /** Ends the tokens of the device and gives their hashes; undefined: the user has no such device. */
  'device.kick'(db: Database, device: SignedOut): Uint8Array[] | undefined {
    const guid = guidOf(db, device);
    if (guid === undefined) return undefined;
    unbindPush(db, device.uid, device.deviceSN);
    return endDeviceTokens(db, { ...device, guid });
  },

  /** As `device.kick`, and the device is none of the user's any more; if he signs in there again it gets its number back. */
  'device.remove'(db: Database, device: SignedOut): Uint8Array[] | undefined {
    const guid = guidOf(db, device);
    if (guid === undefined) return undefined;
    remove(db, device.uid, device.deviceSN);
    return endDeviceTokens(db, { ...device, guid });
  },
} satisfies CommandTable;

function guidOf(db: Database, { uid, deviceSN }: SignedOut): string | undefined {
  const sql = 'SELECT guid FROM device WHERE uid = ? AND device_sn = ? AND removed = 0';
  return db.get(sql, uid, deviceSN)?.['guid'] as string | undefined;
}

function nextDevice(db: Database, uid: number): number {
  const row = db.get('UPDATE user SET last_device = last_device + 1 WHERE uid = ? RETURNING last_device', uid);
  return Number(row?.['last_device']);
}

/** The number of the device that had to go, or undefined when all are connected. */
function removeOldest(db: Database, { uid, online }: NewDevice, rows: readonly Row[]): number | undefined {
  const oldest = rows.map((row) => Number(row['device_sn'])).find((sn) => !online.includes(sn));
  if (oldest === undefined) return undefined;
  remove(db, uid, oldest);
  return oldest;
}

function remove(db: Database, uid: number, deviceSN: number): void {
  db.run('UPDATE device SET removed = 1 WHERE uid = ? AND device_sn = ?', uid, deviceSN);
  db.run('DELETE FROM cursor WHERE uid = ? AND device_sn = ?', uid, deviceSN);
  unbindPush(db, uid, deviceSN);
}

/**
 * Where a new device begins in each conversation: with what the user has not read, and some way before it; in a group not
 * before the user, and after it where he has left. Conversations that begin later need no row: the device gets all of them.
 */
function placeCursors(db: Database, uid: number, deviceSN: number): void {
  // Only where much is unread, the entry that far back has to be found.
  db.run(
    `INSERT OR REPLACE INTO cursor (uid, device_sn, log_id, acked_mid)
     SELECT uid, ?2, log_id,
       CASE WHEN until_mid < ${maxId} THEN until_mid
         ELSE max(first_mid - 1, iif(read_mid >= some, some, max(read_mid, ${entryBack(limits.newDeviceUnread)}))) END
     FROM (
       SELECT i.uid, i.log_id, iif(i.peer = 0, ${maxId}, i.read_mid) AS read_mid, ${entryBack(limits.newDeviceEntries)} AS some,
         coalesce((SELECT min(from_mid) ${memberships}), 1) AS first_mid,
         coalesce((SELECT max(until_mid) ${memberships}), ${maxId}) AS until_mid
       FROM inbox i WHERE i.uid = ?1) i`,
    uid,
    deviceSN,
  );
}

/** The entry so many before the end of the log, 0 if it is shorter. */
function entryBack(count: number): string {
  return `coalesce((SELECT mid FROM entry WHERE log_id = i.log_id ORDER BY mid DESC LIMIT 1 OFFSET ${count}), 0)`;
}

/** A group's id is its log. */
const memberships = `FROM group_span s WHERE s.gid = i.log_id AND s.uid = i.uid AND s.kind = 0`;

export class DeviceStore {
  readonly write: Bound<typeof deviceWrites>;
  readonly #reader: Database;

  constructor(reader: Database, writer: Writer) {
    this.#reader = reader;
    this.write = bindCommands(writer, deviceWrites);
  }

  find(uid: number, guid: string): number | undefined {
    const row = this.#reader.get('SELECT device_sn FROM device WHERE uid = ? AND guid = ? AND removed = 0', uid, guid);
    return row && Number(row['device_sn']);
  }

  /** Those that the user signed in on, in the order of their numbers. */
  async list(uid: number): Promise<KnownDevice[]> {
    const sql = `SELECT device_sn, platform, agent, seen_at FROM device WHERE uid = ? AND removed = 0 ORDER BY device_sn`;
    return this.#reader.all(sql, uid).map((row) => ({
      deviceSN: Number(row['device_sn']),
      platform: Number(row['platform']),
      agent: String(row['agent']),
      seenAt: Number(row['seen_at']),
    }));
  }
}
