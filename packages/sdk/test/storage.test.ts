import { IDBFactory, IDBKeyRange, IDBObjectStore } from 'fake-indexeddb';
import { describe, expect, test } from 'vitest';
import { FallbackStorage } from '../src/storage/fallback.ts';
import { openIndexedDB } from '../src/storage/indexeddb.ts';
import { MemoryStorage } from '../src/storage/memory.ts';
import type { Storage, StoredConversation, StoredMessage, StoredSend, Write } from '../src/storage/storage.ts';
import { open as openInstance, profile } from './support.ts';

const message = (cid: number, mid: number): StoredMessage => ({
  cid,
  mid,
  from: 1,
  to: cid,
  ctype: 0,
  content: `m${mid}`,
  ext: '',
  config: '',
  attach: '',
  timestamp: mid,
  status: 0,
});

const conversation = (id: number, cursor: number): StoredConversation => ({
  id,
  type: 1,
  cursor,
  readMid: 0,
  readOp: 0,
  peerReadMid: 0,
  peerDeliveredMid: 0,
  unread: [],
  marked: {},
  hidden: false,
  deletedUpTo: 0,
});

const send = (clientMid: number): StoredSend => ({ clientMid, cid: 7, meta: new Uint8Array([1, 2]) });
const put = (...mids: number[]): Write[] => mids.map((mid) => ({ to: 'messages', put: message(7, mid) }));
const access = () => ({
  indexedDB: new IDBFactory() as unknown as globalThis.IDBFactory,
  IDBKeyRange: IDBKeyRange as never,
});

const stores: [string, () => Promise<Storage>][] = [
  ['memory', () => Promise.resolve(new MemoryStorage())],
  ['IndexedDB', () => openIndexedDB(access(), 'test')],
];

describe.each(stores)('the store in %s', (_name, open) => {
  const mids = async (store: Storage, before = Infinity, count = 10) =>
    (await store.messages(7, before === Infinity ? Number.MAX_SAFE_INTEGER : before, count)).map((one) => one.mid);

  test('gives the newest messages below a mid, ascending, of that conversation alone', async () => {
    const store = await open();
    await store.commit([...put(3, 1, 2, 10, 9), { to: 'messages', put: message(8, 5) }]);
    expect(await mids(store)).toEqual([1, 2, 3, 9, 10]);
    expect(await mids(store, Infinity, 2)).toEqual([9, 10]);
    expect(await mids(store, 9, 2)).toEqual([2, 3]);
    await store.close();
  });

  test('replaces, removes and removes up to a mid', async () => {
    const store = await open();
    await store.commit(put(1, 2, 3, 4));
    await store.commit(put(2));
    await store.commit([{ to: 'messages', remove: { cid: 7, mid: 3 } }]);
    expect(await mids(store)).toEqual([1, 2, 4]);
    await store.commit([{ to: 'messages', removeUpTo: { cid: 7, mid: 2 } }]);
    expect(await mids(store)).toEqual([4]);
    await store.close();
  });

  test('loads conversations, the outbox in order, and values', async () => {
    const store = await open();
    await store.commit([
      { to: 'conversations', put: conversation(7, 4) },
      { to: 'outbox', put: send(12) },
      { to: 'outbox', put: send(11) },
      { to: 'outbox', put: send(13) },
      { to: 'outbox', remove: 13 },
      { to: 'kv', key: 'guid', value: 'x' },
    ]);
    await store.commit([{ to: 'conversations', put: conversation(7, 9) }]);
    const loaded = await store.load();
    expect(loaded.conversations).toEqual([conversation(7, 9)]);
    expect(loaded.outbox.map((one) => one.clientMid)).toEqual([11, 12]);
    expect([...(loaded.outbox[0]?.meta ?? [])]).toEqual([1, 2]);
    expect(loaded.kv.get('guid')).toBe('x');
    await store.close();
  });

  test('many commits at once all take effect, in their order', async () => {
    const store = await open();
    await Promise.all(
      Array.from({ length: 100 }, (_, i) => store.commit([{ to: 'kv', key: 'last', value: i }, ...put(i + 1)])),
    );
    expect((await store.load()).kv.get('last')).toBe(99);
    expect(await mids(store, Infinity, 1000)).toHaveLength(100);
    await store.close();
  });
});

test('what many commits store anew is written once for all that wait', async () => {
  const store = await openIndexedDB(access(), 'burst');
  const { put: real } = IDBObjectStore.prototype;
  let puts = 0;
  IDBObjectStore.prototype.put = function (...args) {
    puts += 1;
    return real.apply(this, args);
  };
  try {
    const commits = Array.from({ length: 500 }, (_, i) =>
      store.commit([
        { to: 'conversations', put: conversation(7, i) },
        { to: 'conversations', put: conversation(8, i) },
        { to: 'kv', key: 'last', value: i },
        ...put(i + 1),
      ]),
    );
    await Promise.all(commits);
  } finally {
    IDBObjectStore.prototype.put = real;
  }
  expect(puts).toBeLessThan(510);
  const { conversations, kv } = await store.load();
  expect([conversations.map(({ cursor }) => cursor), kv.get('last')]).toEqual([[499, 499], 499]);
  expect(await store.messages(7, Infinity, 1000)).toHaveLength(500);
  await store.close();
});

test('memory keeps the newest thousand of a conversation, or some more', async () => {
  const store = new MemoryStorage();
  for (let mid = 1; mid <= 3000; mid++) await store.commit(put(mid));
  const kept = await store.messages(7, Number.MAX_SAFE_INTEGER, 5000);
  expect(kept.at(-1)?.mid).toBe(3000);
  expect(kept.length).toBeGreaterThanOrEqual(1000);
  expect(kept.length).toBeLessThanOrEqual(1200);
});

