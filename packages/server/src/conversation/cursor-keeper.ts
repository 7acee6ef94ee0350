import type { Delivery } from '../delivery/delivery.ts';
import type { ConversationStore, CursorMove } from './conversation-store.ts';

/** Cursors are written together and late: losing one in a crash costs a redelivery, which devices ignore. */
const writeEveryMs = 100;

/** Collects acknowledgements and writes them in batches. */
export class CursorKeeper {
  readonly #store: ConversationStore;
  readonly #delivery: Delivery;
  readonly #clock: () => number;
  readonly #onError: (error: unknown) => void;
  #moves = new Map<string, CursorMove>();
  #timer: NodeJS.Timeout | undefined;

  constructor(store: ConversationStore, delivery: Delivery, clock: () => number, onError: (error: unknown) => void) {
    this.#store = store;
    this.#delivery = delivery;
    this.#clock = clock;
    this.#onError = onError;
  }

  move(move: CursorMove): void {
    const key = `${move.uid}.${move.deviceSN}.${move.logId}`;
    const pending = this.#moves.get(key);
    if (pending) pending.mid = Math.max(pending.mid, move.mid);
    else this.#moves.set(key, { ...move });
    this.#timer ??= setTimeout(() => this.#write().catch(this.#onError), writeEveryMs);
  }

  /** Writes what is waiting. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#write();
  }

  async #write(): Promise<void> {
    this.#timer = undefined;
    if (this.#moves.size === 0) return;
    const moves = [...this.#moves.values()];
    this.#moves = new Map();
    await this.#store.write['conversation.ack']({ moves, time: this.#clock() }, (appended) => {
      for (const { entry, placed } of appended) this.#delivery.deliverOne(entry, placed);
    });
  }
}
