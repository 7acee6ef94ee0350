interface Kept<V> {
  value: V;
  expiresAt: number;
}

/** Keeps everything equally long, in memory, and no more than `size` at once. */
export class ExpiringMap<V> {
  readonly #entries = new Map<string, Kept<V>>();
  readonly #ttlMs: number;
  readonly #size: number;
  readonly #clock: () => number;

  constructor({ ttlMs, size, clock }: { ttlMs: number; size: number; clock: () => number }) {
    this.#ttlMs = ttlMs;
    this.#size = size;
    this.#clock = clock;
  }

  /** Until when it is kept, in ms since the epoch; undefined: there is no room. */
  add(key: string, value: V): number | undefined {
    this.#prune();
    if (this.#entries.size >= this.#size) return undefined;
    const expiresAt = this.#clock() + this.#ttlMs;
    this.#entries.set(key, { value, expiresAt });
    return expiresAt;
  }

  get(key: string): V | undefined {
    const kept = this.#entries.get(key);
    return kept && kept.expiresAt > this.#clock() ? kept.value : undefined;
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }

  /** What was added first ends first. */
  #prune(): void {
    const now = this.#clock();
    for (const [key, { expiresAt }] of this.#entries) {
      if (expiresAt > now) return;
      this.#entries.delete(key);
    }
  }
}
