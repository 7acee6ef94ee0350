import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { stripTypeScriptTypes } from 'node:module';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const served = [
  '/e2e/fixtures/old-app/',
  '/packages/protocol/src/',
  '/packages/testkit/src/old/',
  '/node_modules/socket.io-client-2/dist/',
];
const types: Record<string, string> = { '.html': 'text/html', '.css': 'text/css' };

/** Where an application of its own is served, on another origin and another site than the server it talks to. */
export interface Site {
  url: string;
  close(): void;
}

/** The application of `fixtures/old-app`, with the sources it imports, without their types. */
export async function startOldAppSite(): Promise<Site> {
  const server = createServer(({ url = '' }, response) => {
    const { pathname } = new URL(url, 'http://localhost');
    const path = pathname === '/' ? '/e2e/fixtures/old-app/index.html' : pathname;
    if (!served.some((folder) => path.startsWith(folder))) return void response.writeHead(404).end();
    response.writeHead(200, { 'content-type': `${types[extname(path)] ?? 'text/javascript'}; charset=utf-8` });
    response.end(read(path));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function read(path: string): string {
  const text = readFileSync(join(root, path), 'utf8');
  return path.endsWith('.ts') ? stripTypeScriptTypes(text) : text;
}
