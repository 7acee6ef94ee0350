import { type Bound, bindCommands, type Writer } from '../store/commands.ts';
import type { Database } from '../store/database.ts';
import { spellingsOf } from '../user/account-rules.ts';
import { UserStatus } from '../user/user-status.ts';
import { mobileWrites } from './mobile-writes.ts';

/** Whom a number lets in. */
export interface Holder {
  uid: number;
  username: string;
  status: UserStatus;
}

export class MobileStore {
  readonly write: Bound<typeof mobileWrites>;
  readonly #reader: Database;

  constructor(reader: Database, writer: Writer) {
    this.#reader = reader;
    this.write = bindCommands(writer, mobileWrites);
  }

  /** Who has shown that the number is his; nobody who only said so. */
  async holder(appId: string, mobile: string): Promise<Holder | undefined> {
    const row = this.#reader.get(
      `SELECT uid, username, status FROM user WHERE app_id = ? AND mobile IN (?, ?) AND mobile <> ''
       AND mobile_verified_at > 0 AND status <> ${UserStatus.deleted}`,
      appId,
      ...spellingsOf(mobile),
    );
    return row && { uid: Number(row['uid']), username: String(row['username']), status: row['status'] as UserStatus };
  }

  /** The number by which a user is verified; empty if he is not. */
  async verifiedBy(uid: number): Promise<string> {
    return String(this.#reader.get('SELECT verified_by FROM user WHERE uid = ?', uid)?.['verified_by'] ?? '');
  }
}
