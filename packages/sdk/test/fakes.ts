import {
  Command,
  decodeFrame,
  decodeSyncUL,
  encodeFrame,
  encodeProvision,
  encodeSyncDL,
  encodeUnreadDL,
  StatusCode,
  type SyncDL,
  type SyncUL,
  Vsn,
} from '@flooim/protocol';
import type { Clock, PlatformOptions, SocketLike } from 'flooim';

/** A clock that stands still until the test moves it. */
export class FakeClock implements Clock {
  #now = 1_800_000_000_000;
  #timers: { at: number; run: () => void }[] = [];

  now = () => this.#now;

  setTimeout = (run: () => void, ms: number) => {
    const timer = { at: this.#now + ms, run };
    this.#timers.push(timer);
    return timer;
  };

  clearTimeout = (timer: unknown) => {
    this.#timers = this.#timers.filter((other) => other !== timer);
  };

  get pending(): number {
    return this.#timers.length;
  }

  /** Runs what falls due on the way, in its order, and everything that follows from it. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    for (let next = this.#due(end); next; next = this.#due(end)) {
      this.clearTimeout(next);
      this.#now = next.at;
      next.run();
      await settle();
    }
    this.#now = end;
    await settle();
  }

  #due(end: number) {
    return this.#timers.filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0];
  }
}

/** Lets promises that are ready run. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}

/** The server's side of one socket. */
export class FakeSocket implements SocketLike {
  static all: FakeSocket[] = [];
  binaryType = '';
  readyState = 0;
  onopen: ((event: never) => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;
  onerror: ((event: never) => void) | null = null;
  readonly received: Uint8Array[] = [];
  readonly texts: string[] = [];
  readonly url: string;
  closed = false;

  constructor(url: string) {
    this.url = url;
    FakeSocket.all.push(this);
  }

  static get last(): FakeSocket {
    return FakeSocket.all.at(-1) as FakeSocket;
  }

  send(data: Uint8Array | string): void {
    if (typeof data === 'string') this.texts.push(data);
    else this.received.push(data);
  }

  close(): void {
    this.closed = true;
    this.readyState = 3;
  }

  open(): void {
    this.readyState = 1;
    this.onopen?.({} as never);
  }

  end(code: number): void {
    this.readyState = 3;
    this.onclose?.({ code, reason: '' });
  }

  say(command: Command, payload: Uint8Array): void {
    const bytes = encodeFrame({ vsn: Vsn.V2, command, payload });
    this.onmessage?.({ data: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) });
  }

  /** Opens it and accepts the session. */
  accept(uid: number): void {
    this.open();
    const status = { code: StatusCode.OK, reason: '' };
    this.say(Command.PROVISION, encodeProvision({ status, xid: { uid, deviceSN: 1 } }));
  }

  refuse(code: StatusCode): void {
    this.open();
    this.say(Command.PROVISION, encodeProvision({ status: { code, reason: 'no' } }));
  }

  sync(answer: Partial<SyncDL>): void {
    const status = { code: StatusCode.OK, reason: '' };
    this.say(Command.SYNC, encodeSyncDL({ status, ...answer }));
  }

  nothingUnread(): void {
    this.say(Command.UNREAD, encodeUnreadDL({ status: { code: StatusCode.OK, reason: '' }, unread: [] }));
  }

  commands(): Command[] {
    return this.received.map((bytes) => decodeFrame(bytes).command);
  }

  syncs(): SyncUL[] {
    const frames = this.received.map((bytes) => decodeFrame(bytes));
    return frames.filter((frame) => frame.command === Command.SYNC).map((frame) => decodeSyncUL(frame.payload));
  }
}

/** A platform without any outside: `random` is 1, so that every delay is the longest. */
export function fakePlatform(clock: FakeClock, more: PlatformOptions = {}): PlatformOptions & { wake: () => void } {
  FakeSocket.all = [];
  const wakes = new Set<() => void>();
  return {
    clock,
    WebSocket: FakeSocket,
    random: () => 1,
    wakeUps(wake) {
      wakes.add(wake);
      return () => wakes.delete(wake);
    },
    wake: () => {
      for (const wake of wakes) wake();
    },
    ...more,
  };
}
