import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { Random } from './random.ts';

/**
 * What a link does with bytes.
 * - `pass`: forwards them.
 * - `stall`: holds them back, to go on later.
 * - `blackhole`: swallows them and never says a word again, as a half-open connection does. A link that was one cannot be
 *   healed: leaving the mode cuts it.
 * - `slow`: so many bytes a second in each direction.
 * - `slice`: writes of one to so many bytes, each in its own turn.
 */
export type LinkMode =
  | { kind: 'pass' }
  | { kind: 'stall' }
  | { kind: 'blackhole' }
  | { kind: 'slow'; bytesPerSec: number }
  | { kind: 'slice'; maxBytes: number };

const pass: LinkMode = { kind: 'pass' };
const highWater = 64 * 1024;
const slowTickMs = 20;

/** One direction of a link. */
class Pipe {
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #random: Random;
  #mode: LinkMode = pass;
  #queue: Buffer[] = [];
  #queued = 0;
  #timer: NodeJS.Timeout | undefined;
  #ended = false;
  forwarded = 0;

  constructor(from: Socket, to: Socket, random: Random) {
    this.#from = from;
    this.#to = to;
    this.#random = random;
    from.on('data', (bytes) => this.#take(bytes));
    from.on('end', () => this.#end());
    to.on('drain', () => this.#pump());
  }

  set(mode: LinkMode): void {
    this.#mode = mode;
    this.#pump();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#queue = [];
  }

  #take(bytes: Buffer): void {
    if (this.#mode.kind === 'blackhole') return;
    this.#queue.push(bytes);
    this.#queued += bytes.length;
    if (this.#queued > highWater) this.#from.pause();
    this.#pump();
  }

  #end(): void {
    this.#ended = true;
    this.#pump();
  }

  #pump(): void {
    if (this.#timer || this.#mode.kind === 'stall' || this.#mode.kind === 'blackhole') return;
    if (this.#mode.kind === 'pass') while (this.#queued > 0 && !this.#to.writableNeedDrain) this.#forward(this.#queued);
    else this.#forwardLater(this.#mode);
    if (this.#queued <= highWater) this.#from.resume();
    if (this.#ended && this.#queued === 0) this.#to.end();
  }

  #forwardLater(mode: LinkMode & { kind: 'slow' | 'slice' }): void {
    if (this.#queued === 0) return;
    const slow = mode.kind === 'slow';
    const size = slow ? Math.max(1, (mode.bytesPerSec * slowTickMs) / 1000) : this.#random.between(1, mode.maxBytes);
    this.#forward(Math.floor(size));
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        this.#pump();
      },
      slow ? slowTickMs : 0,
    );
  }

  #forward(size: number): void {
    const first = this.#queue[0] as Buffer;
    const part = first.subarray(0, size);
    if (part.length === first.length) this.#queue.shift();
    else this.#queue[0] = first.subarray(size);
    this.#queued -= part.length;
    this.forwarded += part.length;
    if (!this.#to.destroyed) this.#to.write(part);
  }
}

/** One client's connection through the proxy. */
export class Link {
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #up: Pipe;
  readonly #down: Pipe;
  #dead = false;
  #isAbandoned = false;

  constructor(client: Socket, server: Socket, random: Random, onClose: () => void) {
    this.#client = client;
    this.#server = server;
    this.#up = new Pipe(client, server, random);
    this.#down = new Pipe(server, client, random);
    for (const socket of [client, server]) {
      socket.setNoDelay(true);
      socket.on('error', () => {
        if (!this.#isAbandoned) this.cut();
      });
    }
    client.on('close', () => {
      if (this.#isAbandoned) return;
      server.destroy();
      this.#stop();
      onClose();
    });
    server.on('close', () => {
      if (!this.#dead) client.end();
    });
  }

  get isAbandoned(): boolean {
    return this.#isAbandoned;
  }

  get bytesDown(): number {
    return this.#down.forwarded;
  }

  set(mode: LinkMode): void {
    if (this.#isAbandoned) return;
    const isBlackhole = mode.kind === 'blackhole';
    if (this.#dead && !isBlackhole) this.cut();
    this.#dead ||= isBlackhole;
    this.#up.set(mode);
    this.#down.set(mode);
  }

  /** Half-open for good: each end has to find out by itself that the other is gone. Only `cut` ends it. */
  abandon(): void {
    this.set({ kind: 'blackhole' });
    this.#isAbandoned = true;
  }

  /** Resets both ends; bytes under way are lost. */
  cut(): void {
    this.#stop();
    for (const socket of [this.#client, this.#server]) {
      if (!socket.destroyed && !socket.connecting) socket.resetAndDestroy();
      else socket.destroy();
    }
  }

  #stop(): void {
    this.#up.stop();
    this.#down.stop();
  }
}

/** A TCP proxy in front of a server that can be made faulty while it runs, all links or one. */
export class FaultProxy {
  readonly #server: Server;
  readonly #random: Random;
  #target: { host: string; port: number };
  #mode: LinkMode = pass;
  readonly links = new Set<Link>();
  port = 0;

  private constructor(target: { host: string; port: number }, seed: number) {
    this.#target = target;
    this.#random = new Random(seed);
    this.#server = createServer({ allowHalfOpen: true }, (client) => this.#accept(client));
  }

  /** Listens on a free port of the loopback. `target` is the server's URL. */
  static async start(target: string, { seed = 1 } = {}): Promise<FaultProxy> {
    const url = new URL(target);
    const proxy = new FaultProxy({ host: url.hostname, port: Number(url.port) }, seed);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    proxy.port = (proxy.#server.address() as { port: number }).port;
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** The mode of every link, present and future. */
  set(mode: LinkMode): void {
    this.#mode = mode;
    for (const link of this.links) link.set(mode);
  }

  /** The links that are not abandoned. */
  get live(): Link[] {
    return [...this.links].filter((link) => !link.isAbandoned);
  }

  /** Resets every present link but abandoned ones. */
  cut(): void {
    for (const link of this.live) link.cut();
  }

  /** Where links made from now on lead. */
  retarget(target: string): void {
    const url = new URL(target);
    this.#target = { host: url.hostname, port: Number(url.port) };
  }

  async close(): Promise<void> {
    for (const link of [...this.links]) link.cut();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #accept(client: Socket): void {
    const server = connect({ ...this.#target, allowHalfOpen: true });
    const link: Link = new Link(client, server, this.#random, () => this.links.delete(link));
    this.links.add(link);
    link.set(this.#mode);
  }
}
