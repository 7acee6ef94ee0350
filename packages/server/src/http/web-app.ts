import { readFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import fastifyStatic from '@fastify/static';
import { okCode } from '@flooim/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ServerError } from '../error.ts';
import { sendFailure } from './errors.ts';

const notBuilt = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>flooim</title>
<h1>The server is running</h1>
<p>Its web app has not been built: run <code>npm run build</code>, then reload this page.</p>
</html>
`;

/** Serves the built web app: its files, and its page for every address that only the app itself knows. */
export function addWebApp(app: FastifyInstance, folder: string): void {
  // Read each time: the app may be built anew, or for the first time, while the server runs.
  const sendPage = async (reply: FastifyReply, file = 'index.html') => {
    const page = await readFile(join(folder, file)).catch(() => undefined);
    reply.type('text/html; charset=utf-8').header('cache-control', 'no-cache');
    return page ? reply.send(page) : reply.code(503).send(notBuilt);
  };

  app.get('/', async (request, reply) => (wantsPage(request) ? sendPage(reply) : { code: okCode }));
  app.get('/index.html', async (_request, reply) => sendPage(reply));
  // The developer's page is a page of its own.
  app.get('/play', async (_request, reply) => sendPage(reply, 'play.html'));
  app.setNotFoundHandler((request, reply) => {
    if (request.url.startsWith('/assets/')) return reply.code(404).type('text/plain').send('not found');
    return wantsPage(request) ? sendPage(reply) : sendFailure(reply, new ServerError('endpointUnknown'));
  });
  const assets = join(folder, 'assets') + sep;
  app.register(fastifyStatic, {
    root: folder,
    // It may be there later.
    suppressWarning: true,
    index: false,
    // The build has put small copies of them beside the assets.
    preCompressed: true,
    dotfiles: 'ignore',
    cacheControl: false,
    setHeaders: (reply, path) => {
      // Built assets have their content's hash in their name.
      const caching = path.startsWith(assets) ? 'public, max-age=31536000, immutable' : 'no-cache';
      reply.header('cache-control', caching);
    },
  });
}

/** A person in a browser, not a client calling the API. */
function wantsPage({ method, headers }: FastifyRequest): boolean {
  const isRead = method === 'GET' || method === 'HEAD';
  return isRead && !headers['app_id'] && (headers.accept ?? '').includes('text/html');
}
