import type { SocketClass, SocketLike } from 'flooim';
import type { Random } from '../random.ts';
import type { Page } from './sim-database.ts';
import type { Trace } from './trace.ts';
import type { VirtualTime } from './virtual-time.ts';

/** The server's side of a connection. */
export interface ServerSocket {
  received(bytes: Uint8Array): void;
  /** The connection is gone. */
  lost(): void;
}

/** The network between one page and the server, which may be bad. */
export interface Network {
  readonly time: VirtualTime;
  readonly random: Random;
  readonly trace: Trace;
  /** What it is called in the trace. */
  readonly name: string;
  /** The page's own turn of events. */
  readonly page: Page;
  /** No new connection comes about: it is refused, or (`hangs`) nobody answers at all. */
  down: 'no' | 'refuses' | 'hangs';
  /** How long a frame travels at most. */
  slowMs: number;
  /** The server takes the connection; undefined: nobody listens. */
  accept(link: Link): ServerSocket | undefined;
  /** Every connection that is made. */
  made(link: Link): void;
  /** What the page sends, at the moment it does. */
  sent(bytes: Uint8Array): void;
}

const closed = 3;
const abnormal = 1006;

/** One connection, with all that can happen to it. Frames keep their order, and are whole or not there. */
export class Link {
  readonly socket: SimSocket;
  /** Frames from the server that still arrive; then the connection breaks instead. */
  downLeft = Number.POSITIVE_INFINITY;
  /** The same towards the server. */
  upLeft = Number.POSITIVE_INFINITY;
  #server: ServerSocket | undefined;
  readonly #network: Network;
  #isSilent = false;
  #isBroken = false;
  #stalledUntil = 0;
  readonly #last = { up: 0, down: 0 };

  constructor(network: Network, socket: SimSocket) {
    this.#network = network;
    this.socket = socket;
    network.made(this);
    if (network.down === 'hangs') return;
    this.#deliver('down', () => this.#open());
  }

  get isOpen(): boolean {
    return this.#server !== undefined && !this.#isBroken && !this.#isSilent;
  }

  /** Both sides hear of it, the server perhaps late; what was on its way is lost. */
  cut(): void {
    if (this.#isBroken) return;
    const { page, time, random } = this.#network;
    this.#isBroken = true;
    page.later(random.between(0, 50), () => this.socket.ended(abnormal));
    time.after(random.chance(0.5) ? random.between(0, 50) : random.between(0, 20_000), () => this.#lost());
  }

  /** Nothing arrives any more, and nobody is told. */
  silence(): void {
    this.#isSilent = true;
  }

  /** What is sent from now on arrives together, later. */
  stall(ms: number): void {
    this.#stalledUntil = this.#network.time.now + ms;
  }

  toServer(bytes: Uint8Array): void {
    this.#network.trace.frame(this.#network.name, '>', bytes);
    this.#network.sent(bytes);
    if (this.upLeft-- <= 0) return this.cut();
    this.#deliver('up', () => this.#server?.received(bytes));
  }

  /** From the server to the page. */
  send(bytes: Uint8Array): void {
    if (this.downLeft-- <= 0) return this.cut();
    const { page, trace, name } = this.#network;
    this.#deliver('down', () =>
      page.later(0, () => {
        if (!this.socket.isListening) return;
        trace.frame(name, '<', bytes);
        this.socket.received(bytes);
      }),
    );
  }

  /** The server ends it; its last frames arrive before. */
  end(code: number): void {
    this.#server = undefined;
    this.#deliver('down', () => this.#network.page.later(0, () => this.socket.ended(code)));
  }

  closedByPage(): void {
    this.#deliver('up', () => this.#lost());
  }

  #open(): void {
    const { page, accept, down } = this.#network;
    this.#server = down === 'no' ? accept(this) : undefined;
    page.later(0, () => (this.#server ? this.socket.opened() : this.socket.ended(abnormal)));
  }

  #lost(): void {
    this.#server?.lost();
    this.#server = undefined;
  }

  #deliver(way: 'up' | 'down', arrive: () => void): void {
    const { time, random, slowMs } = this.#network;
    const at = Math.max(time.now + random.between(1, slowMs), this.#stalledUntil, this.#last[way]);
    this.#last[way] = at;
    time.after(at - time.now, () => this.#isBroken || this.#isSilent || arrive());
  }
}

/** A page's WebSocket. */
class SimSocket implements SocketLike {
  binaryType = '';
  readyState = 0;
  onopen: ((event: never) => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;
  onerror: ((event: never) => void) | null = null;
  readonly #link: Link;

  constructor(network: Network) {
    this.#link = new Link(network, this);
  }

  get isListening(): boolean {
    return this.readyState === 1 && this.onmessage !== null;
  }

  send(data: Uint8Array | string): void {
    if (typeof data !== 'string') this.#link.toServer(data.slice());
  }

  close(): void {
    if (this.readyState === closed) return;
    this.readyState = closed;
    this.#link.closedByPage();
  }

  opened(): void {
    if (this.readyState === closed) return;
    this.readyState = 1;
    this.onopen?.(undefined as never);
  }

  received(bytes: Uint8Array): void {
    this.onmessage?.({ data: bytes.slice().buffer });
  }

  ended(code: number): void {
    if (this.readyState === closed) return;
    this.readyState = closed;
    this.onclose?.({ code, reason: '' });
  }
}

/** `WebSocket` as a page on this network has it. */
export function socketClass(network: Network): SocketClass {
  return class extends SimSocket {
    constructor(_url: string) {
      super(network);
    }
  };
}
