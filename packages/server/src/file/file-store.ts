import { type Bound, bindCommands, type Writer } from '../store/commands.ts';
import type { Database, Row } from '../store/database.ts';
import { fileOf, mayReadFile } from './file-rights.ts';
import { fileWrites, type StrayObject, usage, whyFull } from './file-writes.ts';

export interface StoredFile {
  object: string;
  owner: number;
  isAvatar: boolean;
  name: string;
  type: string;
  /** Bytes. */
  size: number;
  sha256: Buffer;
  /** 0 there is no small picture of it, 1 a picture, 2 a video. */
  picture: number;
  width: number;
  height: number;
  duration: number;
  placeholder: string;
  createdAt: number;
}

export class FileStore {
  readonly write: Bound<typeof fileWrites>;
  readonly #reader: Database;

  constructor(reader: Database, writer: Writer) {
    this.#reader = reader;
    this.write = bindCommands(writer, fileWrites);
  }

  async find(appId: string, object: string): Promise<StoredFile | undefined> {
    const row = fileOf(this.#reader, appId, object);
    return row && toFile(row);
  }

  /** The file and whether the user may read it. */
  async findFor(appId: string, object: string, uid: number): Promise<{ file: StoredFile; isHis: boolean } | undefined> {
    const row = fileOf(this.#reader, appId, object);
    return row && { file: toFile(row), isHis: mayReadFile(this.#reader, row, uid) };
  }

  /** Bytes of all files of a user that are there. */
  async used(appId: string, uid: number): Promise<number> {
    return usage(this.#reader, appId, uid);
  }

  /** As the writer asks it when a file is stored. */
  async whyFull(...asked: DropFirst<Parameters<typeof whyFull>>): Promise<string | undefined> {
    return whyFull(this.#reader, ...asked);
  }

  /** Objects that no file has since before then, in the order of their names, those that come after one. */
  async strays(after: string, before: number, most: number): Promise<StrayObject[]> {
    const sql = 'SELECT object, since FROM stray_object WHERE object > ? AND since < ? ORDER BY object LIMIT ?';
    return this.#reader.all(sql, after, before, most).map(toStray);
  }

  async stray(object: string): Promise<StrayObject | undefined> {
    const row = this.#reader.get('SELECT object, since FROM stray_object WHERE object = ?', object);
    return row && toStray(row);
  }

  /** Whether something has expired, or is left of those who are no more. */
  async hasExpired(time: number): Promise<boolean> {
    const sql = `SELECT 1 FROM file_leaving UNION ALL
      SELECT 1 FROM file_ref WHERE expires_at > 0 AND expires_at <= ? LIMIT 1`;
    return this.#reader.get(sql, time) !== undefined;
  }
}

type DropFirst<T extends unknown[]> = T extends [unknown, ...infer Rest] ? Rest : never;

function toStray(row: Row): StrayObject {
  return { object: String(row['object']), since: Number(row['since']) };
}

function toFile(row: Row): StoredFile {
  return {
    object: String(row['object']),
    owner: Number(row['owner']),
    isAvatar: row['is_avatar'] === 1,
    name: String(row['name']),
    type: String(row['type']),
    size: Number(row['size']),
    sha256: Buffer.from(row['sha256'] as Uint8Array),
    picture: Number(row['picture']),
    width: Number(row['width']),
    height: Number(row['height']),
    duration: Number(row['duration']),
    placeholder: String(row['placeholder']),
    createdAt: Number(row['created_at']),
  };
}
