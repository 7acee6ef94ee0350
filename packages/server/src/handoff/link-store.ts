import { type LinkInfo, limits, type SupportLink } from '@flooim/protocol';
import { type Bound, bindCommands, type CommandTable, type Writer } from '../store/commands.ts';
import type { Database, Row } from '../store/database.ts';
import { UserStatus } from '../user/user-status.ts';

export interface NewLink {
  link: string;
  appId: string;
  uid: number;
  text: string;
  type: string;
  /** Milliseconds since the epoch. */
  time: number;
}

export const linkWrites = {
  'link.create'(db: Database, a: NewLink): { refused?: 'userNotFound' | 'tooManyLinks' } {
    const user = db.get('SELECT status FROM user WHERE uid = ? AND app_id = ?', a.uid, a.appId);
    if (!user || user['status'] === UserStatus.deleted) return { refused: 'userNotFound' };
    const count = Number(db.get('SELECT count(*) AS count FROM support_link WHERE app_id = ?', a.appId)?.['count']);
    if (count >= limits.supportLinks) return { refused: 'tooManyLinks' };
    const sql = 'INSERT INTO support_link (link, app_id, uid, text, type, created_at) VALUES (?, ?, ?, ?, ?, ?)';
    db.run(sql, a.link, a.appId, a.uid, a.text, a.type, a.time);
    return {};
  },

  /** Whether there was such a link. */
  'link.delete'(db: Database, { appId, link }: { appId: string; link: string }): boolean {
    return db.run('DELETE FROM support_link WHERE link = ? AND app_id = ?', link, appId) > 0;
  },
} satisfies CommandTable;

export class LinkStore {
  readonly write: Bound<typeof linkWrites>;
  readonly #reader: Database;

  constructor(reader: Database, writer: Writer) {
    this.#reader = reader;
    this.write = bindCommands(writer, linkWrites);
  }

  /** Of whichever app, while the one whom it names can sign in. */
  async find(link: string): Promise<LinkInfo | undefined> {
    const row = this.#reader.get(
      `SELECT l.* FROM support_link l JOIN user u ON u.uid = l.uid WHERE l.link = ? AND u.status = ${UserStatus.normal}`,
      link,
    );
    return (
      row && {
        app_id: String(row['app_id']),
        uid: Number(row['uid']),
        text: String(row['text']),
        type: String(row['type']),
      }
    );
  }

  /** The app's, the oldest first. */
  async list(appId: string): Promise<SupportLink[]> {
    const sql = 'SELECT * FROM support_link WHERE app_id = ? ORDER BY created_at, link';
    return this.#reader.all(sql, appId).map(toLink);
  }
}

function toLink(row: Row): SupportLink {
  return {
    link: String(row['link']),
    user_id: Number(row['uid']),
    text: String(row['text']),
    type: String(row['type']),
    created_at: Number(row['created_at']),
  };
}
