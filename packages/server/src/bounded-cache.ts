/** Keeps what was read most recently. What has to stay right when the data changes is deleted by whoever changes it. */
export class BoundedCache<K, V> {
  readonly #entries = new Map<K, V>();
  readonly #size: number;
  #deletions = 0;

  constructor(size: number) {
    this.#size = size;
  }

  get(key: K): V | undefined {
    const value = this.#entries.get(key);
    if (value === undefined) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, value);
    return value;
  }

  set(key: K, value: V): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size > this.#size) this.#entries.delete(this.#entries.keys().next().value as K);
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
    this.#entries.delete(key);
  }
}
