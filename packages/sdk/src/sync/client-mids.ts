import type { Clock } from '../platform/platform.ts';
import type { Transaction } from '../storage/transaction.ts';

/** Leaves room for 1024 a millisecond, and stays below 2^53 until the year 2248. */
const perMs = 1024;
export const lastClientMidKey = 'lastClientMid';

/**
 * Client mids, each used once by this device for ever: above every earlier one, as stored, whatever the clock says. The
 * clock only keeps a device that lost its store away from the mids it used before.
 */
export class ClientMids {
  readonly #clock: Clock;
  #last: number;

  constructor(clock: Clock, last: number) {
    this.#clock = clock;
    this.#last = last;
  }

  /** For what is stored nowhere, here or on the server. */
  passing(): number {
    this.#last = Math.max(this.#last + 1, this.#clock.now() * perMs);
    return this.#last;
  }

  /** The mid is safe to use once the transaction is stored. */
  next(tx: Transaction): number {
    const mid = this.passing();
    tx.write({ to: 'kv', key: lastClientMidKey, value: mid });
    return mid;
  }
}
