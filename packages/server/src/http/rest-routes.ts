import multipart from '@fastify/multipart';
import {
  type Endpoint,
  type ProfileTextName,
  profileTexts,
  type ServerEndpointName,
  type ServerRequest,
  type StreamName,
  serverRest,
  streams,
} from '@flooim/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Context } from '../context.ts';
import { authorize } from './auth.ts';
import type { Doors, Handlers } from './caller.ts';
import { success } from './envelope.ts';
import { statusErrors } from './errors.ts';
import { readParameters } from './parameters.ts';
import { RequestLimits } from './request-limits.ts';
import { addTextBody } from './text-body.ts';

/** Serves the protocol's table: who may call, with which parameters, and what answers. */
export function addRestRoutes(app: FastifyInstance, context: Context, handlers: Handlers, doors: Doors): void {
  const limits = new RequestLimits(context);
  /** Before a body is read. */
  const onRequest = (request: FastifyRequest) => limits.count(request);

  const open = async <N extends ServerEndpointName>(name: N, request: FastifyRequest) => {
    await limits.countAttempt(name, request);
    const caller = await authorize(context, name, request);
    const body = isStream(name) ? undefined : request.body;
    return { caller, parameters: readParameters(serverRest[name].params, request.query, body) as ServerRequest<N> };
  };

  const serve = async <N extends keyof Handlers>(name: N, request: FastifyRequest) => {
    const { caller, parameters } = await open(name, request);
    return success(await handlers[name](parameters, caller));
  };

  const stream = async <N extends StreamName>(name: N, request: FastifyRequest, reply: FastifyReply) => {
    const { caller, parameters } = await open(name, request);
    return doors[name](parameters, caller, request, reply);
  };

  for (const [name, endpoint] of Object.entries(serverRest) as [ServerEndpointName, Endpoint][]) {
    if (isStream(name) || name in profileTexts) continue;
    const handler = (request: FastifyRequest) => serve(name, request);
    app.route({ method: [...endpoint.methods], url: endpoint.path, onRequest, handler, config: { endpoint: name } });
  }
  app.register((scope, _options, done) => {
    addTextBody(scope);
    for (const [name, { methods, path }] of Object.entries(profileTexts) as [ProfileTextName, Endpoint][]) {
      const handler = (request: FastifyRequest) => serve(name, request);
      scope.route({ method: [...methods], url: path, onRequest, handler, config: { endpoint: name } });
    }
    done();
  });
  // Only here is a body bytes; who serves it reads it.
  app.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers();
    scope.register(multipart);
    scope.addContentTypeParser('*', (_request, _payload, parsed) => parsed(null));
    for (const [name, endpoint] of Object.entries(streams) as [StreamName, Endpoint][]) {
      const handler = (request: FastifyRequest, reply: FastifyReply) => stream(name, request, reply);
      const errors = name !== 'fileUpload' && { errorHandler: statusErrors(context.log) };
      const config = { endpoint: name, ...(endpoint.access === 'upload' && { isUpload: true as const }) };
      const route = { method: [...endpoint.methods], url: endpoint.path, onRequest, handler, config, ...errors };
      scope.route({ ...route, exposeHeadRoute: false });
    }
    done();
  });
}

function isStream(name: ServerEndpointName): name is StreamName {
  return name in streams;
}
