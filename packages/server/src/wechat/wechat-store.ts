import { type Bound, bindCommands, type CommandTable, type Writer } from '../store/commands.ts';
import type { Database } from '../store/database.ts';
import { UserStatus } from '../user/user-status.ts';

/** The mini-program and the official account know the same person under different open ids. */
export const WeChatKind = { miniProgram: 1, officialAccount: 2 } as const;
export type WeChatKind = (typeof WeChatKind)[keyof typeof WeChatKind];

/** Somebody as WeChat knows him. */
export interface OpenId {
  appId: string;
  kind: WeChatKind;
  openId: string;
}

export const weChatWrites = {
  /** Binding again what is bound is no failure. */
  'openId.bind'(
    db: Database,
    { appId, kind, openId, uid, time }: OpenId & { uid: number; time: number },
  ): { refused?: 'userNotFound' | 'openIdBound' } {
    const user = db.get('SELECT status FROM user WHERE uid = ? AND app_id = ?', uid, appId);
    if (!user || user['status'] === UserStatus.deleted) return { refused: 'userNotFound' };
    const taken = `SELECT uid, open_id FROM open_id WHERE app_id = ?1 AND kind = ?2 AND open_id = ?3
      UNION SELECT uid, open_id FROM open_id WHERE kind = ?2 AND uid = ?4`;
    const bound = db.all(taken, appId, kind, openId, uid);
    if (bound.some((row) => row['uid'] !== uid || row['open_id'] !== openId)) return { refused: 'openIdBound' };
    const sql = 'INSERT OR IGNORE INTO open_id (app_id, kind, open_id, uid, created_at) VALUES (?, ?, ?, ?, ?)';
    db.run(sql, appId, kind, openId, uid, time);
    return {};
  },

  'openId.unbind'(db: Database, { uid }: { uid: number }): void {
    db.run('DELETE FROM open_id WHERE uid = ?', uid);
  },
} satisfies CommandTable;

export class WeChatStore {
  readonly write: Bound<typeof weChatWrites>;
  readonly #reader: Database;

  constructor(reader: Database, writer: Writer) {
    this.#reader = reader;
    this.write = bindCommands(writer, weChatWrites);
  }

  /** Whose it is. */
  async userOf({ appId, kind, openId }: OpenId): Promise<number | undefined> {
    const sql = 'SELECT uid FROM open_id WHERE app_id = ? AND kind = ? AND open_id = ?';
    const row = this.#reader.get(sql, appId, kind, openId);
    return row && Number(row['uid']);
  }

  async kindsOf(uid: number): Promise<WeChatKind[]> {
    const rows = this.#reader.all('SELECT kind FROM open_id WHERE uid = ?', uid);
    return rows.map((row) => row['kind'] as WeChatKind);
  }
}
