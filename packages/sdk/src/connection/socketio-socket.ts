import type { Clock, Platform, SocketClass, SocketLike, Timer } from '../platform/platform.ts';
import type { Socket, SocketEvents } from './socket.ts';

// A chunk of its own, also beside the single-file build: it imports types and nothing else.

const open = 1;
const abnormal = 1006;
/** What goes before the binary message of a frame. */
const frameEvent = '451-["frame",{"_placeholder":true,"num":0}]';
const binaryEvent = /^45(\d+)-(\["frame",)?/;
/** How long a server has to close what it said goodbye to; its close code says what to do then. */
const closeGraceMs = 2000;

/**
 * `/socket.io/` by Engine.IO 4 over a WebSocket alone, in the namespace `/`: the only argument of an event `frame` is one frame
 * (https://socket.io/docs/v4/engine-io-protocol, https://socket.io/docs/v4/socket-io-protocol).
 */
export class SocketIoSocket implements Socket {
  readonly #clock: Clock;
  readonly #socket: SocketLike;
  readonly #events: SocketEvents;
  #isConnected = false;
  /** Binary messages that belong to the packet before, and whether the first of them is a frame. */
  #due = 0;
  #isFrame = false;
  /** The server has promised not to be silent for longer. */
  #silenceMs: number | undefined;
  #timer: Timer | undefined;

  constructor({ WebSocket, clock }: Platform, url: string, events: SocketEvents) {
    this.#clock = clock;
    this.#events = events;
    this.#socket = new (WebSocket as SocketClass)(url);
    this.#socket.binaryType = 'arraybuffer';
    this.#socket.onmessage = ({ data }) => this.#came(data);
    this.#socket.onclose = ({ code }) => this.#end(code);
    this.#socket.onerror = () => {};
  }

  send(frame: Uint8Array): boolean {
    if (!this.#isConnected || this.#socket.readyState !== open) return false;
    this.#socket.send(frameEvent);
    this.#socket.send(frame as Uint8Array<ArrayBuffer>);
    return true;
  }

  close(): void {
    this.#clock.clearTimeout(this.#timer);
    this.#socket.onmessage = this.#socket.onclose = null;
    this.#socket.close(1000);
  }

  #end(code: number): void {
    this.close();
    this.#events.closed(code);
  }

  #endAfter(ms: number): void {
    this.#clock.clearTimeout(this.#timer);
    this.#timer = this.#clock.setTimeout(() => this.#end(abnormal), ms);
  }

  #came(data: unknown): void {
    if (this.#silenceMs) this.#endAfter(this.#silenceMs);
    if (typeof data === 'string') this.#packet(data);
    else if (data instanceof ArrayBuffer) this.#attachment(data);
  }

  #packet(text: string): void {
    switch (text[0]) {
      case '0':
        this.#handshake(text.slice(1));
        break;
      case '1':
        this.#goodbye();
        break;
      case '2':
        this.#events.heard();
        this.#socket.send(`3${text.slice(1)}`);
        break;
      case '4':
        this.#message(text);
    }
  }

  #handshake(json: string): void {
    this.#silenceMs = silenceIn(json);
    if (this.#silenceMs) this.#socket.send('40');
    else this.#end(abnormal);
  }

  #message(text: string): void {
    switch (text[1]) {
      case '0':
        this.#connected();
        break;
      case '1':
        this.#goodbye();
        break;
      case '4':
        this.#end(abnormal);
        break;
      case '5':
        this.#event(text);
    }
  }

  #connected(): void {
    if (this.#isConnected) return;
    this.#isConnected = true;
    this.#events.opened();
  }

  #goodbye(): void {
    this.#isConnected = false;
    this.#endAfter(closeGraceMs);
  }

  #event(text: string): void {
    const [, due, isFrame] = binaryEvent.exec(text) ?? [];
    this.#due = Number(due ?? 0);
    this.#isFrame = isFrame !== undefined;
  }

  #attachment(bytes: ArrayBuffer): void {
    if (this.#due === 0) return;
    this.#due -= 1;
    if (this.#isFrame) this.#events.received(new Uint8Array(bytes));
    this.#isFrame = false;
  }
}

/** Undefined for what is no handshake. */
function silenceIn(json: string): number | undefined {
  try {
    const { pingInterval, pingTimeout } = JSON.parse(json);
    const silenceMs = pingInterval + pingTimeout;
    return Number.isFinite(silenceMs) ? silenceMs : undefined;
  } catch {
    return undefined;
  }
}
