/**
 * As much of IndexedDB as a client needs, in memory and in virtual time: transactions run one after the other, their writes are
 * there for ever from one moment on, and the page hears of it a little later, or never.
 */
import type { Random } from '../random.ts';
import { compare, type Key, Range } from './sim-keys.ts';
import type { VirtualTime } from './virtual-time.ts';

type Rows = Map<string, { key: Key; value: unknown }>;

interface Store {
  keyPath: string | undefined;
  rows: Rows;
}

/** The page that a connection belongs to: what it waits for does not happen to one that is gone. */
export interface Page {
  later(ms: number, run: () => void): void;
}

export interface DiskFaults {
  /** No transaction that writes succeeds, and nothing can be opened. */
  failing: boolean;
  /** How long a flush takes at most. */
  slowMs: number;
}

/** What one browser keeps on its disk. */
export class Disk {
  readonly faults: DiskFaults = { failing: false, slowMs: 5 };
  readonly time: VirtualTime;
  readonly random: Random;
  readonly #databases = new Map<string, Map<string, Store>>();
  readonly #open = new Set<Connection>();

  constructor(time: VirtualTime, random: Random) {
    this.time = time;
    this.random = random;
  }

  /** `indexedDB` as one page sees it. */
  factory(page: Page): IDBFactory {
    const open = (name: string) => this.#openFor(page, name);
    return { open } as unknown as IDBFactory;
  }

  /** What is safe, whatever happens to the page. */
  rows<T>(database: string, store: string): T[] {
    const rows = this.#databases.get(database)?.get(store)?.rows;
    return [...(rows?.values() ?? [])].map(({ value }) => value as T);
  }

  row<T>(database: string, store: string, key: number): T | undefined {
    return this.#databases.get(database)?.get(store)?.rows.get(JSON.stringify(key))?.value as T | undefined;
  }

  /** The page is gone from one moment to the next: of what it was writing, a part from the beginning made it. */
  crash(page: Page): void {
    for (const connection of this.#open) if (connection.page === page) this.#drop(connection, this.random.chance(0.5));
  }

  closed(connection: Connection): void {
    this.#open.delete(connection);
  }

  #drop(connection: Connection, someSurvive: boolean): void {
    connection.crash(() => someSurvive && this.random.chance(0.7));
    this.#open.delete(connection);
  }

  #openFor(page: Page, name: string) {
    const request: Request = { result: undefined, error: null, onsuccess: null, onerror: null };
    const upgrade = { onupgradeneeded: null as ((event: { oldVersion: number }) => void) | null };
    const asked = Object.assign(request, upgrade);
    page.later(this.random.between(0, this.faults.slowMs), () => {
      if (this.faults.failing) {
        request.error = new Error('the disk cannot be read');
        return request.onerror?.();
      }
      const isNew = !this.#databases.has(name);
      const stores = this.#databases.get(name) ?? new Map<string, Store>();
      this.#databases.set(name, stores);
      const connection = new Connection(this, page, stores);
      this.#open.add(connection);
      request.result = connection;
      if (isNew) asked.onupgradeneeded?.({ oldVersion: 0 });
      page.later(0, () => request.onsuccess?.());
    });
    return asked;
  }
}

interface Request {
  result: unknown;
  error: unknown;
  onsuccess: (() => void) | null;
  onerror: (() => void) | null;
}

/** An `IDBDatabase`. */
class Connection {
  onversionchange: (() => void) | null = null;
  readonly disk: Disk;
  readonly page: Page;
  readonly stores: Map<string, Store>;
  /** The first one runs. */
  readonly #transactions: SimTransaction[] = [];
  #isCrashed = false;

  constructor(disk: Disk, page: Page, stores: Map<string, Store>) {
    this.disk = disk;
    this.page = page;
    this.stores = stores;
  }

  createObjectStore(name: string, options: { keyPath?: string } = {}): void {
    this.stores.set(name, { keyPath: options.keyPath, rows: new Map() });
  }

