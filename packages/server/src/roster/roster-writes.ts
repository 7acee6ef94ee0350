import { type ErrorName, limits } from '@flooim/protocol';
import type { CommandTable } from '../store/commands.ts';
import type { Database } from '../store/database.ts';
import {
  type Appended,
  appendEntries,
  appendEntry,
  hideConversation,
  type NewEntry,
  type Placed,
} from '../store/entry.ts';
import {
  type Application,
  ApplicationStatus,
  addedNotices,
  applyTo,
  befriend,
  closeApplication,
  findPeer,
  isFriend,
  type PeerRefusal,
  pendingApplication,
  roomInRoster,
} from './friendship.ts';

/** Two users of an app, seen from the one who acts, and what both hear of it. */
interface Act {
  appId: string;
  uid: number;
  peer: number;
  notices: NewEntry[];
  /** Milliseconds since the epoch. */
  time: number;
}

export interface Apply extends Application {
  appId: string;
  /** What is heard when they become friends at once, and when the other has to agree. */
  notices: { added: NewEntry[]; applied: NewEntry[] };
}

export interface ItemChange {
  alias?: string;
  ext?: string;
  mute?: boolean;
}

/** A user and those who become his friends without being asked. */
interface Befriending {
  appId: string;
  uid: number;
  peers: readonly number[];
  /** Milliseconds since the epoch. */
  time: number;
}

type Refusal<N extends string> = { refused: N };
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
    const outcome = applyTo(db, a, peer.settings);
    if (outcome !== 'added' && outcome !== 'applied') return { refused: outcome };
    return { outcome, placed: appendEntries(db, a.notices[outcome]) };
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
    if (db.run(sql, a.uid, a.peer) === 0) return {};
    const placed = appendEntries(db, a.notices);
    // As his devices drop it: what came before is neither unread nor found again.
    hideConversation(db, a.uid, a.peer, placed[0]?.mid ?? 0);
    return { placed };
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

  /** Makes all of them friends of the user, or nobody: then it says who cannot be. */
  'roster.befriend'(db: Database, a: Befriending): { refused: ErrorName; peer: number } | Appended[] {
    const strangers = a.peers.filter((peer) => !isFriend(db, a.uid, peer));
    const room = roomInRoster(db, a.uid);
    for (const [i, peer] of strangers.entries()) {
      const refused = i < room ? whyNotFriends(db, a, peer) : 'rosterFull';
      if (refused) return { refused, peer };
    }
    return strangers.flatMap((peer) => {
      befriend(db, { uid: a.uid, peer, alias: '', time: a.time });
      return addedNotices(a.uid, peer, a.time).map((entry) => ({ entry, placed: appendEntry(db, entry) }));
    });
  },
} satisfies CommandTable;

function whyNotFriends(db: Database, { appId, uid }: Befriending, peer: number): ErrorName | undefined {
  const found = findPeer(db, { appId, peer });
  if ('refused' in found) return found.refused;
  if (isBlockedEitherWay(db, uid, peer)) return 'blocked';
  return roomInRoster(db, peer) < 1 ? 'rosterFull' : undefined;
}

function isBlockedEitherWay(db: Database, a: number, b: number): boolean {
  return db.get('SELECT 1 FROM block WHERE (uid = ?1 AND peer = ?2) OR (uid = ?2 AND peer = ?1)', a, b) !== undefined;
}
