import { MemoryStorage } from './memory.ts';
import type { Snapshot, Storage, StoredMessage, Write } from './storage.ts';

/**
 * Persists while that works. The first failure (quota, a database that was closed) moves the writes of this session to
 * memory and says so once; what the store has stays readable. Nothing that the application sees is lost, only the next
 * start knows less.
 */
export class FallbackStorage implements Storage {
  readonly #inner: Storage;
  /** In place of the store from its first failure on. */
  #overlay: Overlay | undefined;
  /** Given to the store, not known to be safe: in the order of their commits. */
  readonly #unsafe = new Set<readonly Write[]>();
  #closed = false;
  readonly #onDegraded: (error: unknown) => void;

  constructor(inner: Storage, onDegraded: (error: unknown) => void) {
    this.#inner = inner;
    this.#onDegraded = onDegraded;
  }

  get isWhole(): boolean {
    return !this.#overlay;
  }

  load(): Promise<Snapshot> {
    return this.#inner.load();
  }

  /** Nothing after `close()`. */
  async messages(cid: number, before: number, count: number): Promise<StoredMessage[]> {
    if (this.#closed) return [];
    try {
      if (!this.#overlay) return await this.#inner.messages(cid, before, count);
    } catch (error) {
      this.#degrade(error);
    }
    return this.#overlay ? this.#overlay.messages(cid, before, count) : [];
  }

  async commit(writes: readonly Write[]): Promise<void> {
    if (this.#closed) return;
    if (this.#overlay) return this.#overlay.commit(writes);
    this.#unsafe.add(writes);
    try {
      await this.#inner.commit(writes);
      this.#unsafe.delete(writes);
    } catch (error) {
      this.#degrade(error);
    }
  }

  close(): Promise<void> {
    this.#closed = true;
    return this.#inner.close();
  }

  #degrade(error: unknown): void {
    if (this.#overlay || this.#closed) return;
    this.#overlay = new Overlay(this.#inner);
    for (const writes of this.#unsafe) void this.#overlay.commit(writes);
    this.#unsafe.clear();
    this.#onDegraded(error);
  }
}

/** Messages in memory over those of a store that takes no more. */
class Overlay {
  readonly #below: Storage;
  readonly #memory = new MemoryStorage();
  readonly #removed = new Map<number, Set<number>>();
  readonly #removedUpTo = new Map<number, number>();

  constructor(below: Storage) {
    this.#below = below;
  }

  commit(writes: readonly Write[]): Promise<void> {
    for (const write of writes) if (write.to === 'messages') this.#noteRemoval(write);
    return this.#memory.commit(writes);
  }

  async messages(cid: number, before: number, count: number): Promise<StoredMessage[]> {
    const removed = this.#removed.get(cid);
    const upTo = this.#removedUpTo.get(cid) ?? 0;
    const wanted = count + (removed?.size ?? 0);
    const below = await this.#below.messages(cid, before, wanted).catch(() => []);
    const kept = below.filter(({ mid }) => mid > upTo && !removed?.has(mid));
    const byMid = new Map(kept.map((message) => [message.mid, message]));
    for (const message of await this.#memory.messages(cid, before, count)) byMid.set(message.mid, message);
    return [...byMid.values()].sort((a, b) => a.mid - b.mid).slice(-count);
  }

  #noteRemoval(write: Write & { to: 'messages' }): void {
    if ('remove' in write) {
      const { cid, mid } = write.remove;
      this.#removed.set(cid, (this.#removed.get(cid) ?? new Set()).add(mid));
    } else if ('removeUpTo' in write) {
      const { cid, mid } = write.removeUpTo;
      this.#removedUpTo.set(cid, Math.max(this.#removedUpTo.get(cid) ?? 0, mid));
    }
  }
}
