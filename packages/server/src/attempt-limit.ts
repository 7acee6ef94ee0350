import { ServerError } from './error.ts';

interface Bucket {
  left: number;
  /** Turns that were given out and have not come. */
  promised: number;
  at: number;
}

const keysAtMost = 100_000;
const minuteMs = 60_000;

/** Nobody is told to wait for longer than this for his turn: who floods takes turns that he does not wait for. */
const turnAtMostMs = 10_000;

/**
 * How often something may be tried by one address or for one account: so many each minute, and by default as many at once.
 * The keys longest unused are forgotten when there are too many.
 */
export class AttemptLimit {
  readonly #perMin: number;
  readonly #atOnce: number;
  readonly #clock: () => number;
  readonly #buckets = new Map<string, Bucket>();

  constructor(perMin: number, clock: () => number, atOnce = perMin) {
    this.#perMin = perMin;
    this.#atOnce = atOnce;
    this.#clock = clock;
  }

  /** Counts an attempt, or one that is worth several; false when there have been too many. */
  take(key: string, count = 1): boolean {
    const bucket = this.#refilled(key);
    if (bucket.left < count) return false;
    bucket.left -= count;
    return true;
  }

  /** As `take`, but throws, and says when there is room again. */
  spend(key: string, count = 1): void {
    if (!this.take(key, count)) throw new ServerError('tooManyAttempts', undefined, this.waitMs(key, count));
  }

  /** How long until so many can be taken, if nobody takes any before. */
  waitMs(key: string, count = 1): number {
    const missing = count - this.#refilled(key).left;
    return Math.max(0, Math.ceil((missing / this.#perMin) * minuteMs));
  }

  /**
   * A turn for one who was refused: how long until there is one for him and for all who were given theirs before. A crowd that
   * waits so comes back as fast as the limit allows, instead of all at once again and again.
   */
  turnMs(key: string): number {
    const bucket = this.#refilled(key);
    const promisedAtMost = (turnAtMostMs / minuteMs) * this.#perMin;
    bucket.promised = Math.max(1, Math.min(promisedAtMost, bucket.promised + 1));
    return Math.max(0, Math.ceil(((bucket.promised - bucket.left) / this.#perMin) * minuteMs));
  }

  /** What was taken turned out not to count. */
  giveBack(key: string): void {
    const bucket = this.#refilled(key);
    bucket.left = Math.min(this.#atOnce, bucket.left + 1);
  }

  #refilled(key: string): Bucket {
    const now = this.#clock();
    const bucket = this.#buckets.get(key) ?? { left: this.#atOnce, promised: 0, at: now };
    const refill = (Math.max(0, now - bucket.at) / minuteMs) * this.#perMin;
    bucket.left = Math.min(this.#atOnce, bucket.left + refill);
    bucket.promised = Math.max(0, bucket.promised - refill);
    bucket.at = now;
    this.#buckets.delete(key);
    this.#buckets.set(key, bucket);
    if (this.#buckets.size > keysAtMost) this.#buckets.delete(this.#buckets.keys().next().value as string);
    return bucket;
  }
}
