import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import {
  Command,
  decodeFrame,
  decodeMessageBody,
  decodeSyncDL,
  decodeSyncUL,
  encodeFrame,
  type Frame,
  Namespace,
  QoS,
  Vsn,
} from '@flooim/protocol';
import type { Clock, PlatformOptions, SocketClass } from 'flooim';
import { WebSocket } from 'ws';
import { until } from './wait.ts';

/** Shorter delays of the SDK are work that is under way; longer ones wait for something to go wrong. */
const shortDelayMs = 5000;
/** Short delays pass so many times as fast. */
const speed = 10;
/** Of what is left to chance, this share: a wait for the next try, half a minute at most, is short. */
const chance = 0.1;
/** A little longer than the server keeps acknowledgements before it writes them. */
const serverDelayMs = 120;
/** Turns of the event loop in which a store in memory is done with everything. */
const turnsAtRest = 20;

interface Timer {
  handle: NodeJS.Timeout;
  isShort: boolean;
}

/**
 * Knows when nothing is under way any more at a number of SDK instances: no request, no frame without its answer, no delay
 * that will do something. What then has not happened does not happen.
 */
export class Quiet {
  /** Counts everything that happens. */
  happened = 0;
  readonly #lines = new Set<Line>();
  #settledAt = -1;

  /** What one instance reaches the world by. */
  line(): Line {
    const line = new Line(this);
    this.#lines.add(line);
    return line;
  }

