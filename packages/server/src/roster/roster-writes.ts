import { type AuthMode, limits } from '@flooim/protocol';
import type { CommandTable } from '../store/commands.ts';
import type { Database, Row } from '../store/database.ts';
import { appendEntries, type NewEntry, type Placed } from '../store/entry.ts';
import { readSettings } from '../user/user-settings.ts';
import { UserStatus } from '../user/user-status.ts';

const ApplicationStatus = { pending: 0, accepted: 1, declined: 2 } as const;

/** Two users of an app, seen from the one who acts, and what both hear of it. */
interface Act {
  appId: string;
  uid: number;
  peer: number;
  notices: NewEntry[];
  /** Milliseconds since the epoch. */
  time: number;
}

export interface Apply extends Omit<Act, 'notices'> {
  alias: string;
  reason: string;
  answer: string;
  expiresAt: number;
  /** What is heard when they become friends at once, and when the other has to agree. */
  notices: { added: NewEntry[]; applied: NewEntry[] };
}

export interface ItemChange {
  alias?: string;
  ext?: string;
  mute?: boolean;
}

type Refusal<N extends string> = { refused: N };
type PeerRefusal = Refusal<'userNotFound' | 'userDeleted'>;
/** `placed` is absent when there was nothing to do, and then nobody hears of it. */
type Done = { placed?: Placed[] };

export const rosterWrites = {
  'roster.apply'(
    db: Database,
    a: Apply,
  ):
    | PeerRefusal
    | Refusal<'alreadyFriends' | 'blocked' | 'rosterFull' | 'applicationRefused' | 'wrongAnswer'>
    | { outcome: 'added' | 'applied'; placed: Placed[] } {
    const peer = findPeer(db, a);
    if ('refused' in peer) return peer;
    if (isFriend(db, a.uid, a.peer)) return { refused: 'alreadyFriends' };
    if (isBlockedEitherWay(db, a.uid, a.peer)) return { refused: 'blocked' };
    const mutual = pendingApplication(db, a.uid, a.peer, a.time) !== undefined;
    const answer = mutual ? 'added' : answerTo(a, peer.settings);
    if (answer !== 'added' && answer !== 'applied') return { refused: answer };
    if (answer === 'added' && !befriend(db, a)) return { refused: 'rosterFull' };
    if (answer === 'applied') saveApplication(db, a);
    return { outcome: answer, placed: appendEntries(db, a.notices[answer]) };
  },

  'roster.accept'(db: Database, a: Act): PeerRefusal | Refusal<'applicationMissing' | 'blocked' | 'rosterFull'> | Done {
    const peer = findPeer(db, a);
    if ('refused' in peer) return peer;
    const application = pendingApplication(db, a.uid, a.peer, a.time);
    if (!application) return { refused: 'applicationMissing' };
    if (isBlockedEitherWay(db, a.uid, a.peer)) return { refused: 'blocked' };
    if (!befriend(db, { ...a, alias: '' })) return { refused: 'rosterFull' };
    return { placed: appendEntries(db, a.notices) };
  },

  'roster.decline'(db: Database, a: Act): Refusal<'applicationMissing'> | Done {
    if (!pendingApplication(db, a.uid, a.peer, a.time)) return { refused: 'applicationMissing' };
    closeApplication(db, a.uid, a.peer, ApplicationStatus.declined, a.time);
    return { placed: appendEntries(db, a.notices) };
  },

  /** Both stop being friends and keep what they had noted about each other. */
  'roster.remove'(db: Database, a: Act): PeerRefusal | Done {
    const peer = findPeer(db, a);
    if ('refused' in peer && peer.refused === 'userNotFound') return peer;
    const sql = `UPDATE roster SET relation = 1
      WHERE relation = 0 AND ((uid = ?1 AND peer = ?2) OR (uid = ?2 AND peer = ?1))`;
    return db.run(sql, a.uid, a.peer) === 0 ? {} : { placed: appendEntries(db, a.notices) };
  },

  'roster.note'(db: Database, a: Act & { change: ItemChange }): Refusal<'noPermission'> | Done {
    if (!isFriend(db, a.uid, a.peer)) return { refused: 'noPermission' };
    const { alias, ext, mute } = a.change;
    db.run(
      `UPDATE roster SET alias = coalesce(?, alias), ext = coalesce(?, ext), mute = coalesce(?, mute)
       WHERE uid = ? AND peer = ?`,
      alias ?? null,
      ext ?? null,
      mute === undefined ? null : Number(mute),
      a.uid,
      a.peer,
    );
    return { placed: appendEntries(db, a.notices) };
  },

  'roster.block'(db: Database, a: Act): PeerRefusal | Refusal<'blocked' | 'rosterFull'> | Done {
    const peer = findPeer(db, a);
    if ('refused' in peer) return peer;
    const blocked = db.get('SELECT count(*) AS n FROM block WHERE uid = ?', a.uid);
    if (Number(blocked?.['n']) >= limits.rosterSize) return { refused: 'rosterFull' };
    const added = db.run('INSERT OR IGNORE INTO block (uid, peer) VALUES (?, ?)', a.uid, a.peer);
    return added === 0 ? { refused: 'blocked' } : { placed: appendEntries(db, a.notices) };
  },

  'roster.unblock'(db: Database, a: Act): PeerRefusal | Done {
    const peer = findPeer(db, a);
    if ('refused' in peer && peer.refused === 'userNotFound') return peer;
    const removed = db.run('DELETE FROM block WHERE uid = ? AND peer = ?', a.uid, a.peer);
    return removed === 0 ? {} : { placed: appendEntries(db, a.notices) };
  },
} satisfies CommandTable;

