import type { CommandTable } from '../store/commands.ts';
import type { Database } from '../store/database.ts';
import { spellingsOf } from '../user/account-rules.ts';
import { UserStatus } from '../user/user-status.ts';

/** A number that a user has just shown to be his. */
export interface Shown {
  uid: number;
  mobile: string;
}

export interface Binding extends Shown {
  /** Also in the place of another number that is his. */
  replaces: boolean;
  /** Milliseconds since the epoch. */
  time: number;
}

type Refusal<N extends string> = { refused: N };

export const mobileWrites = {
  /** Gives who had said that the number is his, without showing it, and has it no more. */
  'mobile.bind'(
    db: Database,
    { uid, mobile, replaces, time }: Binding,
  ): Refusal<'userDeleted' | 'mobileTaken' | 'hasAnotherMobile'> | { yielded: number[] } {
    const user = findUser(db, uid);
    if (!user) return { refused: 'userDeleted' };
    const { appId } = user;
    const spellings = spellingsOf(mobile);
    if (!replaces && user.verified && !spellings.includes(user.verified)) return { refused: 'hasAnotherMobile' };
    const taken = `SELECT 1 FROM user WHERE app_id = ? AND mobile IN (?, ?) AND mobile <> ''
      AND mobile_verified_at > 0 AND uid <> ?`;
    if (db.get(taken, appId, ...spellings, uid)) return { refused: 'mobileTaken' };
    const yielded = db.all(
      `UPDATE user SET mobile = '' WHERE app_id = ? AND mobile IN (?, ?) AND mobile <> '' AND uid <> ? RETURNING uid`,
      appId,
      ...spellings,
      uid,
    );
    const bound = 'UPDATE user SET mobile = ?1, mobile_verified_at = ?2, verified_by = ?1 WHERE uid = ?3';
    db.run(bound, mobile, time, uid);
    return { yielded: yielded.map((row) => Number(row['uid'])) };
  },

  /** `atMost`: accounts of the app that the number verifies. */
  'mobile.verifyUser'(
    db: Database,
    { uid, mobile, atMost }: Shown & { atMost: number },
  ): Refusal<'userDeleted' | 'mobileVerifiedTooOften'> | undefined {
    const user = findUser(db, uid);
    if (!user) return { refused: 'userDeleted' };
    const others = db.get(
      `SELECT count(*) AS number FROM user WHERE app_id = ? AND verified_by IN (?, ?) AND verified_by <> '' AND uid <> ?`,
      user.appId,
      ...spellingsOf(mobile),
      uid,
    );
    if (Number(others?.['number']) >= atMost) return { refused: 'mobileVerifiedTooOften' };
    db.run('UPDATE user SET verified_by = ? WHERE uid = ?', mobile, uid);
    return undefined;
  },
} satisfies CommandTable;

/** `verified`: the number that he has shown to be his; empty if he has not. */
function findUser(db: Database, uid: number): { appId: string; verified: string } | undefined {
  const row = db.get(
    `SELECT app_id, iif(mobile_verified_at > 0, mobile, '') AS verified FROM user
     WHERE uid = ? AND status <> ${UserStatus.deleted}`,
    uid,
  );
  return row && { appId: String(row['app_id']), verified: String(row['verified']) };
}
