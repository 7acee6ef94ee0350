import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { HostileFile } from '@flooim/testkit';

/** What somebody asked it. */
interface Asked {
  path: string;
  headers: IncomingHttpHeaders;
}

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A server that answers everybody and keeps who asked: what hostile files talk to. */
export class Canary {
  readonly asked: Asked[] = [];
  readonly #server: Server;
  url = '';

  private constructor() {
    this.#server = createServer(({ url = '', headers }, response) => {
      this.asked.push({ path: url, headers });
      response.writeHead(200, { 'access-control-allow-origin': '*', 'content-type': 'text/css' }).end();
    });
  }

  static async start(): Promise<Canary> {
    const canary = new Canary();
    canary.url = await listen(canary.#server);
    return canary;
  }

  /** The files that made themselves heard. */
  get heard(): string[] {
    const names = this.asked.map(({ path }) => /^\/heard\/([\w-]+)/.exec(path)?.[1] ?? '');
    return [...new Set(names)].filter(Boolean).toSorted();
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

/** Serves files by their names in the corpus, and believes what their uploaders say of them. */
export async function startCareless(files: readonly HostileFile[]): Promise<{ url: string; close(): void }> {
  const server = createServer(({ url = '' }, response) => {
    const file = files.find(({ what }) => url.split('?', 1)[0] === `/${what}`);
    if (file) response.writeHead(200, file.type ? { 'content-type': file.type } : {}).end(file.bytes);
    else response.writeHead(404).end();
  });
  const url = await listen(server);
  return {
    url,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
