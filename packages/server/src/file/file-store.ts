import { type Bound, bindCommands, type Writer } from '../store/commands.ts';
import type { Database, Row } from '../store/database.ts';
import { fileOf, mayReadFile } from './file-refs.ts';
import { fileWrites, usage } from './file-writes.ts';

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