test('a database keeps its content when it is opened again', async () => {
  const shared = access();
  const first = await openIndexedDB(shared, 'same');
  await first.commit(put(1, 2));
  await first.close();
  const second = await openIndexedDB(shared, 'same');
  expect(await second.messages(7, 100, 10)).toHaveLength(2);
  await second.close();
});

test('a store that begins to fail moves to memory, says so once and loses nothing from then on', async () => {
  const told: unknown[] = [];
  const inner = new MemoryStorage();
  inner.commit = () => Promise.reject(new Error('quota'));
  const store = new FallbackStorage(inner, (error) => void told.push(error));
  await Promise.all([store.commit(put(1)), store.commit(put(2))]);
  expect(told).toHaveLength(1);
  expect(await store.messages(7, 100, 10)).toHaveLength(2);
});

/** An IndexedDB whose first write transaction aborts, as one does that meets the quota. */
async function failsOnce(shared: ReturnType<typeof access>) {
  const { prototype } = globalThisDatabase(await openRaw(shared));
  const original = prototype.transaction;
  let failed = false;
  prototype.transaction = function (this: IDBDatabase, names: string[], mode?: IDBTransactionMode, options?: object) {
    const tx = original.call(this, names, mode, options as never);
    if (mode === 'readwrite' && !failed) {
      failed = true;
      queueMicrotask(() => tx.abort());
    }
    return tx;
  } as typeof original;
  return () => {
    prototype.transaction = original;
  };
}

const globalThisDatabase = (db: IDBDatabase) => db.constructor as unknown as { prototype: IDBDatabase };

async function openRaw(shared: ReturnType<typeof access>): Promise<IDBDatabase> {
  const db = await new Promise<IDBDatabase>((resolve, reject) => {
    const request = shared.indexedDB.open('other', 1);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  db.close();
  return db;
}

test('after one failed batch no later one is written: a cursor never passes what is missing', async () => {
  const shared = access();
  const store = await openIndexedDB(shared, 'quota');
  const restore = await failsOnce(shared);
  const first = store.commit([...put(1), { to: 'conversations', put: conversation(7, 1) }]);
  await Promise.resolve();
  await Promise.resolve();
  const second = store.commit([...put(2), { to: 'conversations', put: conversation(7, 2) }]);
  const results = await Promise.allSettled([first, second]);
  expect(results.map((one) => one.status)).toEqual(['rejected', 'rejected']);
  await expect(store.commit(put(3))).rejects.toBeDefined();
  restore();
  await store.close();
  const again = await openIndexedDB(shared, 'quota');
  expect((await again.load()).conversations).toEqual([]);
  expect(await again.messages(7, 100, 10)).toEqual([]);
  await again.close();
});

test('what the failed store has stays readable under what came since', async () => {
  const inner = new MemoryStorage();
  await inner.commit(put(1, 2, 3, 4));
  inner.commit = () => Promise.reject(new Error('quota'));
  const store = new FallbackStorage(inner, () => {});
  await store.commit(put(6));
  await store.commit([{ to: 'messages', remove: { cid: 7, mid: 3 } }]);
  await store.commit([{ to: 'messages', removeUpTo: { cid: 7, mid: 1 } }]);
  expect((await store.messages(7, 100, 10)).map((one) => one.mid)).toEqual([2, 4, 6]);
  expect((await store.messages(7, 100, 2)).map((one) => one.mid)).toEqual([4, 6]);
});

test('a closed store reads nothing and does not count as failed', async () => {
  const told: unknown[] = [];
  const store = new FallbackStorage(await openIndexedDB(access(), 'closed'), (error) => void told.push(error));
  await store.commit(put(1));
  await store.close();
  expect(await store.messages(7, 100, 10)).toEqual([]);
  await store.commit(put(2));
  expect(told).toEqual([]);
});

test('what the first version stored opens as it was', async () => {
  const platform = profile();
  const { indexedDB, IDBKeyRange: keyRange, keyValue } = platform as Required<typeof platform>;
  const store = await openIndexedDB({ indexedDB, IDBKeyRange: keyRange } as never, 'flooim:flooim:1:0');
  const row = { ...conversation(7, 3), unread: [2, 3], readMid: 1, last: { ...message(7, 3), from: 7, to: 1 } };
  const theirs = [2, 3].map((mid) => ({ ...message(7, mid), from: 7, to: 1 }));
  await store.commit([
    ...put(1),
    ...theirs.map((one): Write => ({ to: 'messages', put: one })),
    { to: 'conversations', put: row },
    { to: 'kv', key: 'guid', value: '1_abc' },
    { to: 'kv', key: 'roster', value: { ids: [7], items: [] } },
  ]);
  await store.close();
  keyValue.setItem('flooim:flooim:session', JSON.stringify({ uid: 1, token: 't' }));
  const { im } = openInstance({ appid: 'flooim', dnsServer: 'http://127.0.0.1:9/app_dns', autoLogin: true, platform });
  expect(await im.ready).toBe(true);
  const listed = { id: 7, type: 'roster', content: 'm3', unread: 2, pinned: false, draft: '', mentioned: false };
  expect(im.userManage.getConversationList()).toMatchObject([listed]);
  const shown = im.rosterManage.getRosterMessageByRid(7);
  expect(shown.map((meta) => [meta.id, meta.toType, meta.status])).toEqual([
    ['1', 'roster', 0],
    ['2', 'roster', 0],
    ['3', 'roster', 0],
  ]);
  im.rosterManage.readRosterMessage(7);
  expect(im.rosterManage.getUnreadCount(7)).toBe(0);
  await im.dispose();
});
