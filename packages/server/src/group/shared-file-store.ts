import type { GroupSharedFile } from '@flooim/protocol';
import { type Bound, bindCommands, type Writer } from '../store/commands.ts';
import type { Database } from '../store/database.ts';
import { sharedFileWrites, toSharedFile } from './shared-file-writes.ts';

export class SharedFileStore {
  readonly write: Bound<typeof sharedFileWrites>;
  readonly #reader: Database;

  constructor(reader: Database, writer: Writer) {
    this.#reader = reader;
    this.write = bindCommands(writer, sharedFileWrites);
  }

  /** The oldest first. */
  async all(gid: number): Promise<GroupSharedFile[]> {
    return this.#reader.all('SELECT * FROM group_file WHERE gid = ? ORDER BY id', gid).map(toSharedFile);
  }

  async one(gid: number, id: number): Promise<GroupSharedFile | undefined> {
    const row = this.#reader.get('SELECT * FROM group_file WHERE gid = ? AND id = ?', gid, id);
    return row && toSharedFile(row);
  }
}
