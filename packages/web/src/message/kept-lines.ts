import type { GroupNoticeMeta } from 'flooim';

/** A message that was taken back: where it stood, and its text if it was the user's own. */
export interface Recalled {
  mid: string;
  at: number;
  /** Decimal string: who had written it. */
  from: string;
  own: boolean;
  text: string;
}

/** What stands between the messages of a conversation and is told only once. */
export type KeptLine =
  | { kind: 'recalled'; id: string; at: number; recalled: Recalled }
  | { kind: 'notice'; id: string; at: number; notice: GroupNoticeMeta };

export const recalledLine = (recalled: Recalled): KeptLine => ({
  kind: 'recalled',
  id: recalled.mid,
  at: recalled.at,
  recalled,
});

export const noticeLine = (notice: GroupNoticeMeta): KeptLine => ({
  kind: 'notice',
  id: notice.id,
  at: Number(notice.timestamp),
  notice,
});

/** Of one conversation; nobody scrolls through more. */
export const mostLines = 200;

const databaseName = 'flooim.lines';
const storeName = 'lines';

/** User, conversation, time and id: the lines of a conversation are a range, oldest first. */
type Key = [self: number, conversation: number, at: number, id: string];

const rangeOf = (self: number, conversation: number): IDBKeyRange =>
  IDBKeyRange.bound([self, conversation], [self, conversation, []]);

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** What a transaction wrote is kept when it ends, not when its last request did. */
function ended(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
  });
}

function openDatabase(): Promise<IDBDatabase> {
  const request = indexedDB.open(databaseName, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(storeName);
  return done(request);
}

/**
 * The lines of conversations over reloads, for each user of this browser: the SDK tells them once and keeps messages alone.
 * Where the browser stores nothing they live as long as the page, in what their stores hold.
 */
export class KeptLines {
  #database: Promise<IDBDatabase | null> | undefined;

  /** Oldest first. */
  async of(self: number, conversation: number): Promise<KeptLine[]> {
    const found = await this.#run('readonly', (store) => done(store.getAll(rangeOf(self, conversation))));
    return (found as KeptLine[] | undefined) ?? [];
  }

  /** The oldest make room for it. Done when it would be there after a reload, or cannot be kept. */
  async keep(self: number, conversation: number, line: KeptLine): Promise<void> {
    await this.#run('readwrite', async (store) => {
      const key: Key = [self, conversation, line.at, line.id];
      await done(store.put(line, key));
      const range = rangeOf(self, conversation);
      const tooMany = (await done(store.count(range))) - mostLines;
      if (tooMany <= 0) return;
      for (const old of await done(store.getAllKeys(range, tooMany))) store.delete(old);
    });
  }

  async forget(self: number, conversation: number): Promise<void> {
    await this.#run('readwrite', (store) => done(store.delete(rangeOf(self, conversation))));
  }

  /** All of a user's. */
  async forgetUser(self: number): Promise<void> {
    await this.#run('readwrite', (store) => done(store.delete(IDBKeyRange.bound([self], [self, []]))));
  }

  async #run<T>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => Promise<T>): Promise<T | undefined> {
    try {
      this.#database ??= openDatabase().catch(() => null);
      const database = await this.#database;
      if (!database) return undefined;
      const transaction = database.transaction(storeName, mode);
      const [result] = await Promise.all([work(transaction.objectStore(storeName)), ended(transaction)]);
      return result;
    } catch {
      // A full or refused storage: a line that is not kept is missed after a reload, nothing else.
      return undefined;
    }
  }
}

export const keptLines = new KeptLines();
