import { memoryKeyValue, type Platform, type SocketClass, systemClock } from './platform.ts';

/** What Node (and any runtime without pages) offers: no persistence and no wake-ups unless they are given. */
export function nodePlatform(): Platform {
  return {
    origin: undefined,
    WebSocket: globalThis.WebSocket as unknown as SocketClass | undefined,
    fetch: (input, init) => globalThis.fetch(input, init),
    sendBytes: undefined,
    indexedDB: undefined,
    IDBKeyRange: undefined,
    keyValue: memoryKeyValue(),
    tabKeyValue: memoryKeyValue(),
    locks: undefined,
    wakeUps: () => () => {},
    clock: systemClock,
    random: Math.random,
    deviceName: 'Node',
  };
}
