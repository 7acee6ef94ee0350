import { type ChannelClass, channelLocks } from './channel-locks.ts';
import {
  type KeyValue,
  memoryKeyValue,
  type Platform,
  type SocketClass,
  systemClock,
  type TabLocks,
  type WakeUps,
  type XhrClass,
} from './platform.ts';
import { xhrSendBytes } from './upload-xhr.ts';

const tabNameKey = 'flooim:tab';

/** What a page or a worker offers. Reads globals when called, never on import. */
export function browserPlatform(): Platform {
  const scope = globalThis;
  const keyValue = readable(() => scope.localStorage as KeyValue | undefined) ?? memoryKeyValue();
  const tabKeyValue = readable(() => scope.sessionStorage as KeyValue | undefined) ?? memoryKeyValue();
  return {
    origin: pageOrigin(),
    WebSocket: scope.WebSocket as unknown as SocketClass | undefined,
    fetch: (input, init) => scope.fetch(input, init),
    sendBytes: scope.XMLHttpRequest && xhrSendBytes(scope.XMLHttpRequest as unknown as XhrClass),
    indexedDB: readable(() => scope.indexedDB),
    IDBKeyRange: scope.IDBKeyRange,
    keyValue,
    tabKeyValue,
    locks: scope.navigator?.locks ?? plainPageLocks(keyValue, tabKeyValue),
    wakeUps: pageWakeUps,
    clock: systemClock,
    random: Math.random,
    deviceName: browserName(scope.navigator?.userAgent ?? ''),
  };
}

function plainPageLocks(keyValue: KeyValue, tabKeyValue: KeyValue): TabLocks | undefined {
  const channel = globalThis.BroadcastChannel as unknown as ChannelClass | undefined;
  const leaving = (run: () => void) => globalThis.addEventListener?.('pagehide', run);
  return channel && channelLocks(channel, systemClock, Math.random, { keyValue, owner: tabName(tabKeyValue), leaving });
}

/** A name for this tab, the same after a reload. */
function tabName(tabKeyValue: KeyValue): string {
  const name = tabKeyValue.getItem(tabNameKey) ?? String(Math.random());
  try {
    tabKeyValue.setItem(tabNameKey, name);
  } catch {
    // The lease of before a reload ends by itself.
  }
  return name;
}

/** Private modes throw where others have a property. */
function readable<T>(read: () => T | undefined): T | undefined {
  try {
    return read() ?? undefined;
  } catch {
    return undefined;
  }
}

function pageOrigin(): string | undefined {
  const origin = globalThis.location?.origin;
  return origin && origin !== 'null' ? origin : undefined;
}

const pageWakeUps: WakeUps = (wake) => {
  const page = typeof document === 'undefined' ? undefined : document;
  const seen = () => page?.visibilityState === 'visible' && wake();
  // Some runtimes that look like a browser have no such events.
  globalThis.addEventListener?.('online', wake);
  page?.addEventListener('visibilitychange', seen);
  return () => {
    globalThis.removeEventListener?.('online', wake);
    page?.removeEventListener('visibilitychange', seen);
  };
};

/** Browsers and systems name each other in their headers: the first of the list is the right one, not the first of the text. */
export function browserName(userAgent: string): string {
  const first = (signs: string) => signs.split('|').find((sign) => userAgent.includes(sign));
  const browser = first('Edg|OPR|Firefox|Chrome|Safari') ?? 'Browser';
  const system = first('Android|iPhone|iPad|Windows|Mac OS X|Linux');
  const name = { Edg: 'Edge', OPR: 'Opera' }[browser] ?? browser;
  return system ? `${name} on ${system === 'Mac OS X' ? 'macOS' : system}` : name;
}
