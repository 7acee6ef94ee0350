import { type Bound, bindCommands, type CommandTable, type Writer } from '../store/commands.ts';
import type { Database, Row } from '../store/database.ts';
import { UserStatus } from '../user/user-status.ts';
import { firstBeyondLimit } from './licence.ts';

export const appStatuses = ['normal', 'banned', 'frozen', 'revoked'] as const;
export type AppStatus = (typeof appStatuses)[number];

/** A tenant. */
export interface App {
  appId: string;
  name: string;
  status: AppStatus;
  openRegistration: boolean;
  strangersMayChat: boolean;
  /** Users at most; 0: as many as come. */
  userLimit: number;
  /** Bytes of all its files at most; 0: as many as the disk takes. */
  fileBytesLimit: number;
  /** Milliseconds since the epoch; 0: never. */
  licenceExpiresAt: number;
}

export type AppChange = Partial<Omit<App, 'appId'>>;

export const appWrites = {
  'app.create'(db: Database, a: { appId: string; name: string; time: number }): boolean {
    return db.run('INSERT OR IGNORE INTO app (app_id, name, created_at) VALUES (?, ?, ?)', a.appId, a.name, a.time) > 0;
  },

  /** Changes what is given; false: there is no such app. */
  'app.update'(db: Database, { appId, change }: { appId: string; change: AppChange }): boolean {
    const { name, status, openRegistration, strangersMayChat, userLimit, fileBytesLimit, licenceExpiresAt } = change;
    const changed = db.run(
      `UPDATE app SET name = coalesce(?, name), status = coalesce(?, status),
         open_registration = coalesce(?, open_registration), strangers_may_chat = coalesce(?, strangers_may_chat),
         user_limit = coalesce(?, user_limit), file_bytes_limit = coalesce(?, file_bytes_limit),
         licence_expires_at = coalesce(?, licence_expires_at)
       WHERE app_id = ?`,
      name ?? null,
      status ?? null,
      openRegistration === undefined ? null : Number(openRegistration),
      strangersMayChat === undefined ? null : Number(strangersMayChat),
      userLimit ?? null,
      fileBytesLimit ?? null,
      licenceExpiresAt ?? null,
      appId,
    );
    return changed > 0;
  },
} satisfies CommandTable;

export class AppStore {
  readonly write: Bound<typeof appWrites>;
  readonly #reader: Database;

  constructor(reader: Database, writer: Writer) {
    this.#reader = reader;
    this.write = bindCommands(writer, appWrites);
  }

  all(): App[] {
    return this.#reader.all('SELECT * FROM app ORDER BY app_id').map(toApp);
  }

  /** Users of each app who were not deleted; apps without any are left out. */
  userCounts(): Map<string, number> {
    const sql = `SELECT app_id, count(*) AS users FROM user WHERE status <> ${UserStatus.deleted} GROUP BY app_id`;
    return new Map(this.#reader.all(sql).map((row) => [String(row['app_id']), Number(row['users'])]));
  }

  /** Bytes of each app's files; apps without any are left out. */
  fileBytes(): Map<string, number> {
    const rows = this.#reader.all('SELECT app_id, bytes FROM file_usage WHERE uid = 0');
    return new Map(rows.map((row) => [String(row['app_id']), Number(row['bytes'])]));
  }

  /** The first user whom the app's licence does not cover, nor those with greater uids; infinite when it covers all. */
  firstBeyondLimit(appId: string): number {
    return firstBeyondLimit(this.#reader, appId) ?? Number.POSITIVE_INFINITY;
  }
}

function toApp(row: Row): App {
  return {
    appId: String(row['app_id']),
    name: String(row['name']),
    status: row['status'] as AppStatus,
    openRegistration: row['open_registration'] === 1,
    strangersMayChat: row['strangers_may_chat'] === 1,
    userLimit: Number(row['user_limit']),
    fileBytesLimit: Number(row['file_bytes_limit']),
    licenceExpiresAt: Number(row['licence_expires_at']),
  };
}
