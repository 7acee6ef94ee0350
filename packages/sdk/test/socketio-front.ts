import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { DnsAnswer, Envelope } from '@flooim/protocol';

/** In front of a server: the DNS answer names no xsync, and of the realtime doors `/socket.io/` alone is open. */
export class SocketIoFront {
  readonly #target: URL;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** The paths of all upgrades that were asked for. */
  readonly asked: string[] = [];

  private constructor(target: string) {
    this.#target = new URL(target);
    this.#server = createServer(async (request, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(await this.#dns(request.url ?? '')));
    });
    this.#server.on('upgrade', (request, socket) => this.#upgrade(request, socket as Socket));
  }

  static async start(target: string): Promise<SocketIoFront> {
    const front = new SocketIoFront(target);
    front.#server.listen(0, '127.0.0.1');
    await once(front.#server, 'listening');
    return front;
  }

  get #host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get dnsServer(): string {
    return `http://${this.#host}/v2/app_dns`;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #dns(path: string): Promise<Envelope<DnsAnswer>> {
    const answer: Envelope<DnsAnswer> = await (await fetch(new URL(path, this.#target))).json();
    for (const cluster of answer.data?.dns_list[0]?.clusters ?? []) {
      cluster.webim = [{ protocol: 'http', host: this.#host }];
      Reflect.deleteProperty(cluster, 'xsync');
    }
    return answer;
  }

  #upgrade({ url = '', rawHeaders }: IncomingMessage, client: Socket): void {
    this.asked.push(url.split('?', 1)[0] ?? '');
    if (!url.startsWith('/socket.io/')) {
      client.end('HTTP/1.1 404 Not Found\r\n\r\n');
      return;
    }
    const headers = Array.from({ length: rawHeaders.length / 2 }, (_, i) =>
      rawHeaders.slice(2 * i, 2 * i + 2).join(': '),
    );
    const server = connect(Number(this.#target.port), this.#target.hostname);
    server.write(`GET ${url} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`);
    this.#join(client, server);
    this.#join(server, client);
  }

  #join(from: Socket, to: Socket): void {
    this.#sockets.add(from);
    from.pipe(to);
    from.on('error', () => {});
    from.on('close', () => {
      this.#sockets.delete(from);
      to.destroy();
    });
  }
}
