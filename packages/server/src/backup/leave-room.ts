import { Database } from '../store/database.ts';

/** More than a server can have given since the backup, and nothing to the 2^53 that there are. */
const mids = 1_000_000_000;
const ids = 1_000_000;

/**
 * Lets the server go on with numbers that it never gave: devices may hold messages and know users that are newer than the
 * backup, and would take others with the same number for them.
 */
export function leaveRoom(path: string): void {
  const db = new Database(path, 'write');
  try {
    db.exec('BEGIN IMMEDIATE');
    db.run(
      `INSERT INTO counter (name, value) VALUES ('mid', (SELECT coalesce(max(mid), 0) FROM entry) + ?1)
       ON CONFLICT (name) DO UPDATE SET value = max(value, (SELECT coalesce(max(mid), 0) FROM entry)) + ?1`,
      mids,
    );
    db.run("UPDATE counter SET value = value + ? WHERE name = 'id'", ids);
    db.exec('COMMIT');
  } finally {
    db.close();
  }
}
