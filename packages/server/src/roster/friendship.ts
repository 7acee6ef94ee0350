import { type AuthMode, limits, RosterNoticeType as Type } from '@flooim/protocol';
import type { Database, Row } from '../store/database.ts';
import { type Appended, appendEntry, type NewEntry } from '../store/entry.ts';
import { readSettings } from '../user/user-settings.ts';
import { UserStatus } from '../user/user-status.ts';
import { rosterNotice } from './roster-notices.ts';

/** Who is whose friend and who asked whom, inside the writer's transaction. */

export const ApplicationStatus = { pending: 0, accepted: 1, declined: 2 } as const;

/** One who asks another to be friends. */
export interface Application {
  uid: number;
  peer: number;
  /** What the one who asks will call the other. */
  alias: string;
  reason: string;
  answer: string;
  /** Milliseconds since the epoch, both. */
  time: number;
  expiresAt: number;
}

export type ApplicationOutcome = 'added' | 'applied' | 'applicationRefused' | 'wrongAnswer' | 'rosterFull';

/** Makes them friends, or leaves the application for the other to answer, as his auth mode and what he asked before say. */
export function applyTo(db: Database, application: Application, settings: string): ApplicationOutcome {
  const { uid, peer, time } = application;
  const isMutual = pendingApplication(db, uid, peer, time) !== undefined;
  const outcome = isMutual ? 'added' : answerTo(application, settings);
  if (outcome === 'added' && !befriend(db, application)) return 'rosterFull';
  if (outcome === 'applied') saveApplication(db, application);
  return outcome;
}

/** What the auth mode of the one who is asked makes of an application. */
function answerTo(
  { peer, answer }: Application,
  settings: string,
): 'added' | 'applied' | 'applicationRefused' | 'wrongAnswer' {
  const { auth_mode, auth_answer = '' } = readSettings(peer, settings);
  const outcomes = { 0: 'added', 1: 'applied', 3: 'applicationRefused' } as const;
  if (auth_mode !== 2) return outcomes[auth_mode satisfies Exclude<AuthMode, 2>];
  const expected = auth_answer.trim();
  return expected !== '' && answer.trim() === expected ? 'added' : 'wrongAnswer';
}

/** Both become friends, unless the roster of one is full. Who applied calls the other as he said when he applied. */
export function befriend(db: Database, a: Pick<Application, 'uid' | 'peer' | 'alias' | 'time'>): boolean {
  if (roomInRoster(db, a.uid) < 1 || roomInRoster(db, a.peer) < 1) return false;
  const peersAlias = pendingApplication(db, a.uid, a.peer, a.time)?.['alias'] ?? '';
  addFriend(db, a.uid, a.peer, a.alias);
  addFriend(db, a.peer, a.uid, String(peersAlias));
  closeApplication(db, a.uid, a.peer, ApplicationStatus.accepted, a.time);
  closeApplication(db, a.peer, a.uid, ApplicationStatus.accepted, a.time);
  return true;
}

/** What both hear when they become friends. */
export function addedNotices(a: number, b: number, time: number): NewEntry[] {
  return [
    rosterNotice(a, { type: Type.ADDED, from: b, to: a, time }),
    rosterNotice(b, { type: Type.ADDED, from: a, to: b, time }),
  ];
}

/** What the one who is asked hears. */
export function appliedNotice({ uid, peer, reason, time }: Application): NewEntry {
  return rosterNotice(peer, { type: Type.APPLIED, from: uid, to: peer, content: reason, time });
}

/** There are as many notices as a roster holds: who shows more than this of a friend asks for it. */
const toldChars = 512;

/** Tells all friends that what they see of the user has changed. Long texts are left out. */
export function tellFriends(db: Database, uid: number, change: Record<string, string>, time: number): Appended[] {
  const told = Object.entries(change).filter(([, text]) => text.length <= toldChars);
  const content = JSON.stringify(Object.fromEntries(told));
  return friendsOf(db, uid).map((to) =>
    append(db, rosterNotice(to, { type: Type.INFO_UPDATED, from: uid, to, content, time })),
  );
}