  transaction(_names: unknown, mode: 'readonly' | 'readwrite' = 'readonly'): SimTransaction {
    const transaction = new SimTransaction(this, mode);
    this.#transactions.push(transaction);
    if (this.#transactions.length === 1) this.#runFirst();
    return transaction;
  }

  close(): void {
    this.disk.closed(this);
  }

  ended(transaction: SimTransaction): void {
    if (this.#isCrashed || this.#transactions[0] !== transaction) return;
    this.#transactions.shift();
    this.#runFirst();
  }

  crash(survives: () => boolean): void {
    this.#isCrashed = true;
    for (const transaction of this.#transactions) {
      if (transaction.isSafe || transaction.mode === 'readonly') continue;
      if (!survives()) return;
      transaction.apply();
    }
  }

  #runFirst(): void {
    const first = this.#transactions[0];
    if (first) this.page.later(this.disk.random.between(0, 2), () => first.run());
  }
}

/** An `IDBTransaction`. */
class SimTransaction {
  oncomplete: (() => void) | null = null;
  onabort: (() => void) | null = null;
  error: Error | null = null;
  isSafe = false;
  readonly mode: 'readonly' | 'readwrite';
  readonly #connection: Connection;
  readonly #reads: { request: Request; read: () => unknown }[] = [];
  readonly #writes: (() => void)[] = [];
  #isAborted = false;

  constructor(connection: Connection, mode: 'readonly' | 'readwrite') {
    this.#connection = connection;
    this.mode = mode;
  }

  objectStore(name: string): ObjectStore {
    return new ObjectStore(this, this.#connection.stores.get(name) as Store);
  }

  read(read: () => unknown): Request {
    const request: Request = { result: undefined, error: null, onsuccess: null, onerror: null };
    this.#reads.push({ request, read });
    return request;
  }

  write(write: () => void): void {
    this.#writes.push(write);
  }

  abort(): void {
    if (this.#isAborted) return;
    this.#isAborted = true;
    this.#connection.page.later(0, () => {
      this.onabort?.();
      this.#connection.ended(this);
    });
  }

  /** One request after the other, then the flush. */
  run(): void {
    if (this.#isAborted) return;
    const { page } = this.#connection;
    const next = this.#reads.shift();
    if (!next) return this.#flush();
    next.request.result = next.read();
    next.request.onsuccess?.();
    page.later(0, () => this.run());
  }

  apply(): void {
    this.isSafe = true;
    for (const write of this.#writes) write();
  }

  #flush(): void {
    const { page, disk } = this.#connection;
    if (this.mode === 'readonly') return this.#complete();
    page.later(disk.random.between(0, disk.faults.slowMs), () => {
      if (disk.faults.failing) {
        this.error = new Error('the disk is full');
        return this.abort();
      }
      this.apply();
      page.later(disk.random.between(0, 3), () => this.#complete());
    });
  }

  #complete(): void {
    this.oncomplete?.();
    this.#connection.ended(this);
  }
}

/** An `IDBObjectStore`. */
class ObjectStore {
  readonly #transaction: SimTransaction;
  readonly #store: Store;

  constructor(transaction: SimTransaction, store: Store) {
    this.#transaction = transaction;
    this.#store = store;
  }

  getAll(range?: Range, count = Number.POSITIVE_INFINITY): Request {
    return this.#transaction.read(() => this.#sorted(range, count).map(({ value }) => copy(value)));
  }

  getAllKeys(): Request {
    return this.#transaction.read(() => this.#sorted(undefined, Number.POSITIVE_INFINITY).map(({ key }) => key));
  }

  put(given: unknown, outside?: Key): void {
    const { keyPath, rows } = this.#store;
    const value = copy(given);
    const key = outside ?? ((value as Record<string, Key>)[keyPath as string] as Key);
    this.#transaction.write(() => rows.set(JSON.stringify(key), { key, value }));
  }

  delete(what: Key | Range): void {
    const { rows } = this.#store;
    this.#transaction.write(() => {
      if (!(what instanceof Range)) return void rows.delete(JSON.stringify(what));
      for (const [name, { key }] of rows) if (what.includes(key)) rows.delete(name);
    });
  }

  #sorted(range: Range | undefined, count: number): { key: Key; value: unknown }[] {
    const rows = [...this.#store.rows.values()].filter(({ key }) => !range || range.includes(key));
    return rows.sort((a, b) => compare(a.key, b.key)).slice(0, count);
  }
}

/** As `structuredClone`, of what clients store, and much faster. */
function copy<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Uint8Array) return value.slice() as T;
  if (value instanceof Map) return new Map(value) as T;
  if (Array.isArray(value)) return value.map(copy) as T;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, copy(part)])) as T;
}
