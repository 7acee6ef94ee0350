interface Bucket {
  tokens: number;
  atMs: number;
}

/** How much a user may send: over the limit he waits, nothing is refused and the order stays. */
export class RateLimit {
  readonly #perSec: number;
  readonly #burst: number;
  readonly #clock: () => number;
  readonly #buckets = new Map<number, Bucket>();

  constructor(perSec: number, burst: number, clock: () => number = () => performance.now()) {
    this.#perSec = perSec;
    this.#burst = burst;
    this.#clock = clock;
  }

  /** Takes `cost` of them; how many milliseconds the taker has to wait. */
  take(uid: number, cost = 1): number {
    const now = this.#clock();
    const bucket = this.#buckets.get(uid) ?? { tokens: this.#burst, atMs: now };
    const refilled = bucket.tokens + ((now - bucket.atMs) * this.#perSec) / 1000;
    bucket.tokens = Math.min(this.#burst, refilled) - cost;
    bucket.atMs = now;
    this.#buckets.set(uid, bucket);
    return bucket.tokens >= 0 ? 0 : Math.ceil((-bucket.tokens * 1000) / this.#perSec);
  }

  /** Gives back what was taken and not used. */
  giveBack(uid: number, cost = 1): void {
    const bucket = this.#buckets.get(uid);
    if (bucket) bucket.tokens += cost;
  }

  /** Drops users who could send a full burst again. */
  prune(): void {
    const now = this.#clock();
    for (const [uid, { tokens, atMs }] of this.#buckets) {
      if (tokens + ((now - atMs) * this.#perSec) / 1000 >= this.#burst) this.#buckets.delete(uid);
    }
  }
}

/** What users are limited by, over all their devices and whichever way they ask. */
export interface RateLimits {
  /** Messages and operations. */
  writes: RateLimit;
  reads: RateLimit;
}
