import cors from '@fastify/cors';
import { limits } from '@flooim/protocol';
import { type FastifyInstance, fastify } from 'fastify';
import type { Context } from '../context.ts';
import { addTusOffer } from '../file/resumable-door.ts';
import { addBodyTimeouts, type Patience, usualPatience } from './body-timeouts.ts';
import type { Doors, Handlers } from './caller.ts';
import { addErrors, sendFailure, toServerError } from './errors.ts';
import { addHealth } from './health.ts';
import { addJsonBody } from './json-body.ts';
import { addOpenApi } from './openapi.ts';
import { addRequestLog } from './request-log.ts';
import { addRestRoutes } from './rest-routes.ts';
import { addSecurityHeaders } from './security-headers.ts';
import { serveConnections } from './serve-connections.ts';
import { addWebApp } from './web-app.ts';

const apiHeaders = ['app_id', 'access-token', 'content-type', 'user_id', 'group_id', 'range', 'if-range'];
/** What tus clients send besides. */
const uploadHeaders = ['tus-resumable', 'upload-length', 'upload-metadata', 'upload-offset', 'x-requested-with'];
const shownHeaders = [
  'accept-ranges',
  'content-disposition',
  'content-length',
  'content-range',
  'etag',
  'location',
  'retry-after',
  'tus-extension',
  'tus-resumable',
  'tus-version',
  'upload-expires',
  'upload-length',
  'upload-metadata',
  'upload-offset',
];

/** Everything that is spoken over HTTP, ready to listen. */
export function createHttp(
  context: Context,
  handlers: Handlers,
  doors: Doors,
  patience: Patience = usualPatience,
): FastifyInstance {
  const { config, log } = context;
  const app = fastify({
    bodyLimit: limits.requestBytes,
    forceCloseConnections: 'idle',
    serverFactory: (handle) => serveConnections(handle, patience),
    // One proxy, in front of us: what it was told by others is not believed.
    trustProxy: config.trustProxy && ((_address: string, hop: number) => hop < 1),
    routerOptions: { ignoreTrailingSlash: true, ignoreDuplicateSlashes: true },
    frameworkErrors: (error, _request, reply) => {
      sendFailure(reply.header('access-control-allow-origin', '*'), toServerError(error));
    },
  });
  addSecurityHeaders(app, config);
  addBodyTimeouts(app, patience);
  addTusOffer(app);
  app.register(cors, {
    origin: '*',
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
    allowedHeaders: [...apiHeaders, ...uploadHeaders],
    exposedHeaders: shownHeaders,
    strictPreflight: false,
    maxAge: 86_400,
  });
  // What is asked over the API is never what was answered before; pages and assets say otherwise for themselves.
  app.addHook('onRequest', async (_request, reply) => {
    reply.header('cache-control', 'no-store');
  });
  addJsonBody(app);
  addErrors(app, log);
  addRequestLog(app, log);
  addOpenApi(app);
  addHealth(app, context);
  addRestRoutes(app, context, handlers, doors);
  addWebApp(app, config.web);
  return app;
}
