/**
 * Keeps what was read most recently, at most `size` of them and at least half as many. What has to stay right when the data
 * changes is deleted by whoever changes it.
 */
export class BoundedCache<K, V> {
  /** What was set or found since the older half was dropped; when it is half of all, it becomes the older half. */
  #young = new Map<K, V>();
  #old = new Map<K, V>();
  readonly #half: number;
  #deletions = 0;

  constructor(size: number) {
    this.#half = Math.max(1, Math.floor(size / 2));
  }

  get(key: K): V | undefined {
    const value = this.#young.get(key);
    if (value !== undefined) return value;
    const older = this.#old.get(key);
    if (older !== undefined) this.set(key, older);
    return older;
  }

  set(key: K, value: V): void {
    this.#young.set(key, value);
    if (this.#young.size < this.#half) return;
    this.#old = this.#young;
    this.#young = new Map();
  }

  /** Reads and keeps the value, unless something was deleted meanwhile: then what was read may be older than that. */
  async load(key: K, read: () => Promise<V | undefined>): Promise<V | undefined> {
    const deletions = this.#deletions;
    const value = await read();
    if (value !== undefined && deletions === this.#deletions) this.set(key, value);
    return value;
  }

  delete(key: K): void {
    this.#deletions++;
    this.#young.delete(key);
    this.#old.delete(key);
  }
}
