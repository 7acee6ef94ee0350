import type { Snapshot, Storage, StoredConversation, StoredMessage, StoredSend, Write } from './storage.ts';

const version = 1;
const stores = ['messages', 'conversations', 'outbox', 'kv'] as const;

export interface IndexedDBAccess {
  indexedDB: IDBFactory;
  IDBKeyRange: typeof IDBKeyRange;
}

/** Opens, and makes or upgrades, the database. Rejects when it cannot, also when another tab blocks the upgrade. */
export function openIndexedDB(access: IndexedDBAccess, name: string): Promise<IndexedDBStorage> {
  return new Promise((resolve, reject) => {
    const request = access.indexedDB.open(name, version);
    request.onupgradeneeded = (event) => upgrade(request.result, event.oldVersion);
    request.onblocked = () => reject(new Error('another tab holds an older version of the store'));
    request.onerror = () => reject(request.error);
    request.onsuccess = () => resolve(new IndexedDBStorage(request.result, access.IDBKeyRange));
  });
}

/** Each step takes the schema from the version before it; a step never changes once it was released. */
function upgrade(db: IDBDatabase, from: number): void {
  if (from < 1) {
    // Keyed [cid, -mid]: the newest come first, so one getAll reads a page.
    db.createObjectStore('messages');
    db.createObjectStore('conversations', { keyPath: 'id' });
    db.createObjectStore('outbox', { keyPath: 'clientMid' });
    db.createObjectStore('kv');
  }
}

/**
 * Writes behind: what is committed while a transaction runs goes into the next one, together. After a failure nothing is
 * written any more: a later batch could hold a cursor that passes what the failed one lost.
 */
export class IndexedDBStorage implements Storage {
  readonly isWhole = true;
  readonly #db: IDBDatabase;
  readonly #keyRange: typeof IDBKeyRange;
  #waiting: Write[] = [];
  /** The batch that is being written, then the one that waits. */
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;
  #failure: { error: unknown } | undefined;
  /** For what is read before the present turn of the event loop ends. */
  #read: IDBObjectStore | undefined;

  constructor(db: IDBDatabase, keyRange: typeof IDBKeyRange) {
    this.#db = db;
    this.#keyRange = keyRange;
    db.onversionchange = () => db.close();
  }

  async load(): Promise<Snapshot> {
    const tx = this.#db.transaction(['conversations', 'outbox', 'kv']);
    const kv = tx.objectStore('kv');
    const [conversations, outbox, keys, values] = await Promise.all([
      result<StoredConversation[]>(tx.objectStore('conversations').getAll()),
      result<StoredSend[]>(tx.objectStore('outbox').getAll()),
      result<IDBValidKey[]>(kv.getAllKeys()),
      result<unknown[]>(kv.getAll()),
    ]);
    return { conversations, outbox, kv: new Map(keys.map((key, i) => [String(key), values[i]])) };
  }

  async messages(cid: number, before: number, count: number): Promise<StoredMessage[]> {
    await this.#running?.catch(() => {});
    const range = this.#keyRange.bound([cid, -before], [cid, 0], true);
    return (await result<StoredMessage[]>(this.#reading().getAll(range, count))).reverse();
  }

  commit(writes: readonly Write[]): Promise<void> {
    this.#waiting.push(...writes);
    this.#next ??= this.#startNext();
    return this.#next;
  }

  /** One transaction for all that is read at once: a start reads from fifty conversations. */
  #reading(): IDBObjectStore {
    if (!this.#read) {
      this.#read = this.#db.transaction('messages').objectStore('messages');
      queueMicrotask(() => {
        this.#read = undefined;
      });
    }
    return this.#read;
  }

  async close(): Promise<void> {
    await (this.#next ?? this.#running)?.catch(() => {});
    this.#db.close();
  }

  async #startNext(): Promise<void> {
    await this.#running?.catch(() => {});
    const batch = this.#waiting;
    this.#waiting = [];
    this.#running = this.#next;
    this.#next = undefined;
    if (this.#failure) throw this.#failure.error;
    await this.#transact(batch).catch((error: unknown) => {
      this.#failure = { error };
      throw error;
    });
  }

  #transact(batch: readonly Write[]): Promise<void> {
    return new Promise((resolve, reject) => {
      // What is acknowledged to the server must outlive a power cut.
      const tx = this.#db.transaction(stores, 'readwrite', { durability: 'strict' });
      tx.oncomplete = () => resolve();
      tx.onabort = () => reject(tx.error ?? new Error('the transaction was aborted'));
      try {
        for (const write of withoutReplaced(batch)) this.#write(tx.objectStore(write.to), write);
      } catch (error) {
        reject(error);
        tx.abort();
      }
    });
  }

  #write(store: IDBObjectStore, write: Write): void {
    if (write.to === 'kv') store.put(write.value, write.key);
    else if (write.to !== 'messages') 'put' in write ? store.put(write.put) : store.delete(write.remove);
    else if ('put' in write) store.put(write.put, [write.put.cid, -write.put.mid]);
    else if ('remove' in write) store.delete([write.remove.cid, -write.remove.mid]);
    else store.delete(this.#keyRange.bound([write.removeUpTo.cid, -write.removeUpTo.mid], [write.removeUpTo.cid, 0]));
  }
}

/** Of what is stored anew with every change only the last counts; a burst of messages stores its conversation once. */
function withoutReplaced(batch: readonly Write[]): Write[] {
  const last = new Map(batch.map((write) => [replacedKey(write), write]));
  return batch.filter((write) => replacedKey(write) === undefined || last.get(replacedKey(write)) === write);
}

function replacedKey(write: Write): string | undefined {
  if (write.to === 'kv') return write.key;
  return write.to === 'conversations' ? `conversation ${write.put.id}` : undefined;
}

function result<T>(request: IDBRequest): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result as T);
    request.onerror = () => reject(request.error);
  });
}