function findPeer(db: Database, { appId, peer }: Pick<Act, 'appId' | 'peer'>): PeerRefusal | { settings: string } {
  const row = db.get('SELECT status, settings FROM user WHERE uid = ? AND app_id = ?', peer, appId);
  if (!row) return { refused: 'userNotFound' };
  return row['status'] === UserStatus.deleted ? { refused: 'userDeleted' } : { settings: String(row['settings']) };
}

/** What the auth mode of the one who is asked makes of an application. */
function answerTo(a: Apply, settings: string): 'added' | 'applied' | 'applicationRefused' | 'wrongAnswer' {
  const { auth_mode, auth_answer = '' } = readSettings(a.peer, settings);
  const outcomes = { 0: 'added', 1: 'applied', 3: 'applicationRefused' } as const;
  if (auth_mode !== 2) return outcomes[auth_mode satisfies Exclude<AuthMode, 2>];
  const expected = auth_answer.trim();
  return expected !== '' && a.answer.trim() === expected ? 'added' : 'wrongAnswer';
}

function isFriend(db: Database, uid: number, peer: number): boolean {
  return db.get('SELECT 1 FROM roster WHERE uid = ? AND peer = ? AND relation = 0', uid, peer) !== undefined;
}

function isBlockedEitherWay(db: Database, a: number, b: number): boolean {
  return db.get('SELECT 1 FROM block WHERE (uid = ?1 AND peer = ?2) OR (uid = ?2 AND peer = ?1)', a, b) !== undefined;
}

function pendingApplication(db: Database, uid: number, applicant: number, now: number): Row | undefined {
  return db.get(
    'SELECT alias FROM roster_application WHERE uid = ? AND applicant = ? AND status = ? AND expires_at > ?',
    uid,
    applicant,
    ApplicationStatus.pending,
    now,
  );
}

/** Applying again renews the application. */
function saveApplication(db: Database, a: Apply): void {
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

/** Both become friends, unless the roster of one is full. Who applied calls the other as he said when he applied. */
function befriend(db: Database, a: Pick<Apply, 'uid' | 'peer' | 'alias' | 'time'>): boolean {
  if (isFull(db, a.uid) || isFull(db, a.peer)) return false;
  const peersAlias = pendingApplication(db, a.uid, a.peer, a.time)?.['alias'] ?? '';
  addFriend(db, a.uid, a.peer, a.alias);
  addFriend(db, a.peer, a.uid, String(peersAlias));
  closeApplication(db, a.uid, a.peer, ApplicationStatus.accepted, a.time);
  closeApplication(db, a.peer, a.uid, ApplicationStatus.accepted, a.time);
  return true;
}

/** One less than a request may list, so that all friends and the user himself fit into one. */
function isFull(db: Database, uid: number): boolean {
  const row = db.get('SELECT count(*) AS n FROM roster WHERE uid = ? AND relation = 0', uid);
  return Number(row?.['n']) >= limits.rosterSize - 1;
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

function closeApplication(db: Database, uid: number, applicant: number, status: number, time: number): void {
  db.run(
    'UPDATE roster_application SET status = ?, updated_at = ? WHERE uid = ? AND applicant = ? AND status = ?',
    status,
    time,
    uid,
    applicant,
    ApplicationStatus.pending,
  );
}
