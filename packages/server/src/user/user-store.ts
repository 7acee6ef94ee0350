import { type Bound, bindCommands, type Writer } from '../store/commands.ts';
import type { Database, Row } from '../store/database.ts';
import { spellingsOf } from './account-rules.ts';
import type { Profile } from './profile.ts';
import { UserStatus } from './user-status.ts';
import { isTaken, userWrites } from './user-writes.ts';

/** What somebody logs in as. A login name is a username, a mobile number or an email address. */
export type AccountName = { uid: number } | { username: string } | { mobile: string } | { login: string };

export interface Account {
  uid: number;
  appId: string;
  passwordHash: string;
  status: UserStatus;
}

export class UserStore {
  readonly write: Bound<typeof userWrites>;
  readonly #reader: Database;

  constructor(reader: Database, writer: Writer) {
    this.#reader = reader;
    this.write = bindCommands(writer, userWrites);
  }

  async isTaken(appId: string, username: string): Promise<boolean> {
    return isTaken(this.#reader, appId, 'username', username);
  }

  /** Nobody for an account that was deleted. */
  async account(appId: string, name: AccountName): Promise<Account | undefined> {
    const row = this.#accountRow(appId, name);
    return row && row['status'] !== UserStatus.deleted ? toAccount(row) : undefined;
  }

  async profile(uid: number): Promise<Profile> {
    return toProfile(this.#user(uid));
  }

  /** Those of the app who have these names and can sign in, in the order of the names. */
  async byNames(appId: string, names: readonly string[]): Promise<{ uid: number; profile: Profile }[]> {
    const rows = this.#reader.all(
      `SELECT u.* FROM json_each(?) wanted JOIN user u ON u.app_id = ? AND u.username = wanted.value
       WHERE u.status = ${UserStatus.normal} ORDER BY wanted.key`,
      JSON.stringify(names),
      appId,
    );
    return rows.map((row) => ({ uid: Number(row['uid']), profile: toProfile(row) }));
  }

  /** The JSON of what differs from the defaults. */
  async settings(uid: number): Promise<string> {
    return String(this.#user(uid)['settings']);
  }

  #user(uid: number): Row {
    const row = this.#reader.get('SELECT * FROM user WHERE uid = ?', uid);
    if (!row) throw new Error(`no such user: ${uid}`);
    return row;
  }

  #accountRow(appId: string, name: AccountName): Row | undefined {
    const select = 'SELECT uid, app_id, password_hash, status FROM user WHERE app_id = ? AND';
    if ('uid' in name) return this.#reader.get(`${select} uid = ?`, appId, name.uid);
    if ('username' in name) return this.#reader.get(`${select} username = ?`, appId, name.username);
    if ('mobile' in name) {
      // Two who only say so may each write the same number in another way.
      const order = 'ORDER BY mobile_verified_at DESC, mobile = ? DESC LIMIT 1';
      const sql = `${select} mobile IN (?, ?) AND mobile <> '' ${order}`;
      return this.#reader.get(sql, appId, ...spellingsOf(name.mobile), name.mobile);
    }
    return (
      this.#accountRow(appId, { username: name.login }) ??
      this.#accountRow(appId, { mobile: name.login }) ??
      this.#reader.get(`${select} email = ? AND email <> ''`, appId, name.login)
    );
  }
}

function toAccount(row: Row): Account {
  return {
    uid: Number(row['uid']),
    appId: String(row['app_id']),
    passwordHash: String(row['password_hash']),
    status: row['status'] as UserStatus,
  };
}

function toProfile(row: Row): Profile {
  return {
    username: String(row['username']),
    nick_name: String(row['nick_name']),
    avatar: String(row['avatar']),
    description: String(row['description']),
    email: String(row['email']),
    mobile: String(row['mobile']),
    public_info: String(row['public_info']),
    private_info: String(row['private_info']),
  };
}
