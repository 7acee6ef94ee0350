import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import {
  type FlooEventMap,
  type FlooEventName,
  type Flooim,
  type FlooimConfig,
  flooim,
  type PlatformOptions,
} from 'flooim';
import { memoryKeyValue } from '../src/platform/platform.ts';

export const password = 'correct horse 1';

/** Everything an instance did, in order. */
export interface Heard {
  event: FlooEventName;
  res: unknown;
}

export interface Client {
  im: Flooim;
  heard: Heard[];
  /** The payloads of one event so far. */
  of<E extends FlooEventName>(event: E): FlooEventMap[E][];
  /** Resolves with the first payload, past ones included, that fits. */
  next<E extends FlooEventName>(event: E, fits?: (res: FlooEventMap[E]) => boolean): Promise<FlooEventMap[E]>;
}

const events: FlooEventName[] = [
  'flooNotice',
  'flooError',
  'loginFail',
  'loginSuccess',
  'onRosterMessage',
  'onGroupMessage',
  'onMentionMessage',
  'onInputStatusMessage',
  'onMessageCanceled',
  'onMessageDeleted',
  'onMessageRecalled',
  'onMessageEdited',
  'onMessageStatusChanged',
  'onSendingMessageStatusChanged',
  'onReceiveHistoryMsg',
  'onRosterInfoUpdate',
  'onRosterListUpdate',
  'onUnreadChange',
  'recentlistUpdate',
  'onGroupListUpdate',
  'onGroupMemberChanged',
  'onGroupCreated',
  'onGroupDestoryed',
  'onGroupJoined',
  'onGroupApplyAccepted',
  'onGroupApplyDeclined',
  'onGroupBaned',
  'onGroupUnbaned',
  'onGroupNotice',
  'connectionChange',
];

/** What a test opens ends with it: register `closeAll` in an afterEach. */
const opened: Flooim[] = [];

export async function closeAll(): Promise<void> {
  await Promise.all(opened.splice(0).map((im) => im.dispose()));
}

export function open(config: FlooimConfig): Client {
  const im = flooim(config);
  opened.push(im);
  return watch(im);
}

export function watch(im: Flooim): Client {
  const heard: Heard[] = [];
  const waiting = new Set<() => void>();
  for (const event of events) {
    im.on(event, (res) => {
      heard.push({ event, res });
      for (const check of [...waiting]) check();
    });
  }
  const of = (event: FlooEventName) => heard.filter((one) => one.event === event).map((one) => one.res) as never[];
  const next = (event: FlooEventName, fits: (res: never) => boolean = () => true) =>
    waitFor(() => of(event).find((res) => fits(res)), `${event} of ${im.userManage.getUid()}`, waiting, heard);
  return { im, heard, of, next } as unknown as Client;
}

function waitFor<T>(find: () => T | undefined, what: string, waiting: Set<() => void>, heard: Heard[]): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      waiting.delete(check);
      reject(new Error(`${what} did not come; heard: ${JSON.stringify(heard.slice(-12))}`));
    }, 8000);
    const check = () => {
      // Payloads may be anything, also undefined: what counts is that one was found.
      const found = find();
      if (found === undefined) return;
      clearTimeout(timer);
      waiting.delete(check);
      resolve(found);
    };
    waiting.add(check);
    check();
  });
}

/** Waits until it holds; for states that no event tells. */
export async function until(holds: () => boolean, what: string, timeoutMs = 8000): Promise<void> {
  const end = Date.now() + timeoutMs;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`not in time: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** A browser profile: its database, its localStorage and its locks outlive the pages opened in it. */
export function profile(): PlatformOptions {
  return {
    indexedDB: new IDBFactory() as unknown as globalThis.IDBFactory,
    IDBKeyRange: IDBKeyRange as unknown as typeof globalThis.IDBKeyRange,
    keyValue: memoryKeyValue(),
    locks: tabLocks(),
  };
}

/** As much of LockManager as the SDK uses: ask for a lock if it is free, hold it while a promise is open. */
function tabLocks(): LockManager {
  const held = new Set<string>();
  const request = async (name: string, _options: unknown, use: (lock: object | null) => unknown) => {
    if (held.has(name)) return use(null);
    held.add(name);
    try {
      return await use({ name });
    } finally {
      held.delete(name);
    }
  };
  return { request } as unknown as LockManager;
}
