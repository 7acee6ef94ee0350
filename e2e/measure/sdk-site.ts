import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { stripTypeScriptTypes } from 'node:module';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const served = ['/packages/sdk/src/', '/packages/protocol/src/'];
const imports = { flooim: '/packages/sdk/src/index.ts', '@flooim/protocol': '/packages/protocol/src/index.ts' };

export interface SdkSite {
  url: string;
  close(): void;
}

/** A page with the SDK and nothing else, from its sources as they are, without their types; `script` is its only module. */
export async function startSdkSite(script: string): Promise<SdkSite> {
  const page = `<!doctype html><title>SDK</title><script type="importmap">${JSON.stringify({ imports })}</script>
<script type="module">${script}</script>`;
  const server = createServer(({ url = '' }, response) => {
    const { pathname } = new URL(url, 'http://localhost');
    const isSource = served.some((folder) => pathname.startsWith(folder));
    if (!isSource && pathname !== '/') return void response.writeHead(404).end();
    response.writeHead(200, { 'content-type': `text/${isSource ? 'javascript' : 'html'}; charset=utf-8` });
    response.end(isSource ? stripTypeScriptTypes(readFileSync(join(root, pathname), 'utf8')) : page);
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
