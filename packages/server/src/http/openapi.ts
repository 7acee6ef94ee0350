import { type Endpoint, type ServerEndpointName, serverRest } from '@flooim/protocol';
import type { FastifyInstance } from 'fastify';
import { version } from '../version.ts';
import { openApiDocument, type ServedRoute } from './openapi-document.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The row of the protocol's table that the route serves. */
    endpoint?: ServerEndpointName;
  }
}

/**
 * Describes the API to whoever generates clients or tests from it: every route that is added from now on, as the router has
 * it. A route that nothing describes keeps the server from starting.
 */
export function addOpenApi(app: FastifyInstance): void {
  const routes: ServedRoute[] = [];
  let document = '';
  app.addHook('onRoute', ({ method, url, config }) => {
    const name = config?.endpoint;
    for (const each of [method].flat()) if (isTold(each, name)) routes.push({ method: each, path: url, name });
  });
  app.addHook('onReady', async () => {
    document = JSON.stringify(openApiDocument(routes, version()));
  });
  app.get('/openapi.json', async (_request, reply) => reply.type('application/json; charset=utf-8').send(document));
}

/** Every GET is a HEAD too, and every path has its OPTIONS for browsers: only what the table asks for is told. */
function isTold(method: string, name: ServerEndpointName | undefined): boolean {
  if (method === 'OPTIONS') return false;
  return method !== 'HEAD' || (name !== undefined && (serverRest[name] as Endpoint).methods.includes('HEAD'));
}
