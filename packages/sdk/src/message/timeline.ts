import type { StoredMessage, StoredSend } from '../storage/storage.ts';

const keep = 200;
const slack = 50;

/** One conversation's messages in memory, ascending, and those being sent. */
export class Timeline {
  messages: StoredMessage[] = [];
  /** In the order of sending, failed ones included. */
  pending: StoredSend[] = [];
  /** What the device's store has is here too. */
  loaded = false;
  /** History was asked for: nothing is dropped any more. */
  grows = false;
  /** Recalled or deleted since the start: a late history page must not bring them back. */
  readonly removed = new Set<number>();

  /** False when it is here already, or was removed. */
  insert(message: StoredMessage): boolean {
    if (this.removed.has(message.mid)) return false;
    const at = this.#position(message.mid);
    if (this.messages[at]?.mid === message.mid) return false;
    this.messages.splice(at, 0, message);
    if (!this.grows && this.messages.length > keep + slack) this.messages = this.messages.slice(-keep);
    return true;
  }

  /** The same message in another state. */
  replace(message: StoredMessage): void {
    const at = this.#position(message.mid);
    if (this.messages[at]?.mid === message.mid) this.messages[at] = message;
  }

  find(mid: number): StoredMessage | undefined {
    const found = this.messages[this.#position(mid)];
    return found?.mid === mid ? found : undefined;
  }

  remove(mid: number): void {
    this.removed.add(mid);
    this.messages = this.messages.filter((message) => message.mid !== mid);
  }

  removeUpTo(mid: number): void {
    this.messages = this.messages.filter((message) => message.mid > mid);
  }

  /** The index of the mid, or where it belongs; fast where it nearly always is, at the end. */
  #position(mid: number): number {
    let low = 0;
    let high = this.messages.length;
    if (high > 0 && (this.messages[high - 1] as StoredMessage).mid < mid) return high;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.messages[middle] as StoredMessage).mid < mid) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
