import type { Storage, StoredConversation } from '../storage/storage.ts';
import type { Transactions } from '../storage/transaction.ts';
import type { Conversations } from './conversations.ts';
import { counts } from './read-state.ts';

const page = 1000;

export interface RecountParts {
  uid: number;
  storage: Storage;
  transactions: Transactions;
  conversations: Conversations;
}

/** Counts unread messages that are not known one by one anew, in the store, where some of them were read or are gone. */
export class Recount {
  readonly #parts: RecountParts;
  #busy = false;

  constructor(parts: RecountParts) {
    this.#parts = parts;
  }

  async run(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    const next = () => this.#parts.conversations.inDoubt()[0];
    for (let row = next(); row; row = next()) await this.#countOne(row);
    this.#busy = false;
  }

  async #countOne(row: StoredConversation): Promise<void> {
    const { transactions } = this.#parts;
    const { doubts, unreadOlder = 0 } = row;
    const first = row.unread[0] ?? row.cursor + 1;
    // What was changed before is in the store by then.
    await transactions.run(() => {});
    const counted = await this.#count(row, first);
    await transactions.run((tx) => {
      if (row.doubts !== doubts) return;
      row.doubts = 0;
      tx.changed(row);
      if (counted === undefined || counted === unreadOlder) return;
      // Those that left the list meanwhile are counted already.
      row.unreadOlder = counted + (row.unreadOlder ?? 0) - unreadOlder;
      tx.unreadChanged(row.id);
    });
  }

  /** Those before the mid `first` and after what was read; undefined when the store does not have all of them. */
  async #count(row: StoredConversation, first: number): Promise<number | undefined> {
    const { storage, uid } = this.#parts;
    let counted = 0;
    for (let before = first; ; ) {
      const messages = await storage.messages(row.id, before, page);
      counted += messages.filter((message) => message.mid > row.readMid && counts(message, uid)).length;
      const [oldest] = messages;
      if (oldest && oldest.mid <= row.readMid) return counted;
      if (!oldest || messages.length < page) return storage.isWhole ? counted : undefined;
      before = oldest.mid;
    }
  }
}
