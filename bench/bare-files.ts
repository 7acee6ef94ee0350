/**
 * The baseline of files: a bare `node:http` server. Started with a port and a folder. What is PUT is written to a new file, hashed
 * on its way and flushed, and its name is answered; a GET of the name streams it back.
 */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';

const [, , port, folder = ''] = process.argv;
let files = 0;

async function take(request: IncomingMessage): Promise<string> {
  const name = `file${files++}`;
  const hash = createHash('sha256');
  request.on('data', (chunk) => hash.update(chunk));
  await pipeline(request, createWriteStream(join(folder, name), { flush: true }));
  return `${name} ${hash.digest('hex')}`;
}

async function give(name: string, response: ServerResponse): Promise<void> {
  const path = join(folder, basename(name));
  response.setHeader('content-length', statSync(path).size);
  // Who has the last byte may hang up before this end knows.
  await pipeline(createReadStream(path), response).catch(() => {});
}

createServer(async (request, response) => {
  if (request.method === 'PUT') response.end(await take(request));
  else if (request.url === '/') response.end('{}');
  else await give(request.url ?? '', response);
}).listen(Number(port), '127.0.0.1');
