import type { Platform, SocketClass, SocketLike } from '../platform/platform.ts';
import type { Socket, SocketEvents } from './socket.ts';

const open = 1;

/** `/xsync`: one binary message is one frame. */
export class XsyncSocket implements Socket {
  readonly #socket: SocketLike;

  constructor(platform: Platform, url: string, events: SocketEvents) {
    const socket = new (platform.WebSocket as SocketClass)(url);
    this.#socket = socket;
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => events.opened();
    socket.onmessage = ({ data }) => data instanceof ArrayBuffer && events.received(new Uint8Array(data));
    socket.onclose = ({ code }) => events.closed(code);
    socket.onerror = () => {};
  }

  send(frame: Uint8Array): boolean {
    if (this.#socket.readyState !== open) return false;
    this.#socket.send(frame as Uint8Array<ArrayBuffer>);
    return true;
  }

  close(): void {
    this.#socket.onopen = this.#socket.onmessage = this.#socket.onclose = null;
    this.#socket.close(1000);
  }
}
