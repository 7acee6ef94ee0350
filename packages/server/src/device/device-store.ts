import { limits, maxId } from '@flooim/protocol';
import { type Bound, bindCommands, type CommandTable, type Writer } from '../store/commands.ts';
import type { Database, Row } from '../store/database.ts';

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

  'device.seen'(db: Database, { uid, deviceSN, seenAt }: { uid: number; deviceSN: number; seenAt: number }): void {
    db.run('UPDATE device SET seen_at = ? WHERE uid = ? AND device_sn = ?', seenAt, uid, deviceSN);
  },
} satisfies CommandTable;

function nextDevice(db: Database, uid: number): number {
  const row = db.get('UPDATE user SET last_device = last_device + 1 WHERE uid = ? RETURNING last_device', uid);
  return Number(row?.['last_device']);
}

/** The number of the device that had to go, or undefined when all are connected. */
function removeOldest(db: Database, { uid, online }: NewDevice, rows: readonly Row[]): number | undefined {
  const oldest = rows.map((row) => Number(row['device_sn'])).find((sn) => !online.includes(sn));
  if (oldest === undefined) return undefined;
  db.run('UPDATE device SET removed = 1 WHERE uid = ? AND device_sn = ?', uid, oldest);
  db.run('DELETE FROM cursor WHERE uid = ? AND device_sn = ?', uid, oldest);
  return oldest;
}

/**
 * Where a new device begins in each conversation: with what the user has not read, and some way before it. Conversations
 * that begin later need no row: the device gets all of them.
 */
function placeCursors(db: Database, uid: number, deviceSN: number): void {
  db.run(
    `INSERT OR REPLACE INTO cursor (uid, device_sn, log_id, acked_mid)
     SELECT i.uid, ?2, i.log_id, max(
       coalesce((SELECT mid FROM entry WHERE log_id = i.log_id ORDER BY mid DESC LIMIT 1
         OFFSET ${limits.newDeviceUnread}), 0),
       min(iif(i.peer = 0, ${maxId}, i.read_mid), coalesce((SELECT mid FROM entry WHERE log_id = i.log_id ORDER BY mid DESC LIMIT 1
         OFFSET ${limits.newDeviceEntries}), 0)))
     FROM inbox i WHERE i.uid = ?1`,
    uid,
    deviceSN,
  );
}

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
}
