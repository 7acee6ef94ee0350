import type { Emitter } from '../event/emitter.ts';
import type { FlooEventMap, FlooEventName } from '../event/event-map.ts';
import type { Storage, StoredConversation, Write } from './storage.ts';

/**
 * One change of everything that this device knows. Whoever changes memory says here what to store and what to tell; memory,
 * the stored copy and the order of events thus always agree.
 */
export class Transaction {
  readonly #writes: Write[] = [];
  readonly #conversations = new Set<StoredConversation>();
  readonly #events: ((emitter: Emitter) => void)[] = [];
  readonly #unread = new Set<number>();
  #listChanged = false;

  write(write: Write): void {
    this.#writes.push(write);
  }

  /** Stores the conversation as it is when the transaction ends. */
  changed(conversation: StoredConversation): void {
    this.#conversations.add(conversation);
  }

  /** Tells it once the change is stored. */
  emit<E extends FlooEventName>(event: E, payload: FlooEventMap[E]): void {
    this.#events.push((emitter) => emitter.emit(event, payload));
  }

  /** Runs it once the change is stored, in its place among the events. */
  afterwards(run: () => void): void {
    this.#events.push(run);
  }

  unreadChanged(cid: number): void {
    this.#unread.add(cid);
  }

  listChanged(): void {
    this.#listChanged = true;
  }

  /** The writes, as plain copies: memory may change again before they are stored. */
  writes(): Write[] {
    const rows = [...this.#conversations].map((row) => ({
      to: 'conversations' as const,
      put: { ...row, unread: [...row.unread], marked: { ...row.marked } },
    }));
    return [...this.#writes, ...rows];
  }

  /** Stops where a listener ends the session. */
  tell(emitter: Emitter, isOpen: () => boolean): void {
    for (const cid of this.#unread) this.emit('onUnreadChange', cid);
    if (this.#listChanged) this.emit('recentlistUpdate', undefined);
    for (const event of this.#events) if (isOpen()) event(emitter);
  }
}

/**
 * Runs changes: memory at once, then one storage transaction, and only when that is safe the events. What `run` returns
 * resolves between the two, so an acknowledgement to the server can wait for it.
 */
export class Transactions {
  readonly #storage: Storage;
  readonly #emitter: Emitter;
  #open = true;
  /** The commit before: a change with nothing to store still tells its events after the earlier ones. */
  #last: Promise<void> = Promise.resolve();

  constructor(storage: Storage, emitter: Emitter) {
    this.#storage = storage;
    this.#emitter = emitter;
  }

  async run(change: (tx: Transaction) => void): Promise<void> {
    const tx = new Transaction();
    change(tx);
    const writes = tx.writes();
    if (!this.#open) return;
    if (writes.length > 0) this.#last = this.#storage.commit(writes);
    await this.#last;
    tx.tell(this.#emitter, () => this.#open);
  }

  close(): void {
    this.#open = false;
  }
}
