import { FlooError } from '../errors.ts';
import type { Platform, SocketLike } from '../platform/platform.ts';

export interface SocketEvents {
  opened(): void;
  received(bytes: Uint8Array): void;
  /** Comes once, whoever ended it, but not after `close()`. */
  closed(code: number): void;
}

const open = 1;
/** What a connection that was never closed properly reports. */
export const abnormal = 1006;

/** One WebSocket from birth to death; binary messages only. */
export class Socket {
  readonly #socket: SocketLike;

  /** Throws `UNSUPPORTED` where there is no WebSocket. */
  constructor(platform: Platform, url: string, events: SocketEvents) {
    if (!platform.WebSocket) throw noWebSocket();
    const socket = new platform.WebSocket(url);
    this.#socket = socket;
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => events.opened();
    socket.onmessage = ({ data }) => data instanceof ArrayBuffer && events.received(new Uint8Array(data));
    socket.onclose = ({ code }) => events.closed(code);
    socket.onerror = () => {};
  }

  /** False when it is not open: nothing was sent. */
  send(bytes: Uint8Array): boolean {
    if (this.#socket.readyState !== open) return false;
    this.#socket.send(bytes as Uint8Array<ArrayBuffer>);
    return true;
  }

  close(): void {
    this.#socket.onopen = this.#socket.onmessage = this.#socket.onclose = null;
    this.#socket.close(1000);
  }
}

export function noWebSocket(): FlooError {
  const text = 'this runtime has no WebSocket: give flooim() one as config.WebSocket, or use Node 22 or later';
  return new FlooError('UNSUPPORTED', text, { field: 'config.WebSocket' });
}
