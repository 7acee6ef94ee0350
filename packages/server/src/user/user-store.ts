import { hasRoom } from '../app/licence.ts';
import {
  addedNotices,
  appliedNotice,
  applyTo,
  befriend,
  findPeer,
  type PeerRefusal,
  tellFriends,
} from '../roster/friendship.ts';
import { type Bound, bindCommands, type CommandTable, type Writer } from '../store/commands.ts';
import type { Database, Row } from '../store/database.ts';
import { type Appended, addToInbox, appendEntry, createLog, LogKind, type NewEntry, nextId } from '../store/entry.ts';
import { mergeSettings, type SettingsChange } from './user-settings.ts';
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

/** What a user can change himself, and whether his friends see it. */
const editable = {
  nick_name: 'visible',
  avatar: 'visible',
  public_info: 'visible',
  username: 'visible',
  description: 'own',
  private_info: 'own',
  mobile: 'own',
} as const satisfies Partial<Record<keyof Profile, 'visible' | 'own'>>;

type Editable = keyof typeof editable;
export type ProfileChange = Partial<Pick<Profile, Editable>>;

/** The part of a change that friends see. */
export function visibleOf(change: ProfileChange): ProfileChange {
  return Object.fromEntries(Object.entries(change).filter(([field]) => editable[field as Editable] === 'visible'));
}

/** Somebody who comes to talk to one user of the app. */
export interface NewVisitor extends NewUser {
  contact?: {
    uid: number;
    /** Who is staff is everybody's friend, whatever he is asked by. */
    isStaff: boolean;
  };
  /** Until when the contact can answer, if he wants to be asked. Milliseconds since the epoch. */
  applicationExpiresAt: number;
}

type Refusal<N extends string> = { refused: N };
/** Why there can be no such user. */
type NoUser = 'userExists' | 'licenceExceeded';

export const userWrites = {
  'user.create'(db: Database, a: NewUser): Refusal<NoUser> | { uid: number } {
    const refused = refusalOf(db, a);
    return refused ? { refused } : { uid: insertUser(db, a) };
  },

  /** As `user.create`; and he asks his contact to be friends, with whatever comes of it. */
  'user.createVisitor'(
    db: Database,
    a: NewVisitor,
  ): PeerRefusal | Refusal<NoUser> | { uid: number; appended: Appended[] } {
    const contact = a.contact && findPeer(db, { appId: a.appId, peer: a.contact.uid });
    if (contact && 'refused' in contact) return contact;
    const refused = refusalOf(db, a);
    if (refused) return { refused };
    const uid = insertUser(db, a);
    const notices = contact && a.contact ? meet(db, uid, a, { ...a.contact, ...contact }) : [];
    return { uid, appended: notices.map((entry) => ({ entry, placed: appendEntry(db, entry) })) };
  },

  /** `change`: what is not so already. Gives what friends were told. */
  'user.changeProfile'(
    db: Database,
    { uid, change, time }: { uid: number; change: ProfileChange; time: number },
  ): Refusal<'userDeleted' | 'usernameTaken' | 'mobileTaken'> | { appended: Appended[] } {
    const row = db.get(`SELECT app_id FROM user WHERE uid = ? AND status <> ${UserStatus.deleted}`, uid);
    if (!row) return { refused: 'userDeleted' };
    const appId = String(row['app_id']);
    const { username, mobile } = change;
    if (username !== undefined && isTaken(db, appId, 'username', username, uid)) return { refused: 'usernameTaken' };
    if (mobile && isTaken(db, appId, 'mobile', mobile, uid)) return { refused: 'mobileTaken' };
    for (const field of Object.keys(editable) as Editable[]) {
      const value = change[field];
      if (value !== undefined) db.run(`UPDATE user SET ${field} = ? WHERE uid = ?`, value, uid);
    }
    const visible = visibleOf(change);
    return { appended: Object.keys(visible).length > 0 ? tellFriends(db, uid, visible, time) : [] };
  },

  /** Whether anything is different now. */
  'user.changeSettings'(db: Database, a: { uid: number; change: SettingsChange }): boolean {
    const row = db.get(`SELECT settings FROM user WHERE uid = ? AND status <> ${UserStatus.deleted}`, a.uid);
    if (!row) return false;
    const kept = String(row['settings']);
    const changed = mergeSettings(kept, a.change);
    return changed !== kept && db.run('UPDATE user SET settings = ? WHERE uid = ?', changed, a.uid) > 0;
  },
} satisfies CommandTable;

/** Whether somebody else in the app has the name or the number; who was deleted keeps his name. */
function isTaken(db: Database, appId: string, field: 'username' | 'mobile', value: string, except = 0): boolean {
  const filled = field === 'mobile' ? "AND mobile <> ''" : '';
  const sql = `SELECT 1 FROM user WHERE app_id = ? AND ${field} = ? ${filled} AND uid <> ?`;
  return db.get(sql, appId, value, except) !== undefined;
}

function refusalOf(db: Database, { appId, username }: NewUser): NoUser | undefined {
  if (isTaken(db, appId, 'username', username)) return 'userExists';
  return hasRoom(db, appId) ? undefined : 'licenceExceeded';
}

function insertUser(db: Database, a: NewUser): number {
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
  return uid;
}

/** What the two hear. A contact who refuses applications, or has no room, is a stranger like any other. */
function meet(
  db: Database,
  uid: number,
  { time, applicationExpiresAt }: NewVisitor,
  contact: { uid: number; isStaff: boolean; settings: string },
): NewEntry[] {
  const application = { uid, peer: contact.uid, alias: '', reason: '', answer: '', time };
  if (contact.isStaff) return befriend(db, application) ? addedNotices(uid, contact.uid, time) : [];
  const asked = { ...application, expiresAt: applicationExpiresAt };
  const outcome = applyTo(db, asked, contact.settings);
  if (outcome === 'added') return addedNotices(uid, contact.uid, time);
  return outcome === 'applied' ? [appliedNotice(asked)] : [];
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
