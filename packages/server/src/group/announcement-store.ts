import type { GroupAnnouncement } from '@flooim/protocol';
import { type Bound, bindCommands, type Writer } from '../store/commands.ts';
import type { Database } from '../store/database.ts';
import { announcementWrites, toAnnouncement } from './announcement-writes.ts';

export class AnnouncementStore {
  readonly write: Bound<typeof announcementWrites>;
  readonly #reader: Database;

  constructor(reader: Database, writer: Writer) {
    this.#reader = reader;
    this.write = bindCommands(writer, announcementWrites);
  }

  /** The oldest first. */
  async all(gid: number): Promise<GroupAnnouncement[]> {
    return this.#reader.all('SELECT * FROM group_announcement WHERE gid = ? ORDER BY id', gid).map(toAnnouncement);
  }

  async one(gid: number, id: number): Promise<GroupAnnouncement | undefined> {
    const row = this.#reader.get('SELECT * FROM group_announcement WHERE gid = ? AND id = ?', gid, id);
    return row && toAnnouncement(row);
  }

  async last(gid: number): Promise<GroupAnnouncement | undefined> {
    const row = this.#reader.get('SELECT * FROM group_announcement WHERE gid = ? ORDER BY id DESC LIMIT 1', gid);
    return row && toAnnouncement(row);
  }
}