  /** How often instances connected, their first times aside. */
  get reconnects(): number {
    return [...this.#lines].reduce((sum, { connections }) => sum + Math.max(0, connections - 1), 0);
  }

  /** `barrier`: a write at the server that resolves when everything before it is done. */
  async settle(barrier: () => Promise<unknown>, timeoutMs = 20_000): Promise<void> {
    const end = performance.now() + timeoutMs;
    for (;;) {
      const before = this.happened;
      await until(() => this.#busy().length === 0, 'nothing under way', { timeoutMs }).catch((error: Error) => {
        throw new Error(`${error.message}: ${this.#busy().join(', ')}`);
      });
      await this.#roundTrip();
      if (before !== this.#settledAt) await sleep(serverDelayMs);
      await barrier();
      await this.#roundTrip();
      for (let i = 0; i < turnsAtRest; i++) await turn();
      if (this.happened === before && this.#busy().length === 0) break;
      if (performance.now() > end) throw new Error(`no rest within ${timeoutMs} ms: ${this.#busy().join(', ')}`);
    }
    this.#settledAt = this.happened;
  }

  async #roundTrip(): Promise<void> {
    await Promise.all([...this.#lines].map((line) => line.ping()));
  }

  #busy(): string[] {
    return [...this.#lines].flatMap((line) => line.busy());
  }
}

/** One SDK instance's way to the server, watched, and cut at will. */
export class Line {
  readonly #quiet: Quiet;
  readonly #timers = new Set<Timer>();
  #requests = 0;
  #isUp = true;
  #socket: WatchedSocket | undefined;
  /** How often it connected. */
  connections = 0;

  constructor(quiet: Quiet) {
    this.#quiet = quiet;
  }

  /** For `flooim({ platform })`. */
  get platform(): PlatformOptions {
    return {
      WebSocket: this.#socketClass(),
      fetch: (input, init) => this.#fetch(input, init),
      clock: this.#clock(),
      random: () => Math.random() * chance,
    };
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  /** Messages and operations on their way that have no answer yet. */
  get unanswered(): number {
    return this.#socket?.unanswered.size ?? 0;
  }

  /** Drops the connection without a word; the SDK comes back by itself. */
  cut(): void {
    this.#socket?.terminate();
  }

  /** Nothing goes through from now on. */
  down(): void {
    this.#isUp = false;
    this.cut();
  }

  up(): void {
    this.#isUp = true;
  }

  busy(): string[] {
    if (!this.#isUp) return [];
    const delays = [...this.#timers].filter((timer) => timer.isShort).length;
    const parts = { requests: this.#requests, delays, unanswered: this.unanswered };
    return Object.entries(parts).flatMap(([what, count]) => (count > 0 ? [`${count} ${what}`] : []));
  }

  /** Resolves when everything that was on its way in this connection, in both directions, has arrived. */
  async ping(): Promise<void> {
    await this.#socket?.roundTrip();
  }

  noted(): void {
    this.#quiet.happened += 1;
  }

  async #fetch(input: Parameters<typeof fetch>[0], init?: RequestInit): Promise<Response> {
    if (!this.#isUp) throw new TypeError('the line is down');
    this.noted();
    this.#requests += 1;
    try {
      return await fetch(input, init);
    } finally {
      this.#requests -= 1;
      this.noted();
    }
  }

  #clock(): Clock {
    return {
      now: () => Date.now(),
      setTimeout: (run, ms) => {
        const isShort = ms < shortDelayMs;
        const handle = setTimeout(
          () => {
            this.#timers.delete(timer);
            if (isShort) this.noted();
            run();
          },
          isShort ? ms / speed : ms,
        );
        const timer: Timer = { handle, isShort };
        this.#timers.add(timer);
        return timer;
      },
      clearTimeout: (timer) => {
        if (!timer) return;
        this.#timers.delete(timer as Timer);
        clearTimeout((timer as Timer).handle);
      },
    };
  }

  #socketClass(): SocketClass {
    const open = (url: string) => {
      this.#socket = new WatchedSocket(url, this);
      this.#socket.on('open', () => {
        this.connections += 1;
      });
      return this.#socket;
    };
    return class {
      constructor(url: string) {
        // biome-ignore lint/correctness/noConstructorReturn: the SDK calls `new`, the socket needs its line.
        return open(url);
      }
    } as unknown as SocketClass;
  }
}

const noticeFrame = encodeFrame({ vsn: Vsn.V2, command: Command.NOTICE, payload: new Uint8Array() });

/** A socket that knows which of its frames have no answer yet. */
class WatchedSocket extends WebSocket {
  /** Client mids of what was sent. */
  readonly unanswered = new Set<number>();
  readonly #line: Line;
  readonly #pings: (() => void)[] = [];

  constructor(url: string, line: Line) {
    super(url, { perMessageDeflate: false });
    this.#line = line;
    this.on('message', (data) => this.#received(data));
    this.on('error', () => {});
    this.on('open', () => !line.isUp && this.terminate());
    this.on('close', () => this.#closed());
  }

  override send(data: Uint8Array): void {
    const frame = decodeFrame(data);
    const mid = midToAnswer(frame);
    if (mid !== undefined) this.unanswered.add(mid);
    // The SDK's own signs of life are answered like ours, and say as little.
    if (frame.command === Command.NOTICE) this.#pings.push(() => {});
    else this.#line.noted();
    super.send(data);
  }

  /** Answered in order, behind everything that was sent before. */
  async roundTrip(): Promise<void> {
    if (this.readyState !== WebSocket.OPEN) return;
    const answered = new Promise<void>((resolve) => this.#pings.push(resolve));
    super.send(noticeFrame);
    await answered;
  }

  #received(data: unknown): void {
    const frame = decodeFrame(bytesOf(data), { maxBytes: Number.MAX_SAFE_INTEGER });
    if (frame.command === Command.NOTICE && frame.payload.length === 0) {
      this.#pings.shift()?.();
      return;
    }
    this.#line.noted();
    if (frame.command === Command.SYNC) this.unanswered.delete(decodeSyncDL(frame.payload).clientMid);
  }

  #closed(): void {
    this.#line.noted();
    this.unanswered.clear();
    for (const done of this.#pings.splice(0)) done();
  }
}

/** The client mid of a message or an operation; typing gets no answer. */
function midToAnswer(frame: Frame): number | undefined {
  if (frame.command !== Command.SYNC) return undefined;
  const { meta } = decodeSyncUL(frame.payload);
  if (meta?.ns !== Namespace.MESSAGE) return meta?.id;
  return decodeMessageBody(meta.payload).qos === QoS.AT_MOST_ONCE ? undefined : meta.id;
}

function bytesOf(data: unknown): Uint8Array {
  return data instanceof ArrayBuffer ? new Uint8Array(data) : (data as Uint8Array);
}
