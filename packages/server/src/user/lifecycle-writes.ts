import { dropUserFiles } from '../file/file-refs.ts';
import { type Ending, leaveAllGroups } from '../group/leave-all-groups.ts';
import { leaveRosters } from '../roster/friendship.ts';
import type { CommandTable } from '../store/commands.ts';
import type { Database, Row } from '../store/database.ts';
import type { Appended } from '../store/entry.ts';
import { endTokens } from '../token/end-tokens.ts';
import { UserStatus } from './user-status.ts';

/** Users of an app, whom somebody names by their ids. */
interface Named {
  appId: string;
  uids: readonly number[];
}

export interface Removal {
  appId: string;
  uid: number;
  /** The password's hash that was checked; absent: nobody asked for it. */
  passwordHash?: string;
  /** Milliseconds since the epoch. */
  time: number;
}

/** What a user leaves behind, and who hears of it. */
export interface Removed {
  groups: Ending[];
  /** Absent while he has more to leave: then he is still there. */
  gone?: { ended: Uint8Array[]; told: Appended[] };
}

/** What concerns nobody but the user. */
const ownTables = [
  'block',
  'cursor',
  'device',
  'unread_mark',
  'deleted_entry',
  'support_link',
  'open_id',
  'push_alias',
  'push_badge',
  'push_tag',
] as const;

type Missing = { refused: 'userNotFound' | 'userDeleted'; uid: number };

export const lifecycleWrites = {
  /** Gives the hashes of the tokens that ended, by user. */
  'user.disable'(db: Database, a: Named): Missing | { ended: [uid: number, hashes: Uint8Array[]][] } {
    const missing = findMissing(db, a);
    if (missing) return missing;
    const { normal, disabled } = UserStatus;
    for (const uid of a.uids) {
      db.run('UPDATE user SET status = ? WHERE uid = ? AND status = ?', disabled, uid, normal);
    }
    return { ended: a.uids.map((uid) => [uid, endTokens(db, uid)]) };
  },

  'user.enable'(db: Database, a: Named): Missing | { ended: [] } {
    const missing = findMissing(db, a);
    if (missing) return missing;
    const { normal, disabled } = UserStatus;
    for (const uid of a.uids) {
      db.run('UPDATE user SET status = ? WHERE uid = ? AND status = ?', normal, uid, disabled);
    }
    return { ended: [] };
  },

  /**
   * What others have of the user stays: his messages, and his name, so that nobody else can take it and be taken for him. All
   * else that he was is gone. Who is in many groups leaves them in several commands, the last of which deletes him: if a server
   * ends between them, he can be deleted again.
   */
  'user.remove'(db: Database, a: Removal): Missing | { refused: 'wrongPassword' } | Removed {
    const { uid } = a;
    const row = db.get('SELECT status, password_hash FROM user WHERE uid = ? AND app_id = ?', uid, a.appId);
    const refused = absence(row);
    if (refused) return { refused, uid };
    if (a.passwordHash !== undefined && a.passwordHash !== row?.['password_hash']) return { refused: 'wrongPassword' };
    const { endings: groups, isLast } = leaveAllGroups(db, a);
    if (!isLast) return { groups };
    const told = leaveRosters(db, a);
    dropUserFiles(db, uid);
    db.run(
      `UPDATE user SET status = ${UserStatus.deleted}, password_hash = '', nick_name = '', avatar = '', description = '',
         email = '', mobile = '', mobile_verified_at = 0, verified_by = '', public_info = '', private_info = '',
         settings = '{}' WHERE uid = ?`,
      uid,
    );
    db.run(`UPDATE roster SET alias = '', ext = '' WHERE uid = ?`, uid);
    db.run(`UPDATE inbox SET draft = '' WHERE uid = ?`, uid);
    for (const table of ownTables) db.run(`DELETE FROM ${table} WHERE uid = ?`, uid);
    return { groups, gone: { ended: endTokens(db, uid), told } };
  },
} satisfies CommandTable;

/** The first of those who are named and are not there. */
function findMissing(db: Database, { appId, uids }: Named): Missing | undefined {
  for (const uid of uids) {
    const refused = absence(db.get('SELECT status FROM user WHERE uid = ? AND app_id = ?', uid, appId));
    if (refused) return { refused, uid };
  }
  return undefined;
}

function absence(row: Row | undefined): Missing['refused'] | undefined {
  if (!row) return 'userNotFound';
  return row['status'] === UserStatus.deleted ? 'userDeleted' : undefined;
}
