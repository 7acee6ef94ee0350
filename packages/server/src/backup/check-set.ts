import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Database } from '../store/database.ts';
import { newestSchema } from '../store/migrate.ts';
import { BackupError, countRows, type Manifest, measure, parts, schemaOf } from './manifest.ts';

/** Refuses a database that is not the one of the manifest, or that this server could not use. */
export async function checkDatabase(path: string, manifest: Manifest): Promise<void> {
  const { bytes, sha256 } = await measure(path);
  if (bytes !== manifest.database.bytes)
    throw new BackupError(`the database of the backup has ${bytes} bytes instead of ${manifest.database.bytes}`);
  if (sha256 !== manifest.database.sha256)
    throw new BackupError('the database of the backup is damaged: it has another hash than the manifest says');
  const db = new Database(path, 'read');
  try {
    checkContent(db, manifest);
  } finally {
    db.close();
  }
}

function checkContent(db: Database, { schema, counts }: Manifest): void {
  const known = newestSchema();
  const found = schemaOf(db);
  if (found > known)
    throw new BackupError(`the backup has schema ${found}, this flooim knows ${known}: restore it with a newer one`);
  if (found !== schema) throw new BackupError(`the backup has schema ${found}, its manifest says ${schema}`);
  const faults = db.all('PRAGMA integrity_check').map((row) => String(row['integrity_check']));
  if (faults[0] !== 'ok')
    throw new BackupError(`the database of the backup is damaged: ${faults.slice(0, 3).join('; ')}`);
  const [orphan] = db.all('PRAGMA foreign_key_check');
  if (orphan)
    throw new BackupError(
      `the database of the backup is damaged: a row of ${orphan['table']} has no ${orphan['parent']}`,
    );
  for (const [name, count] of Object.entries(countRows(db))) {
    const said = counts[name as keyof typeof counts];
    if (said !== count) throw new BackupError(`the backup has ${count} ${name}, its manifest says ${said}`);
  }
}

/** Refuses secrets with which no session would go on. */
export async function checkSecret(folder: string, manifest: Manifest): Promise<void> {
  const path = join(folder, parts.secret);
  const { sha256 } = await measure(path);
  const { key } = Object(JSON.parse(readFileSync(path, 'utf8'))) as { key?: unknown };
  const isKey = typeof key === 'string' && Buffer.from(key, 'base64url').length === 32;
  if (sha256 !== manifest.secret.sha256 || !isKey) throw new BackupError(`${parts.secret} of the backup is damaged`);
}
