import { hasRoom } from '../app/licence.ts';
import { keepAvatar } from '../file/file-refs.ts';
import {
  addedNotices,
  appliedNotice,
  applyTo,
  befriend,
  findPeer,
  type PeerRefusal,
  tellFriends,
} from '../roster/friendship.ts';
import type { CommandTable } from '../store/commands.ts';
import type { Database } from '../store/database.ts';
import { type Appended, addToInbox, appendEntry, createLog, LogKind, type NewEntry, nextId } from '../store/entry.ts';
import { spellingsOf } from './account-rules.ts';
import { type Editable, editable, type ProfileChange, visibleOf } from './profile.ts';
import { mergeSettings, type SettingsChange } from './user-settings.ts';
import { UserStatus } from './user-status.ts';

export interface NewUser {
  appId: string;
  username: string;
  passwordHash: string;
  /** Milliseconds since the epoch. */
  time: number;
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

interface ProfileUpdate {
  uid: number;
  change: ProfileChange;
  /** Milliseconds since the epoch. */
  time: number;
  /** Whether the change may take away a number that the user has shown to be his. */
  endsShown: boolean;
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
    { uid, change, time, endsShown }: ProfileUpdate,
  ): Refusal<'userDeleted' | 'usernameTaken' | 'mobileTaken' | 'hasAnotherMobile'> | { appended: Appended[] } {
    const row = db.get(
      `SELECT app_id, iif(mobile_verified_at > 0, mobile, '') AS shown FROM user
       WHERE uid = ? AND status <> ${UserStatus.deleted}`,
      uid,
    );
    if (!row) return { refused: 'userDeleted' };
    const [appId, shown] = [String(row['app_id']), String(row['shown'])];
    const { username, mobile } = change;
    if (username !== undefined && isTaken(db, appId, 'username', username, uid)) return { refused: 'usernameTaken' };
    if (mobile && isTaken(db, appId, 'mobile', mobile, uid)) return { refused: 'mobileTaken' };
    if (mobile !== undefined && !(shown && spellingsOf(mobile).includes(shown))) {
      if (shown && !endsShown) return { refused: 'hasAnotherMobile' };
      db.run("UPDATE user SET mobile_verified_at = 0, verified_by = '' WHERE uid = ?", uid);
    }
    for (const field of Object.keys(editable) as Editable[]) {
      const value = change[field];
      if (value !== undefined) db.run(`UPDATE user SET ${field} = ? WHERE uid = ?`, value, uid);
    }
    if (change.avatar !== undefined) keepAvatar(db, { appId, uid, holder: uid, link: change.avatar });
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
export function isTaken(db: Database, appId: string, field: 'username' | 'mobile', value: string, except = 0): boolean {
  const [filled, values] = field === 'mobile' ? ["AND mobile <> ''", spellingsOf(value)] : ['', [value, value]];
  const sql = `SELECT 1 FROM user WHERE app_id = ? AND ${field} IN (?, ?) ${filled} AND uid <> ?`;
  return db.get(sql, appId, ...values, except) !== undefined;
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
