import { MemoryStorage } from './memory.ts';
import type { Snapshot, Storage, StoredMessage, Write } from './storage.ts';

/**
 * Persists while that works. The first failure (quota, a database that was closed) moves this session to memory and says
 * so once; nothing that the application sees is lost, only the next start knows less.
 */
export class FallbackStorage implements Storage {
  #inner: Storage;
  #degraded = false;
  readonly #onDegraded: (error: unknown) => void;

  constructor(inner: Storage, onDegraded: (error: unknown) => void) {
    this.#inner = inner;
    this.#onDegraded = onDegraded;
  }

  load(): Promise<Snapshot> {
    return this.#inner.load();
  }

  messages(cid: number, before: number, count: number): Promise<StoredMessage[]> {
    return this.#orMemory((inner) => inner.messages(cid, before, count));
  }

  commit(writes: readonly Write[]): Promise<void> {
    return this.#orMemory((inner) => inner.commit(writes));
  }

  close(): Promise<void> {
    return this.#inner.close();
  }

  async #orMemory<T>(use: (inner: Storage) => Promise<T>): Promise<T> {
    try {
      return await use(this.#inner);
    } catch (error) {
      this.#degrade(error);
      return use(this.#inner);
    }
  }

  #degrade(error: unknown): void {
    if (this.#degraded) return;
    this.#degraded = true;
    void this.#inner.close();
    this.#inner = new MemoryStorage();
    this.#onDegraded(error);
  }
}
