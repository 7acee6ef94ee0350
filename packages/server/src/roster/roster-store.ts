import { limits, type PairRole, type Relation, type RosterApplication, type RosterItem } from '@flooim/protocol';
import { type Bound, bindCommands, type Writer } from '../store/commands.ts';
import type { Database, Row } from '../store/database.ts';
import { spellingsOf } from '../user/account-rules.ts';
import { readSettings } from '../user/user-settings.ts';
import { UserStatus } from '../user/user-status.ts';
import { rosterWrites } from './roster-writes.ts';

/** One page of a list, and where the next one starts; undefined on the last. */
export interface Page<T> {
  items: T[];
  next?: string;
}

/** A user as another one sees him: what he noted about him, how they relate, nothing private. */
const selectItem = `
  SELECT u.uid, u.username, u.nick_name, u.avatar, u.description, u.public_info, u.settings, u.status,
         r.relation, r.alias, r.ext, r.mute, b.peer AS blocked
  FROM user u
  LEFT JOIN roster r ON r.uid = ?1 AND r.peer = u.uid
  LEFT JOIN block b ON b.uid = ?1 AND b.peer = u.uid
  WHERE u.app_id = ?2`;

export class RosterStore {
  readonly write: Bound<typeof rosterWrites>;
  readonly #reader: Database;

  constructor(reader: Database, writer: Writer) {
    this.#reader = reader;
    this.write = bindCommands(writer, rosterWrites);
  }

  /** Ids in ascending order, from the one after `after`. */
  async friends(uid: number, after = 0, limit: number = limits.rosterSize): Promise<Page<number>> {
    const rows = this.#reader.all(
      'SELECT peer FROM roster WHERE uid = ? AND relation = 0 AND peer > ? ORDER BY peer LIMIT ?',
      uid,
      after,
      limit + 1,
    );
    const items = rows.slice(0, limit).map((row) => Number(row['peer']));
    return rows.length > limit ? { items, next: String(items.at(-1)) } : { items };
  }

  /** The newest first, from the one after `after`, which a page gave as `next`. */
  async applications(
    uid: number,
    after?: Position,
    limit: number = limits.rosterSize,
  ): Promise<Page<RosterApplication>> {
    const rows = this.#reader.all(
      `SELECT applicant, reason, status, expires_at, updated_at FROM roster_application
       WHERE uid = ? AND (updated_at, applicant) < (?, ?) ORDER BY updated_at DESC, applicant DESC LIMIT ?`,
      uid,
      after?.time ?? Number.MAX_SAFE_INTEGER,
      after?.id ?? 0,
      limit + 1,
    );
    const items = rows.slice(0, limit).map(toApplication);
    const last = rows[limit - 1];
    return rows.length > limit && last ? { items, next: `${last['updated_at']}.${last['applicant']}` } : { items };
  }

  async blocked(uid: number): Promise<number[]> {
    const rows = this.#reader.all('SELECT peer FROM block WHERE uid = ? ORDER BY peer', uid);
    return rows.map((row) => Number(row['peer']));
  }

  /** Those of the app among the ids that exist. */
  async items(appId: string, uid: number, ids: readonly number[]): Promise<RosterItem[]> {
    const rows = this.#reader.all(
      `${selectItem} AND u.status <> ${UserStatus.deleted} AND u.uid IN (SELECT value FROM json_each(?3))`,
      uid,
      appId,
      JSON.stringify(ids),
    );
    return rows.map(toItem);
  }

  async itemById(appId: string, uid: number, peer: number): Promise<RosterItem | 'deleted' | undefined> {
    return itemOrDeleted(this.#reader.get(`${selectItem} AND u.uid = ?3`, uid, appId, peer));
  }

  async itemByName(appId: string, uid: number, username: string): Promise<RosterItem | 'deleted' | undefined> {
    return itemOrDeleted(this.#reader.get(`${selectItem} AND u.username = ?3`, uid, appId, username));
  }

  /** Whoever showed that the number is his goes before who only says so. */
  async itemByMobile(appId: string, uid: number, mobile: string): Promise<RosterItem | 'deleted' | undefined> {
    const sql = `${selectItem} AND u.mobile IN (?3, ?4) AND u.mobile <> '' ORDER BY u.mobile_verified_at DESC LIMIT 1`;
    return itemOrDeleted(this.#reader.get(sql, uid, appId, ...spellingsOf(mobile)));
  }

  /** Undefined: the app never had such a user. */
  statusOf(appId: string, uid: number): UserStatus | undefined {
    const row = this.#reader.get('SELECT status FROM user WHERE uid = ? AND app_id = ?', uid, appId);
    return row && (row['status'] as UserStatus);
  }

  async pairRole(uid: number, peer: number): Promise<PairRole> {
    const row = this.#reader.get(
      `SELECT EXISTS (SELECT 1 FROM block WHERE uid = ?1 AND peer = ?2) AS blocker,
              EXISTS (SELECT 1 FROM block WHERE uid = ?2 AND peer = ?1) AS blocked,
              EXISTS (SELECT 1 FROM roster WHERE uid = ?1 AND peer = ?2 AND relation = 0) AS friend`,
      uid,
      peer,
    );
    const role = (['blocker', 'blocked', 'friend'] as const).find((name) => row?.[name] === 1);
    return role ?? 'stranger';
  }
}

/** Where in the list of applications a page ended. */
export interface Position {
  time: number;
  id: number;
}

function itemOrDeleted(row: Row | undefined): RosterItem | 'deleted' | undefined {
  if (!row) return undefined;
  return row['status'] === UserStatus.deleted ? 'deleted' : toItem(row);
}

function toItem(row: Row): RosterItem {
  const uid = Number(row['uid']);
  const { auth_mode, auth_question } = readSettings(uid, String(row['settings']));
  return {
    user_id: uid,
    username: String(row['username']),
    nick_name: text(row['nick_name']),
    avatar: text(row['avatar']),
    description: text(row['description']),
    public_info: text(row['public_info']),
    alias: text(row['alias']),
    ext: text(row['ext']),
    auth_mode,
    auth_question: text(auth_question),
    mute_notification: row['mute'] === 1,
    relation: relationOf(row),
  };
}

function relationOf(row: Row): Relation {
  if (row['blocked'] !== null) return 3;
  return row['relation'] === null ? 2 : (Number(row['relation']) as Relation);
}

function toApplication(row: Row): RosterApplication {
  return {
    user_id: Number(row['applicant']),
    reason: text(row['reason']),
    status: Number(row['status']) as RosterApplication['status'],
    expired_time: Number(row['expires_at']),
  };
}

/** An absent text is left out of what a client gets. */
function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
