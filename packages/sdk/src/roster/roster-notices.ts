import { type RosterNotice, RosterNoticeType } from '@flooim/protocol';
import type { Messages } from '../message/messages.ts';
import type { Transaction, Transactions } from '../storage/transaction.ts';
import type { Entry } from '../sync/apply.ts';
import type { RosterNoticeMeta, RosterNoticeName } from '../types.ts';
import type { Roster } from './roster.ts';

const names = Object.keys(RosterNoticeType).map((name) => name.toLowerCase()) as RosterNoticeName[];

/** Notices that change who is in the roster or may write, and are told as `onRosterListUpdate`. */
const listTypes: ReadonlySet<number> = new Set([
  RosterNoticeType.ADDED,
  RosterNoticeType.REMOVED,
  RosterNoticeType.ACCEPTED,
  RosterNoticeType.DECLINED,
  RosterNoticeType.BLOCKED,
  RosterNoticeType.UNBLOCKED,
  RosterNoticeType.APPLIED,
]);

/**
 * What changed in the roster. Old notices come again to a new device, so none is taken at its word: the server is asked once
 * for all that came together, and the events follow when the caches are fresh.
 */
export class RosterNotices {
  readonly #uid: number;
  readonly #roster: Roster;
  readonly #messages: Messages;
  readonly #transactions: Transactions;
  #lists: RosterNoticeMeta[] = [];
  readonly #changed = new Set<number>();
  #busy = false;

  constructor(uid: number, roster: Roster, messages: Messages, transactions: Transactions) {
    this.#uid = uid;
    this.#roster = roster;
    this.#messages = messages;
    this.#transactions = transactions;
  }

  apply(entry: Entry, notice: RosterNotice, tx: Transaction): void {
    const from = notice.from?.uid ?? 0;
    const to = notice.to[0]?.uid ?? 0;
    const other = from === this.#uid ? to : from;
    if (other) this.#changed.add(other);
    if (listTypes.has(notice.type)) this.#lists.push(toMeta(entry, notice, from, to));
    if (notice.type === RosterNoticeType.REMOVED && from === this.#uid) {
      this.#messages.removeConversation(to, entry.meta.id, tx);
    }
    void this.#refresh();
  }

  async #refresh(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    // Lets everything of the same page come in first.
    await Promise.resolve();
    while (this.#lists.length > 0 || this.#changed.size > 0) await this.#refreshOnce();
    this.#busy = false;
  }

  async #refreshOnce(): Promise<void> {
    const lists = this.#lists;
    const changed = [...this.#changed];
    this.#lists = [];
    this.#changed.clear();
    // Without the server the caches stay as they are, and the next session reloads them.
    await this.#roster.refreshPatiently(changed, lists.length > 0).catch(() => {});
    await this.#transactions.run((tx) => {
      for (const meta of lists) tx.emit('onRosterListUpdate', meta);
      if (changed.length > 0) tx.emit('onRosterInfoUpdate', { rosterIds: changed });
    });
  }
}

function toMeta(entry: Entry, notice: RosterNotice, from: number, to: number): RosterNoticeMeta {
  return {
    id: String(entry.meta.id),
    from: String(from),
    to: String(to),
    content: notice.content,
    type: names[notice.type] ?? 'unknown',
    timestamp: String(entry.meta.timestamp),
    ext: '',
    config: '',
    attach: '',
    status: 0,
    toType: 'roster',
  };
}
