import type { GroupInfoAndSettings, GroupListDetail } from '@flooim/protocol';
import { type Bound, bindCommands, type Writer } from '../store/commands.ts';
import type { Database } from '../store/database.ts';
import type { InGroup } from './group-access.ts';
import { toGroupInfo, toListDetail } from './group-info.ts';
import { settingsWrites } from './settings-writes.ts';

/** Reads and writes of what a group is and allows, and of what each member has set for himself. */
export class SettingsStore {
  readonly write: Bound<typeof settingsWrites>;
  readonly #reader: Database;

  constructor(reader: Database, writer: Writer) {
    this.#reader = reader;
    this.write = bindCommands(writer, settingsWrites);
  }

  /** A dissolved group too, and for anyone of its app. */
  async info({ appId, uid, gid }: InGroup): Promise<GroupInfoAndSettings | undefined> {
    const row = this.#reader.get(
      `SELECT g.*, m.mute_mode, m.push_mode FROM group_info g LEFT JOIN group_member m ON m.gid = g.gid AND m.uid = ?
       WHERE g.gid = ? AND g.app_id = ?`,
      uid,
      gid,
      appId,
    );
    return row && toGroupInfo(row, row);
  }

  /** Those of the ids that are groups of the app, in the order of the ids. */
  async infos({ appId, uid }: Omit<InGroup, 'gid'>, gids: readonly number[]): Promise<GroupListDetail[]> {
    const rows = this.#reader.all(
      `SELECT g.*, m.mute_mode, m.push_mode FROM json_each(?) wanted JOIN group_info g ON g.gid = wanted.value
       LEFT JOIN group_member m ON m.gid = g.gid AND m.uid = ? WHERE g.app_id = ? ORDER BY wanted.key`,
      JSON.stringify([...new Set(gids)]),
      uid,
      appId,
    );
    return rows.map((row) => toListDetail(row, row));
  }
}