/** Ends every friendship of a user who goes, tells those who were his friends, and takes back what he asked and was asked. */
export function leaveRosters(db: Database, { uid, time }: { uid: number; time: number }): Appended[] {
  const friends = friendsOf(db, uid);
  db.run('UPDATE roster SET relation = 1 WHERE uid = ? AND relation = 0', uid);
  const sql = 'UPDATE roster SET relation = 1 WHERE uid IN (SELECT value FROM json_each(?)) AND peer = ?';
  db.run(sql, JSON.stringify(friends), uid);
  const { pending } = ApplicationStatus;
  db.run(`DELETE FROM roster_application WHERE applicant = ? AND status = ${pending}`, uid);
  db.run(`DELETE FROM roster_application WHERE uid = ? AND status = ${pending}`, uid);
  return friends.map((to) => append(db, rosterNotice(to, { type: Type.REMOVED, from: uid, to, time })));
}

export function isFriend(db: Database, uid: number, peer: number): boolean {
  return db.get('SELECT 1 FROM roster WHERE uid = ? AND peer = ? AND relation = 0', uid, peer) !== undefined;
}

export type PeerRefusal = { refused: 'userNotFound' | 'userDeleted' };

/** The user of the app, if there is one whom others can turn to. */
export function findPeer(
  db: Database,
  { appId, peer }: { appId: string; peer: number },
): PeerRefusal | { settings: string } {
  const row = db.get('SELECT status, settings FROM user WHERE uid = ? AND app_id = ?', peer, appId);
  if (!row) return { refused: 'userNotFound' };
  return row['status'] === UserStatus.deleted ? { refused: 'userDeleted' } : { settings: String(row['settings']) };
}

export function pendingApplication(db: Database, uid: number, applicant: number, now: number): Row | undefined {
  return db.get(
    'SELECT alias FROM roster_application WHERE uid = ? AND applicant = ? AND status = ? AND expires_at > ?',
    uid,
    applicant,
    ApplicationStatus.pending,
    now,
  );
}

export function closeApplication(db: Database, uid: number, applicant: number, status: number, time: number): void {
  db.run(
    'UPDATE roster_application SET status = ?, updated_at = ? WHERE uid = ? AND applicant = ? AND status = ?',
    status,
    time,
    uid,
    applicant,
    ApplicationStatus.pending,
  );
}

/** Applying again renews the application. */
function saveApplication(db: Database, a: Application): void {
  db.run(
    `INSERT OR REPLACE INTO roster_application (uid, applicant, reason, alias, status, expires_at, updated_at)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
    a.peer,
    a.uid,
    a.reason,
    a.alias,
    ApplicationStatus.pending,
    a.expiresAt,
    a.time,
  );
}

/** For how many more friends: one less than a request may list, so that all friends and the user himself fit into one. */
export function roomInRoster(db: Database, uid: number): number {
  const row = db.get('SELECT count(*) AS n FROM roster WHERE uid = ? AND relation = 0', uid);
  return limits.rosterSize - 1 - Number(row?.['n']);
}

function addFriend(db: Database, uid: number, peer: number, alias: string): void {
  db.run(
    `INSERT INTO roster (uid, peer, relation, alias) VALUES (?, ?, 0, ?)
     ON CONFLICT DO UPDATE SET relation = 0, alias = CASE excluded.alias WHEN '' THEN alias ELSE excluded.alias END`,
    uid,
    peer,
    alias,
  );
}

function friendsOf(db: Database, uid: number): number[] {
  return db.all('SELECT peer FROM roster WHERE uid = ? AND relation = 0', uid).map((row) => Number(row['peer']));
}

function append(db: Database, entry: NewEntry): Appended {
  return { entry, placed: appendEntry(db, entry) };
}
