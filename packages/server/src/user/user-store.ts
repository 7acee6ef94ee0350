import { type Bound, bindCommands, type CommandTable, type Writer } from '../store/commands.ts';
import type { Database, Row } from '../store/database.ts';
import { addToInbox, appendEntries, createLog, LogKind, type NewEntry, nextId, type Placed } from '../store/entry.ts';
import type { SettingsChange } from './user-settings.ts';
import { UserStatus } from './user-status.ts';

/** What somebody logs in as. A login name is a username, a mobile number or an email address. */
export type AccountName = { uid: number } | { username: string } | { mobile: string } | { login: string };

export interface NewUser {
  appId: string;
  username: string;
  passwordHash: string;
  /** Milliseconds since the epoch. */
  time: number;
}

export interface Account {
  uid: number;
  appId: string;
  passwordHash: string;
  status: UserStatus;
}

/** What a profile shows; absent texts are empty here. */
export interface Profile {
  username: string;
  nick_name: string;
  avatar: string;
  description: string;
  email: string;
  mobile: string;
  public_info: string;
  private_info: string;
}

const editable = ['nick_name', 'avatar', 'description', 'public_info', 'private_info'] as const;
/** The fields that a user can change himself. */
export type ProfileChange = Partial<Pick<Profile, (typeof editable)[number]>>;

export const userWrites = {
  'user.create'(db: Database, a: NewUser): { refused: 'userExists' } | { uid: number } {
    const taken = db.get('SELECT uid FROM user WHERE app_id = ? AND username = ?', a.appId, a.username);
    if (taken) return { refused: 'userExists' };
    const uid = nextId(db);
    db.run(
      'INSERT INTO user (uid, app_id, username, password_hash, created_at) VALUES (?, ?, ?, ?, ?)',
      uid,
      a.appId,
      a.username,
      a.passwordHash,
      a.time,
    );
    createLog(db, uid, LogKind.system);
    addToInbox(db, uid, 0, uid);
    return { uid };
  },

  'user.changeProfile'(db: Database, a: { uid: number; change: ProfileChange; notices: NewEntry[] }): Placed[] {
    for (const field of editable) {
      const value = a.change[field];
      if (value !== undefined) db.run(`UPDATE user SET ${field} = ? WHERE uid = ?`, value, a.uid);
    }
    return appendEntries(db, a.notices);
  },

  'user.changeSettings'(db: Database, a: { uid: number; change: SettingsChange }): void {
    const kept = JSON.parse(String(db.get('SELECT settings FROM user WHERE uid = ?', a.uid)?.['settings'])) as object;
    db.run('UPDATE user SET settings = ? WHERE uid = ?', JSON.stringify({ ...kept, ...a.change }), a.uid);
  },
} satisfies CommandTable;

export class UserStore {
  readonly write: Bound<typeof userWrites>;
  readonly #reader: Database;

  constructor(reader: Database, writer: Writer) {
    this.#reader = reader;
    this.write = bindCommands(writer, userWrites);
  }

  async isTaken(appId: string, username: string): Promise<boolean> {
    return this.#reader.get('SELECT 1 FROM user WHERE app_id = ? AND username = ?', appId, username) !== undefined;
  }

  /** Nobody for an account that was deleted. */
  async account(appId: string, name: AccountName): Promise<Account | undefined> {
    const row = this.#accountRow(appId, name);
    return row && row['status'] !== UserStatus.deleted ? toAccount(row) : undefined;
  }

  async profile(uid: number): Promise<Profile> {
    return toProfile(this.#user(uid));
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
    if ('mobile' in name) return this.#reader.get(`${select} mobile = ? AND mobile <> ''`, appId, name.mobile);
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
