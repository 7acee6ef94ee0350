import type { UserListItem } from '@flooim/protocol';
import type { Database } from '../store/database.ts';
import { UserStatus } from '../user/user-status.ts';

export class AdminStore {
  readonly #reader: Database;

  constructor(reader: Database) {
    this.#reader = reader;
  }

  /** Users of the app who were not deleted, by uid. */
  async users(appId: string, skip: number, count: number): Promise<UserListItem[]> {
    const rows = this.#reader.all(
      `SELECT uid, username, status FROM user WHERE app_id = ? AND status <> ${UserStatus.deleted}
       ORDER BY uid LIMIT ? OFFSET ?`,
      appId,
      count,
      skip,
    );
    return rows.map((row) => ({
      user_id: Number(row['uid']),
      username: String(row['username']),
      status: row['status'] === UserStatus.normal ? 0 : 1,
    }));
  }
}
