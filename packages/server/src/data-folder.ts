import { hkdfSync, randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { finishRestore } from './backup/finish-restore.ts';

/** The folder cannot be used; the message says why and what would do. */
export class DataFolderError extends Error {
  override readonly name = 'DataFolderError';
}

/** Another server holds the folder. */
export class DataFolderBusyError extends DataFolderError {}

/** What the server made for itself at its first start. */
export interface Secrets {
  /** 256 random bits: what is derived from it cannot be guessed outside. */
  key: Buffer;
  /** What shows that somebody may read this folder: he runs the server. */
  operatorToken: string;
}

export interface DataFolder {
  database: string;
  /** Where the bytes of files are kept. */
  files: string;
  /** Where files are until they have arrived whole. */
  incoming: string;
  secrets: Secrets;
  /** Notes where the server listens, for commands that operate it. */
  announce(url: string): void;
  /** Takes that back: they would show the operator's token to whoever listens there next. */
  withdraw(): void;
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
  const withdraw = () => rmSync(addressFile(path), { force: true });
  try {
    // What a server left that was killed: by now somebody else may listen there.
    withdraw();
    finishRestore(path);
    return {
      database: join(path, 'flooim.db'),
      files: makeFolder(path, 'files'),
      incoming: makeFolder(path, 'incoming'),
      secrets: readSecrets(path),
      announce: (url) => writeFile(addressFile(path), { url }),
      withdraw,
      release() {
        withdraw();
        lock.close();
      },
    };
  } catch (error) {
    lock.close();
    throw error;
  }
}

/** What a command needs to operate the server that holds the folder; undefined until that server listens. */
export function readRunningServer(path: string): { url: string; operatorToken: string } | undefined {
  const url = textIn(addressFile(path), 'url');
  return url ? { url, operatorToken: readSecrets(path).operatorToken } : undefined;
}

function makeFolder(path: string, name: string): string {
  const folder = join(path, name);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folder;
}

function addressFile(path: string): string {
  return join(path, 'server.json');
}

/** SQLite's lock on a database of its own: the system drops it when the process ends, however it ends. */
export function lockFolder(path: string): DatabaseSync {
  let lock: DatabaseSync | undefined;
  try {
    lock = new DatabaseSync(join(path, 'server.lock'), { timeout: 0 });
    lock.exec('BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock?.close();
    const isBusy = (error as { errcode?: number }).errcode === 5;
    if (!isBusy) throw new DataFolderError(`the data folder ${path} cannot be used: ${(error as Error).message}`);
    throw new DataFolderBusyError(
      `another flooim server uses the data folder ${path}: stop it, or choose another folder with --data (FLOOIM_DATA)`,
    );
  }
}

function readSecrets(folder: string): Secrets {
  const path = join(folder, 'secret.json');
  if (!existsSync(path)) writeFile(path, { key: randomBytes(32).toString('base64url') });
  chmodSync(path, 0o600);
  const key = Buffer.from(textIn(path, 'key'), 'base64url');
  if (key.length !== 32) throw new DataFolderError(`${path} is damaged: restore it from a backup`);
  const operator = Buffer.from(hkdfSync('sha256', key, '', 'operator token', 32));
  return { key, operatorToken: `o${operator.toString('base64url')}` };
}

/** A text in a JSON file; empty if there is no such file or no such text. */
function textIn(path: string, name: string): string {
  try {
    const content = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
    const text = content[name];
    return typeof text === 'string' ? text : '';
  } catch {
    return '';
  }
}

/** For the server's own user alone; there is never half a file. */
function writeFile(path: string, content: object): void {
  const unfinished = `${path}.new`;
  const file = openSync(unfinished, 'w', 0o600);
  writeSync(file, `${JSON.stringify(content)}\n`);
  fsyncSync(file);
  closeSync(file);
  renameSync(unfinished, path);
}
