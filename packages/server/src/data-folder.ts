import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** The folder cannot be used; the message says why and what would do. */
export class DataFolderError extends Error {
  override readonly name = 'DataFolderError';
}

/** What the server made for itself at its first start. */
export interface Secrets {
  /** 256 random bits: what is derived from it cannot be guessed outside. */
  key: Buffer;
}

export interface DataFolder {
  database: string;
  secrets: Secrets;
  /** Lets another server use the folder. */
  release(): void;
}

/** Makes the folder at the first start, and holds it for this process alone. */
export function openDataFolder(path: string): DataFolder {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new DataFolderError(`the data folder ${path} cannot be made: ${(error as Error).message}`);
  }
  const lock = lockFolder(path);
  try {
    return {
      database: join(path, 'flooim.db'),
      secrets: readSecrets(join(path, 'secret.json')),
      release: () => lock.close(),
    };
  } catch (error) {
    lock.close();
    throw error;
  }
}

/** SQLite's lock on a database of its own: the system drops it when the process ends, however it ends. */
function lockFolder(path: string): DatabaseSync {
  let lock: DatabaseSync | undefined;
  try {
    lock = new DatabaseSync(join(path, 'server.lock'), { timeout: 0 });
    lock.exec('BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock?.close();
    const busy = (error as { errcode?: number }).errcode === 5;
    throw new DataFolderError(
      busy
        ? `another flooim server uses the data folder ${path}: stop it, or choose another folder with --data (FLOOIM_DATA)`
        : `the data folder ${path} cannot be used: ${(error as Error).message}`,
    );
  }
}

function readSecrets(path: string): Secrets {
  if (!existsSync(path)) writeSecrets(path);
  chmodSync(path, 0o600);
  const key = Buffer.from(keyIn(path), 'base64url');
  if (key.length !== 32) throw new DataFolderError(`${path} is damaged: restore it from a backup`);
  return { key };
}

function keyIn(path: string): string {
  try {
    const content = JSON.parse(readFileSync(path, 'utf8')) as { key?: unknown };
    return typeof content.key === 'string' ? content.key : '';
  } catch {
    return '';
  }
}

function writeSecrets(path: string): void {
  const unfinished = `${path}.new`;
  const file = openSync(unfinished, 'w', 0o600);
  writeSync(file, `${JSON.stringify({ key: randomBytes(32).toString('base64url') })}\n`);
  fsyncSync(file);
  closeSync(file);
  renameSync(unfinished, path);
}
