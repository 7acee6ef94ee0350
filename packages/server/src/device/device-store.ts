import { limits } from '@flooim/protocol';
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
  /** Gives a device its number; the device longest away makes room for one too many. Undefined: all are connected. */
  'device.add'(db: Database, device: NewDevice): number | undefined {
    const { uid, guid } = device;
    const known = db.get('SELECT device_sn FROM device WHERE uid = ? AND guid = ?', uid, guid);
    if (known) return Number(known['device_sn']);
    const rows = db.all('SELECT device_sn FROM device WHERE uid = ? ORDER BY seen_at', uid);
    if (rows.length >= limits.devicesPerUser && !removeOldest(db, device, rows)) return undefined;
    const next = db.get('UPDATE user SET last_device = last_device + 1 WHERE uid = ? RETURNING last_device', uid);
    const deviceSN = Number(next?.['last_device']);
    db.run(
      `INSERT INTO device (uid, device_sn, guid, platform, agent, first_mid, seen_at)
       VALUES (?, ?, ?, ?, ?, (SELECT coalesce(max(mid), 0) FROM entry), ?)`,
      uid,
      deviceSN,
      guid,
      device.platform,
      device.agent,
      device.seenAt,
    );
    return deviceSN;
  },

  'device.seen'(db: Database, { uid, deviceSN, seenAt }: { uid: number; deviceSN: number; seenAt: number }): void {
    db.run('UPDATE device SET seen_at = ? WHERE uid = ? AND device_sn = ?', seenAt, uid, deviceSN);
  },
} satisfies CommandTable;

function removeOldest(db: Database, { uid, online }: NewDevice, rows: readonly Row[]): boolean {
  const oldest = rows.map((row) => Number(row['device_sn'])).find((sn) => !online.includes(sn));
  if (oldest === undefined) return false;
  db.run('DELETE FROM device WHERE uid = ? AND device_sn = ?', uid, oldest);
  db.run('DELETE FROM cursor WHERE uid = ? AND device_sn = ?', uid, oldest);
  return true;
}

export class DeviceStore {
  readonly write: Bound<typeof deviceWrites>;
  readonly #reader: Database;

  constructor(reader: Database, writer: Writer) {
    this.#reader = reader;
    this.write = bindCommands(writer, deviceWrites);
  }

  find(uid: number, guid: string): number | undefined {
    const row = this.#reader.get('SELECT device_sn FROM device WHERE uid = ? AND guid = ?', uid, guid);
    return row && Number(row['device_sn']);
  }
}
