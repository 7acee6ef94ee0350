import type { CommandTable } from '../store/commands.ts';
import type { Database, Row } from '../store/database.ts';

export type AppStatus = 'normal' | 'banned' | 'frozen' | 'revoked';

/** A tenant. */
export interface App {
  appId: string;
  name: string;
  status: AppStatus;
  openRegistration: boolean;
  strangersMayChat: boolean;
}

export const appWrites = {
  'app.create'(db: Database, a: { appId: string; name: string; time: number }): boolean {
    return db.run('INSERT OR IGNORE INTO app (app_id, name, created_at) VALUES (?, ?, ?)', a.appId, a.name, a.time) > 0;
  },
} satisfies CommandTable;

export class AppStore {
  readonly #reader: Database;

  constructor(reader: Database) {
    this.#reader = reader;
  }

  all(): App[] {
    return this.#reader.all('SELECT * FROM app').map(toApp);
  }
}

function toApp(row: Row): App {
  return {
    appId: String(row['app_id']),
    name: String(row['name']),
    status: row['status'] as AppStatus,
    openRegistration: row['open_registration'] === 1,
    strangersMayChat: row['strangers_may_chat'] === 1,
  };
}
