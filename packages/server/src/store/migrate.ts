import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { Database } from './database.ts';

const folder = new URL('./migrations/', import.meta.url);

interface Migration {
  version: number;
  sql: string;
}

/**
 * Brings the schema up to date: numbered files, each in a transaction, with a copy of the database before the first one
 * that changes existing data. A schema newer than this server is refused.
 */
export function migrate(path: string): void {
  const existed = existsSync(path);
  const db = new Database(path, 'write');
  try {
    const found = Number(db.get('PRAGMA user_version')?.['user_version'] ?? 0);
    const all = migrations();
    const newest = all.at(-1)?.version ?? 0;
    if (found > newest) {
      throw new Error(`the database has schema ${found}, this server knows ${newest}: start a newer server`);
    }
    const missing = all.filter((migration) => migration.version > found);
    if (existed && found > 0 && missing.length > 0) db.copyTo(`${path}.before-${newest}`);
    for (const migration of missing) apply(db, migration);
  } finally {
    db.close();
  }
}

function migrations(): Migration[] {
  const names = readdirSync(folder).filter((name) => /^\d{3}-.*\.sql$/.test(name));
  return names.sort().map((name) => ({
    version: Number(name.slice(0, 3)),
    sql: readFileSync(new URL(name, folder), 'utf8'),
  }));
}

function apply(db: Database, migration: Migration): void {
  db.exec('BEGIN IMMEDIATE');
  try {
    db.exec(migration.sql);
    db.exec(`PRAGMA user_version = ${migration.version}`);
    db.exec('COMMIT');
  } catch (error) {
    db.exec('ROLLBACK');
    throw error;
  }
}
