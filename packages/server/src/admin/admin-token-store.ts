import { type Bound, bindCommands, type CommandTable, type Writer } from '../store/commands.ts';
import type { Database } from '../store/database.ts';

export const adminTokenWrites = {
  'adminToken.create'(db: Database, a: { hash: Uint8Array; appId: string; time: number }): void {
    db.run('INSERT INTO admin_token (hash, app_id, created_at) VALUES (?, ?, ?)', a.hash, a.appId, a.time);
  },

  /** Gives the hashes of those that ended. */
  'adminToken.endAll'(db: Database, { appId }: { appId: string }): Uint8Array[] {
    const rows = db.all('DELETE FROM admin_token WHERE app_id = ? RETURNING hash', appId);
    return rows.map((row) => row['hash'] as Uint8Array);
  },
} satisfies CommandTable;

export class AdminTokenStore {
  readonly write: Bound<typeof adminTokenWrites>;
  readonly #reader: Database;

  constructor(reader: Database, writer: Writer) {
    this.#reader = reader;
    this.write = bindCommands(writer, adminTokenWrites);
  }

  /** The app that the token administers. */
  async appOf(hash: Uint8Array): Promise<string | undefined> {
    const row = this.#reader.get('SELECT app_id FROM admin_token WHERE hash = ?', hash);
    return row && String(row['app_id']);
  }
}
