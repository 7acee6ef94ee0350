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
  readonly #inWriting = new Set<ReadonlyMap<string, CursorMove>>();
  #timer: NodeJS.Timeout | undefined;

  constructor(store: ConversationStore, delivery: Delivery, clock: () => number, onError: (error: unknown) => void) {
    this.#store = store;
    this.#delivery = delivery;
    this.#clock = clock;
    this.#onError = onError;
  }

  move(move: CursorMove): void {
    const key = keyOf(move);
    const pending = this.#moves.get(key);
    if (pending) pending.mid = Math.max(pending.mid, move.mid);
    else this.#moves.set(key, { ...move });
    this.#timer ??= setTimeout(() => this.#write().catch(this.#onError), writeEveryMs);
  }

  /** How far a device has acknowledged a log, as far as that is not written yet; 0 for nothing. */
  waiting(device: Omit<CursorMove, 'peer' | 'mid'>): number {
    const key = keyOf(device);
    return [this.#moves, ...this.#inWriting].reduce((mid, moves) => Math.max(mid, moves.get(key)?.mid ?? 0), 0);
  }

  /** Writes what is waiting. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#write();
  }

  async #write(): Promise<void> {
    this.#timer = undefined;
    if (this.#moves.size === 0) return;
    const writing = this.#moves;
    this.#moves = new Map();
    this.#inWriting.add(writing);
    const moves = [...writing.values()];
    try {
      await this.#store.write['conversation.ack']({ moves, time: this.#clock() }, (appended) => {
        for (const { entry, placed, since } of appended) this.#delivery.deliverOne(entry, placed, since);
      });
    } finally {
      this.#inWriting.delete(writing);
    }
  }
}

function keyOf({ uid, deviceSN, logId }: Omit<CursorMove, 'peer' | 'mid'>): string {
  return `${uid}.${deviceSN}.${logId}`;
}
