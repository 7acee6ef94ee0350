import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { lockFolder } from '../data-folder.ts';
import { Database } from '../store/database.ts';
import { checkDatabase, checkSecret } from './check-set.ts';
import { CopiedFiles } from './copied-files.ts';
import { finishRestore, restoredName } from './finish-restore.ts';
import { flush } from './flush.ts';
import { leaveRoom } from './leave-room.ts';
import { BackupError, fileRows, type Manifest, parts, readManifest } from './manifest.ts';

/** Where a backup is until it has been checked; without meaning to a server, and to the next restore. */
const stagingName = 'restoring';
/** What may be in a folder that holds no data. */
const noData = /^(restoring|server\.lock.*|lost\+found)$/;

/**
 * Checks a backup and makes it the content of a data folder, at once: until then the folder is as it was, and what is
 * interrupted after it the next start of a server ends. `replace`: what the folder holds goes into a folder in it.
 */
export async function restore(set: string, data: string, { replace }: { replace: boolean }): Promise<Manifest> {
  const manifest = readManifest(set);
  mkdirSync(data, { recursive: true, mode: 0o700 });
  const lock = lockFolder(data);
  try {
    finishRestore(data);
    if (!replace && readdirSync(data).some((name) => !noData.test(name)))
      throw new BackupError(`${data} holds data: name an empty folder with --data, or this one with --replace`);
    const staging = join(data, stagingName);
    rmSync(staging, { recursive: true, force: true });
    try {
      await stage(set, staging, manifest);
    } catch (error) {
      rmSync(staging, { recursive: true, force: true });
      throw error;
    }
    renameSync(staging, join(data, restoredName));
    flush(data);
    finishRestore(data);
    return manifest;
  } finally {
    lock.close();
  }
}

/** What is checked is the copy: it is what will be used. */
async function stage(set: string, staging: string, manifest: Manifest): Promise<void> {
  mkdirSync(staging, { mode: 0o700 });
  for (const name of [parts.database, parts.secret]) {
    if (!existsSync(join(set, name))) throw new BackupError(`the backup has no ${name}`);
    copyFileSync(join(set, name), join(staging, name));
    flush(join(staging, name));
  }
  const database = join(staging, parts.database);
  await checkSecret(staging, manifest);
  await checkDatabase(database, manifest);
  const copied = new CopiedFiles(join(set, parts.files), join(staging, parts.files));
  if (manifest.files.where === 'backup') await copyFiles(copied, database, manifest.files.lacking);
  copied.flush();
  leaveRoom(database);
  flush(staging);
}

async function copyFiles(copied: CopiedFiles, database: string, lackedBefore: readonly string[]): Promise<void> {
  const db = new Database(database, 'read');
  const rows = fileRows(db);
  db.close();
  const lacking = (await copied.add(rows)).filter((object) => !lackedBefore.includes(object));
  if (lacking.length === 0) return;
  const shown = lacking.slice(0, 5).join(', ');
  throw new BackupError(`the backup lacks ${lacking.length} of ${rows.length} files, or has them damaged: ${shown}`);
}
