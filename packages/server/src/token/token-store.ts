import { type Bound, bindCommands, type CommandTable, type Writer } from '../store/commands.ts';
import type { Database, Row } from '../store/database.ts';
import { UserStatus } from '../user/user-status.ts';
import { endTokens, toHash } from './end-tokens.ts';

export interface NewToken {
  hash: Uint8Array;
  uid: number;
  /** The password's hash that was checked: if it is another one by now, there is no token. */
  passwordHash?: string;
  deviceGuid: string;
  /** Milliseconds since the epoch, both. */
  expiresAt: number;
  createdAt: number;
}

/** Why there is no token: what the login had checked does not hold any more. */
export type NoToken = 'loginRejected' | 'userFrozen';

/** A token as the database knows it, with what decides whether it works. */
export interface TokenRecord {
  uid: number;
  appId: string;
  deviceGuid: string;
  expiresAt: number;
  userStatus: number;
}

/** Tokens that one user may hold; beyond it the oldest end. */
const tokensPerUser = 1000;

/** A password's hash to be replaced, if it is still `oldHash`. */
export interface PasswordChange {
  uid: number;
  oldHash: string;
  newHash: string;
  /** The hash of the token that stays. */
  exceptToken: Uint8Array;
}

export const tokenWrites = {
  /** Gives the hashes of the tokens that ended by it. */
  'token.create'(db: Database, a: NewToken): { refused: NoToken } | { ended: Uint8Array[] } {
    const refused = refusalOf(db, a);
    if (refused) return { refused };
    db.run(
      'INSERT INTO token (hash, uid, device_guid, expires_at, created_at) VALUES (?, ?, ?, ?, ?)',
      a.hash,
      a.uid,
      a.deviceGuid,
      a.expiresAt,
      a.createdAt,
    );
    const ended = db.all(
      `DELETE FROM token WHERE uid = ?1 AND (expires_at <= ?2 OR hash IN (
         SELECT hash FROM token WHERE uid = ?1 ORDER BY created_at DESC, hash LIMIT -1 OFFSET ?3
       )) RETURNING hash`,
      a.uid,
      a.createdAt,
      tokensPerUser,
    );
    return { ended: ended.map(toHash) };
  },

  /** From now on the token belongs to the device that connects with it. */
  'token.bindDevice'(db: Database, a: { hash: Uint8Array; deviceGuid: string }): void {
    db.run('UPDATE token SET device_guid = ? WHERE hash = ?', a.deviceGuid, a.hash);
  },

  /** Ends the user's other tokens in the same transaction, and gives their hashes. */
  'token.changePassword'(db: Database, a: PasswordChange): { refused: 'wrongPassword' } | { ended: Uint8Array[] } {
    const sql = 'UPDATE user SET password_hash = ? WHERE uid = ? AND password_hash = ?';
    if (db.run(sql, a.newHash, a.uid, a.oldHash) === 0) return { refused: 'wrongPassword' };
    return { ended: endTokens(db, a.uid, a.exceptToken) };
  },

  'token.end'(db: Database, a: { hash: Uint8Array }): void {
    db.run('DELETE FROM token WHERE hash = ?', a.hash);
  },

  /** Gives the hashes of those that ended. */
  'token.endAll'(db: Database, a: { uid: number }): Uint8Array[] {
    return endTokens(db, a.uid);
  },
} satisfies CommandTable;

function refusalOf(db: Database, { uid, passwordHash }: NewToken): NoToken | undefined {
  const user = db.get('SELECT status, password_hash FROM user WHERE uid = ?', uid);
  if (!user || user['status'] === UserStatus.deleted) return 'loginRejected';
  if (passwordHash !== undefined && passwordHash !== user['password_hash']) return 'loginRejected';
  return user['status'] === UserStatus.disabled ? 'userFrozen' : undefined;
}

export class TokenStore {
  readonly write: Bound<typeof tokenWrites>;
  readonly #reader: Database;

  constructor(reader: Database, writer: Writer) {
    this.#reader = reader;
    this.write = bindCommands(writer, tokenWrites);
  }

  async find(hash: Uint8Array): Promise<TokenRecord | undefined> {
    const row = this.#reader.get(
      `SELECT t.uid, t.device_guid, t.expires_at, u.app_id, u.status
       FROM token t JOIN user u ON u.uid = t.uid WHERE t.hash = ?`,
      hash,
    );
    return row && toRecord(row);
  }
}

function toRecord(row: Row): TokenRecord {
  return {
    uid: Number(row['uid']),
    appId: String(row['app_id']),
    deviceGuid: String(row['device_guid']),
    expiresAt: Number(row['expires_at']),
    userStatus: Number(row['status']),
  };
}
