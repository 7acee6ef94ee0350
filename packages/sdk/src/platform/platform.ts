/** A place for a few strings: `localStorage` has this shape. */
export interface KeyValue {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** The part of a WebSocket that the SDK uses. */
export interface SocketLike {
  binaryType: string;
  readonly readyState: number;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number; reason: string }) => void) | null;
  onerror: ((event: never) => void) | null;
  send(data: Uint8Array<ArrayBuffer> | string): void;
  close(code?: number, reason?: string): void;
}

export type SocketClass = new (url: string) => SocketLike;

export type Timer = unknown;

/** Time; every timer of the SDK comes from here. */
export interface Clock {
  /** Ms since the epoch. */
  now(): number;
  setTimeout(run: () => void, ms: number): Timer;
  clearTimeout(timer: Timer): void;
}

/** Tells when trying again makes sense; returns how to stop listening. */
export type WakeUps = (wake: () => void) => () => void;

/** The part of `navigator.locks` that the SDK uses. */
export interface TabLocks {
  /** Calls `hold` with a lock, or with null where another tab has it; the lock is held until its promise settles. */
  request(
    name: string,
    options: { ifAvailable: true },
    hold: (lock: object | null) => Promise<void> | void,
  ): Promise<unknown>;
}

/** A request that carries a file, or a part of one. */
export interface BytesRequest {
  method: 'POST' | 'PUT' | 'PATCH' | 'HEAD' | 'DELETE';
  url: string;
  headers?: Record<string, string>;
  body?: Blob | FormData;
  /** Called with how many bytes of the body are out, where the way can tell. */
  progress?(loaded: number): void;
  /** Ends the request. */
  signal: AbortSignal;
}

export interface BytesAnswer {
  status: number;
  text: string;
  header(name: string): string | null;
}

/** Sends bytes. Rejects when there is no answer. */
export type SendBytes = (request: BytesRequest) => Promise<BytesAnswer>;

/** The part of `XMLHttpRequest` that the SDK uses. */
export type XhrClass = new () => Pick<
  XMLHttpRequest,
  'open' | 'setRequestHeader' | 'send' | 'abort' | 'status' | 'responseText' | 'getResponseHeader'
> & {
  readonly upload: { onprogress: ((event: { loaded: number }) => void) | null };
  onload: (() => void) | null;
  onerror: (() => void) | null;
  onabort: (() => void) | null;
  onloadend: (() => void) | null;
};

/** Everything the SDK takes from its surroundings. */
export interface Platform {
  /** The page's origin, where there is one. */
  origin: string | undefined;
  WebSocket: SocketClass | undefined;
  fetch: typeof fetch;
  /** For uploads. Undefined: by `fetch`, in pieces, since `fetch` does not tell how far it is. */
  sendBytes: SendBytes | undefined;
  /** Undefined: no persistence, everything stays in memory. */
  indexedDB: IDBFactory | undefined;
  /** Comes with `indexedDB`. */
  IDBKeyRange: typeof IDBKeyRange | undefined;
  /** For the token and the device's own names. */
  keyValue: KeyValue;
  /** For what one tab keeps over its reloads: `sessionStorage`. */
  tabKeyValue: KeyValue;
  /** Undefined: tabs cannot tell each other apart, so each is a device of its own. */
  locks: TabLocks | undefined;
  /** Calls back when the network returned or the page became visible. */
  wakeUps: WakeUps;
  clock: Clock;
  /** 0 <= x < 1. */
  random(): number;
  deviceName: string;
}

export type PlatformOptions = Partial<Platform>;

/** A KeyValue that forgets with the instance. */
export function memoryKeyValue(): KeyValue {
  const values = new Map<string, string>();
  return {
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => void values.set(key, value),
    removeItem: (key) => void values.delete(key),
  };
}

export const systemClock: Clock = {
  now: () => Date.now(),
  setTimeout: (run, ms) => setTimeout(run, ms),
  clearTimeout: (timer) => clearTimeout(timer as number),
};
