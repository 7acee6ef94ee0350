import cors from '@fastify/cors';
import { limits } from '@flooim/protocol';
import { type FastifyInstance, fastify } from 'fastify';
import type { Context } from '../context.ts';
import type { Doors, Handlers } from './caller.ts';
import { addErrors, sendFailure, toServerError } from './errors.ts';
import { addHealth } from './health.ts';
import { addJsonBody } from './json-body.ts';
import { addRequestLog } from './request-log.ts';
import { addRestRoutes } from './rest-routes.ts';
import { addSecurityHeaders } from './security-headers.ts';
import { addWebApp } from './web-app.ts';

/** A request that takes longer to arrive is cut off. */
const requestTimeoutMs = 30_000;

/** Everything that is spoken over HTTP, ready to listen. */
export function createHttp(context: Context, handlers: Handlers, doors: Doors): FastifyInstance {
  const { config, log } = context;
  const app = fastify({
    bodyLimit: limits.requestBytes,
    requestTimeout: requestTimeoutMs,
    forceCloseConnections: 'idle',
    // One proxy, in front of us: what it was told by others is not believed.
    trustProxy: config.trustProxy && ((_address: string, hop: number) => hop < 1),
    routerOptions: { ignoreTrailingSlash: true },
    frameworkErrors: (error, _request, reply) => {
      sendFailure(reply.header('access-control-allow-origin', '*'), toServerError(error));
    },
  });
  addSecurityHeaders(app);
  app.register(cors, {
    origin: '*',
    methods: ['GET', 'POST', 'PUT', 'DELETE', 'OPTIONS'],
    allowedHeaders: ['app_id', 'access-token', 'content-type', 'user_id', 'group_id'],
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
  addHealth(app, context);
  addRestRoutes(app, context, handlers, doors);
  addWebApp(app, config.web);
  return app;
}
