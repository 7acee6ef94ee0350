import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { until } from '@flooim/testkit';

/** A request as it goes over the wire, bit by bit, and whatever comes back. */
export class RawRequest {
  readonly socket: Socket;
  /** Everything that came. */
  received = '';
  closed = false;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.setEncoding('latin1');
    socket.on('data', (text) => {
      this.received += text;
    });
    // A server that cuts a connection cuts it.
    socket.on('error', () => {});
    socket.on('close', () => {
      this.closed = true;
    });
  }

  /** Sends the head alone. */
  static async open(url: string, method: string, headers: Record<string, string | number>): Promise<RawRequest> {
    const { hostname, port, host, pathname, search } = new URL(url);
    const socket = connect(Number(port), hostname);
    const request = new RawRequest(socket);
    await once(socket, 'connect');
    const lines = Object.entries({ host, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.write(`${method} ${pathname}${search} HTTP/1.1\r\n${lines.join('')}\r\n`);
    return request;
  }

  /** Resolves when the bytes are on their way, or can go no further. */
  async write(bytes: Uint8Array | string): Promise<void> {
    await new Promise<void>((resolve) => this.socket.write(bytes, () => resolve()));
  }

  async chunk(bytes: Uint8Array): Promise<void> {
    await this.write(Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]));
  }

  /** The first answer. */
  async answer(): Promise<{ status: number; head: string; body: string }> {
    await until(() => this.#whole() !== undefined || this.closed, 'an answer');
    const whole = this.#whole();
    if (!whole) throw new Error(`closed without an answer: ${this.received}`);
    return whole;
  }

  async end(): Promise<void> {
    await until(() => this.closed, 'the end of the connection', { timeoutMs: 15_000 });
  }

  /** As a network that is gone. */
  cut(): void {
    this.socket.resetAndDestroy();
  }

  #whole() {
    const [head = '', body] = this.received.split('\r\n\r\n', 2);
    if (body === undefined) return undefined;
    const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
    if (body.length < length) return undefined;
    return { status: Number(head.split(' ', 2)[1]), head, body: body.slice(0, length) };
  }
}
