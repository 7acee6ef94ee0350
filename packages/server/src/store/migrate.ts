import { closeSync, existsSync, fsyncSync, openSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { Database } from './database.ts';

const ours = new URL('./migrations/', import.meta.url);

interface Migration {
  version: number;
  sql: string;
}

/**
 * Brings the schema up to date: numbered files, all in one transaction, with a copy of the database before they change
 * existing data. A schema newer than this server is refused.
 */
export function migrate(path: string, folder: URL = ours): void {
  const existed = existsSync(path);
  const db = new Database(path, 'write');
  try {
    const found = Number(db.get('PRAGMA user_version')?.['user_version'] ?? 0);
    const all = migrations(folder);
    const newest = all.at(-1)?.version ?? 0;
    if (found > newest) {
      throw new Error(`the database has schema ${found}, this server knows ${newest}: start a newer server`);
    }
    const missing = all.filter((migration) => migration.version > found);
    if (existed && found > 0 && missing.length > 0) backUp(db, `${path}.before-${newest}`);
    if (missing.length > 0) apply(db, missing);
  } finally {
    db.close();
  }
}

/** The schema that this server makes and uses. */
export function newestSchema(): number {
  return migrations(ours).at(-1)?.version ?? 0;
}

/** Replaces what an attempt that failed has left: since then an older server may have written more. */
function backUp(db: Database, path: string): void {
  const unfinished = `${path}.new`;
  rmSync(unfinished, { force: true });
  db.copyTo(unfinished);
  const file = openSync(unfinished, 'r+');
  fsyncSync(file);
  closeSync(file);
  renameSync(unfinished, path);
}

function migrations(folder: URL): Migration[] {
  const names = readdirSync(folder).filter((name) => /^\d{3}-.*\.sql$/.test(name));
  return names.sort().map((name) => ({
    version: Number(name.slice(0, 3)),
    sql: readFileSync(new URL(name, folder), 'utf8'),
  }));
}

function apply(db: Database, missing: readonly Migration[]): void {
  db.exec('BEGIN IMMEDIATE');
  try {
    for (const { sql } of missing) db.exec(sql);
    db.exec(`PRAGMA user_version = ${missing.at(-1)?.version}`);
    db.exec('COMMIT');
  } catch (error) {
    db.exec('ROLLBACK');
    throw error;
  }
}
