import { limits } from '@flooim/protocol';
import type { Transaction } from '../storage/transaction.ts';

const storeKey = 'readers:';

/**
 * How far each member of a group has read what this user sent there. Stored apart from the conversation, which every message
 * stores anew, and not copied for that: in a group of thousands all of them tell. A position that is stored early does no harm.
 */
export class Readers {
  readonly #groups = new Map<number, Map<number, number>>();

  /** `stored`: what the device has stored under all keys. */
  constructor(stored: ReadonlyMap<string, unknown>) {
    for (const [key, value] of stored) {
      if (key.startsWith(storeKey) && value)
        this.#groups.set(Number(key.slice(storeKey.length)), value as Map<number, number>);
    }
  }

  /** The members who have read the message, as far as this device has heard. */
  of(gid: number, mid: number): number[] {
    const readers = [...(this.#groups.get(gid) ?? [])];
    return readers.filter(([, upTo]) => upTo >= mid).map(([uid]) => uid);
  }

  /** False when it was known. */
  moved(gid: number, reader: number, mid: number, tx: Transaction): boolean {
    const readers = this.#groups.get(gid) ?? new Map<number, number>();
    const before = readers.get(reader);
    if (mid <= (before ?? 0) || (before === undefined && readers.size >= limits.groupMembersMax)) return false;
    this.#groups.set(gid, readers.set(reader, mid));
    tx.write({ to: 'kv', key: storeKey + gid, value: readers });
    return true;
  }

  forget(gid: number, tx: Transaction): void {
    if (this.#groups.delete(gid)) tx.write({ to: 'kv', key: storeKey + gid, value: undefined });
  }
}
