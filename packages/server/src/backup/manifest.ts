import { createHash } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Database } from '../store/database.ts';

/** A backup cannot be made or used; the message says why. */
export class BackupError extends Error {
  override readonly name = 'BackupError';
}

/** What a backup is made of, by the names that these have in a data folder. */
export const parts = { database: 'flooim.db', secret: 'secret.json', files: 'files' } as const;

export interface Counts {
  apps: number;
  users: number;
  groups: number;
  entries: number;
  files: number;
}

/** What a backup says of itself, in `manifest.json`. Hashes are SHA-256, in hex. */
export interface Manifest {
  format: 1;
  /** Whatever was acknowledged before this time is in it. */
  begunAt: string;
  schema: number;
  database: { bytes: number; sha256: string };
  secret: { sha256: string };
  counts: Counts;
  files: {
    /** Whether the bytes of files are in the backup, or stay in the S3 store. */
    where: 'backup' | 's3';
    bytes: number;
    /** Objects that the data folder itself did not have, or not whole. */
    lacking: string[];
  };
}

export const manifestName = 'manifest.json';

export function readManifest(folder: string): Manifest {
  let text: string;
  try {
    text = readFileSync(join(folder, manifestName), 'utf8');
  } catch (error) {
    throw new BackupError(`${folder} is not a backup: ${(error as Error).message}`);
  }
  const manifest = parse(text);
  if (manifest?.format === undefined) throw new BackupError(`${folder} is damaged: ${manifestName} cannot be read`);
  if (manifest.format !== 1) throw new BackupError(`${folder} was made by a newer flooim: restore it with that one`);
  return manifest as Manifest;
}

function parse(text: string): Partial<Manifest> | undefined {
  try {
    return Object(JSON.parse(text)) as Partial<Manifest>;
  } catch {
    return undefined;
  }
}

/** A file as the database knows it. */
export interface FileRow {
  object: string;
  size: number;
  /** In hex. */
  sha256: string;
}

export function fileRows(db: Database): FileRow[] {
  return db
    .all('SELECT object, size, lower(hex(sha256)) AS sha256 FROM file ORDER BY id')
    .map(({ object, size, sha256 }) => ({ object: String(object), size: Number(size), sha256: String(sha256) }));
}

export function countRows(db: Database): Counts {
  const count = (table: string) => Number(db.get(`SELECT count(*) AS n FROM ${table}`)?.['n']);
  return {
    apps: count('app'),
    users: count('user'),
    groups: count('group_info'),
    entries: count('entry'),
    files: count('file'),
  };
}

export function schemaOf(db: Database): number {
  return Number(db.get('PRAGMA user_version')?.['user_version']);
}

/** How long a file is, and its SHA-256 in hex. */
export async function measure(path: string): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const piece of createReadStream(path, { highWaterMark: 1024 * 1024 })) {
    hash.update(piece as Buffer);
    bytes += (piece as Buffer).length;
  }
  return { bytes, sha256: hash.digest('hex') };
}
