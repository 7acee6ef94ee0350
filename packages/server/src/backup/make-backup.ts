import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { Database } from '../store/database.ts';
import { CopiedFiles } from './copied-files.ts';
import { flush } from './flush.ts';
import {
  BackupError,
  countRows,
  type FileRow,
  fileRows,
  type Manifest,
  manifestName,
  measure,
  parts,
  schemaOf,
} from './manifest.ts';

export interface BackupOptions {
  /** The data folder; its server may be running. */
  data: string;
  /** Where the server keeps the bytes of files. */
  filesIn: 'data' | 's3';
}

/** Files may go while they are copied; the next look at the database names them no more. */
const attempts = 10;

/**
 * Makes one consistent set of a data folder: the database as it is at one moment after the call, and every file that it
 * names then. It only reads there, so nobody waits for it: a reader of the database holds up no writer. The folder is
 * there once everything in it is whole and flushed.
 */
export async function makeBackup({ data, filesIn }: BackupOptions, folder: string): Promise<Manifest> {
  const target = resolve(folder);
  refuseExisting(target);
  const unfinished = `${target}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true, mode: 0o700 });
  try {
    const manifest = await fill(unfinished, data, filesIn);
    writeFileSync(join(unfinished, manifestName), `${JSON.stringify(manifest, undefined, 2)}\n`, { mode: 0o600 });
    for (const name of [manifestName, parts.secret, parts.database]) flush(join(unfinished, name));
    flush(unfinished);
    if (existsSync(target)) rmdirSync(target);
    renameSync(unfinished, target);
    flush(dirname(target));
    return manifest;
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    throw error;
  }
}

function refuseExisting(target: string): void {
  if (existsSync(target) && readdirSync(target).length > 0)
    throw new BackupError(`${target} is there already: a backup needs a folder of its own`);
}

async function fill(folder: string, data: string, filesIn: BackupOptions['filesIn']): Promise<Manifest> {
  const begunAt = new Date().toISOString();
  const live = new Database(join(data, parts.database), 'read');
  try {
    copyFileSync(join(data, parts.secret), join(folder, parts.secret));
    const copied = new CopiedFiles(join(data, parts.files), join(folder, parts.files));
    // Most of the time goes here, before the moment of the database: what comes after it is little.
    if (filesIn === 'data') await copied.add(fileRows(live));
    const { rows, lacking } = await takeSnapshot(live, join(folder, parts.database), (found) =>
      filesIn === 'data' ? copied.add(found) : [],
    );
    copied.keepOnly(rows);
    copied.flush();
    const secret = await measure(join(folder, parts.secret));
    return {
      format: 1,
      begunAt,
      ...describe(join(folder, parts.database)),
      database: await measure(join(folder, parts.database)),
      secret: { sha256: secret.sha256 },
      files: {
        where: filesIn === 's3' ? 's3' : 'backup',
        bytes: rows.reduce((sum, { size }) => sum + size, 0),
        lacking,
      },
    };
  } finally {
    live.close();
  }
}

/** Copies the database, and takes the files that it names; what is `lacking` at the end the data folder lacks too. */
async function takeSnapshot(
  live: Database,
  path: string,
  take: (rows: readonly FileRow[]) => string[] | Promise<string[]>,
): Promise<{ rows: FileRow[]; lacking: string[] }> {
  for (let i = 0; i < attempts; i++) {
    rmSync(path, { force: true });
    live.copyTo(path);
    const rows = rowsIn(path);
    const lacking = await take(rows);
    const isThere = (object: string) => live.get('SELECT 1 FROM file WHERE object = ?', object) !== undefined;
    if (lacking.every(isThere)) return { rows, lacking };
  }
  throw new BackupError('files were removed all the time while they were copied: try again');
}

function rowsIn(path: string): FileRow[] {
  const db = new Database(path, 'read');
  try {
    return fileRows(db);
  } finally {
    db.close();
  }
}

function describe(path: string): Pick<Manifest, 'schema' | 'counts'> {
  const db = new Database(path, 'read');
  try {
    return { schema: schemaOf(db), counts: countRows(db) };
  } finally {
    db.close();
  }
}
