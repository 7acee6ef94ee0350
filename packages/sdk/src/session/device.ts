import type { Emitter } from '../event/emitter.ts';
import type { KeyValue, Platform, TabLocks } from '../platform/platform.ts';
import { FallbackStorage } from '../storage/fallback.ts';
import { openIndexedDB } from '../storage/indexeddb.ts';
import { MemoryStorage } from '../storage/memory.ts';
import type { Snapshot, Storage } from '../storage/storage.ts';

/** One install of the SDK as the server knows it, and where it keeps its data. */
export interface Device {
  guid: string;
  /** The name on the server is new though there is data: what was on its way under the old one is unknown. */
  renamed: boolean;
  storage: Storage;
  snapshot: Snapshot;
  /** The next start takes a new name. */
  renameNextTime(): void;
  release(): void;
}

export interface DeviceRequest {
  platform: Platform;
  emitter: Emitter;
  appid: string;
  uid: number;
  storage: 'indexeddb' | 'memory' | undefined;
}

const slots = 10;

/**
 * Each live tab of one account is a device of its own: it claims the first free slot, and every slot has its own name and
 * database. So tabs never end each other's sessions, and a reload finds its data again: a tab tries the slot first that it
 * had before. Without locks or a database the
 * device lives in memory, under a name nobody else has.
 */
export async function openDevice(request: DeviceRequest): Promise<Device> {
  const { platform, storage } = request;
  if (storage === 'memory' || (storage === undefined && !platform.indexedDB)) return memoryDevice(request);
  const slot = await claimSlot(platform, prefixOf(request.appid, request.uid));
  if (!slot) return degraded(request, new Error('this browser cannot tell its tabs apart'));
  try {
    return await storedDevice(request, slot.name, slot.release);
  } catch (error) {
    slot.release();
    return degraded(request, error);
  }
}

/** Deletes what this browser keeps of the user; a tab that still has it open lets it go. */
export async function forgetDevices({ indexedDB }: Platform, appid: string, uid: number): Promise<void> {
  const forget = (name: string): Promise<void> =>
    new Promise((resolve) => {
      const request = indexedDB?.deleteDatabase(name);
      if (!request) return resolve();
      request.onsuccess = request.onerror = request.onblocked = () => resolve();
    });
  await Promise.all(slotNames(prefixOf(appid, uid)).map(forget));
}

async function storedDevice(request: DeviceRequest, name: string, release: () => void): Promise<Device> {
  const { platform, emitter, uid } = request;
  const { indexedDB, IDBKeyRange, keyValue } = platform;
  if (!indexedDB || !IDBKeyRange) throw new Error('there is no IndexedDB');
  const renameKey = `${name}:rename`;
  const renameNextTime = () => setQuietly(keyValue, renameKey, '1');
  const storage = new FallbackStorage(await openIndexedDB({ indexedDB, IDBKeyRange }, name), (error) => {
    // The server now hears of things that the database lacks: under a new name it tells them again.
    renameNextTime();
    tellDegraded(emitter, error);
  });
  const snapshot = await storage.load();
  const known = snapshot.kv.get('guid') as string | undefined;
  const rename = known !== undefined && keyValue.getItem(renameKey) !== null;
  const guid = known === undefined || rename ? newGuid(platform, uid) : known;
  // Every start waits for it: a known name is not written again.
  if (guid !== known) await storage.commit([{ to: 'kv', key: 'guid', value: guid }]);
  if (rename) keyValue.removeItem(renameKey);
  return { guid, renamed: rename, storage, snapshot, renameNextTime, release };
}

function degraded(request: DeviceRequest, error: unknown): Promise<Device> {
  tellDegraded(request.emitter, error);
  return memoryDevice(request);
}

async function memoryDevice({ platform, uid }: DeviceRequest): Promise<Device> {
  const storage = new MemoryStorage();
  const nothing = () => {};
  const guid = newGuid(platform, uid);
  return { guid, renamed: false, storage, snapshot: await storage.load(), renameNextTime: nothing, release: nothing };
}

function tellDegraded(emitter: Emitter, error: unknown): void {
  const reason = error instanceof Error ? error.message : String(error);
  emitter.emit('flooNotice', { category: 'STORAGE', desc: `messages are kept in memory only: ${reason}` });
}

function prefixOf(appid: string, uid: number): string {
  return `flooim:${appid}:${uid}`;
}

function slotNames(prefix: string): string[] {
  return Array.from({ length: slots }, (_, slot) => `${prefix}:${slot}`);
}

async function claimSlot(
  { locks, tabKeyValue }: Platform,
  prefix: string,
): Promise<{ name: string; release: () => void } | undefined> {
  const all = slotNames(prefix);
  const earlier = tabKeyValue.getItem(prefix);
  const names = earlier && all.includes(earlier) ? [earlier, ...all.filter((name) => name !== earlier)] : all;
  for (const name of locks ? names : []) {
    const release = await tryLock(locks as TabLocks, name);
    if (!release) continue;
    setQuietly(tabKeyValue, prefix, name);
    return { name, release };
  }
  return undefined;
}

/** Holds the lock until the function it gives is called; undefined when another tab has it. */
function tryLock(locks: TabLocks, name: string): Promise<(() => void) | undefined> {
  return new Promise((resolve) => {
    const held = locks.request(name, { ifAvailable: true }, (lock) => {
      if (!lock) return resolve(undefined);
      return new Promise<void>((release) => resolve(release));
    });
    held.catch(() => resolve(undefined));
  });
}

function newGuid(platform: Platform, uid: number): string {
  const part = () => Math.floor(platform.random() * 2 ** 32).toString(36);
  return `${uid}_${part()}${part()}${part()}`;
}

function setQuietly(keyValue: KeyValue, key: string, value: string): void {
  try {
    keyValue.setItem(key, value);
  } catch {
    // Storage is failing here; the next start does with what there is.
  }
}
