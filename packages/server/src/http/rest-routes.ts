import multipart from '@fastify/multipart';
import {
  type Endpoint,
  fileStreams,
  type ServerEndpointName,
  type ServerRequest,
  type StreamName,
  serverRest,
} from '@flooim/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AttemptLimit } from '../attempt-limit.ts';
import type { Context } from '../context.ts';
import { ServerError } from '../error.ts';
import { networkOf } from './address.ts';
import { administratorKey, authorize } from './auth.ts';
import type { Doors, Handlers } from './caller.ts';
import { success } from './envelope.ts';
import { statusErrors } from './errors.ts';
import { readParameters } from './parameters.ts';

/** What costs a password hash, makes an account or takes memory, for whoever asks. */
const limited: ReadonlySet<ServerEndpointName> = new Set([
  'tokenByName',
  'tokenById',
  'tokenByLogin',
  'userRegister',
  'userRegisterAnonymous',
  'userChangePassword',
  'userDelete',
  'loginCode',
] satisfies ServerEndpointName[]);

/** Serves the protocol's table: who may call, with which parameters, and what answers. */
export function addRestRoutes(app: FastifyInstance, context: Context, handlers: Handlers, doors: Doors): void {
  const { loginsPerMin, requestsPerSec, adminRequestsPerSec } = context.config;
  const attempts = new AttemptLimit(loginsPerMin, context.clock);
  const requests = new AttemptLimit(requestsPerSec * 60, context.clock, requestsPerSec * 2);
  const adminRequests = new AttemptLimit(adminRequestsPerSec * 60, context.clock, adminRequestsPerSec * 2);

  /** Before a body is read. What one address may do is meant for people: services are counted by their token. */
  const onRequest = async (request: FastifyRequest) => {
    const service = await administratorKey(context, request);
    const hasRoom = service ? adminRequests.take(service) : requests.take(networkOf(request.ip));
    if (!hasRoom) throw new ServerError('tooManyAttempts');
  };

  const mayAttempt = async (request: FastifyRequest) =>
    (await administratorKey(context, request)) !== undefined || attempts.take(networkOf(request.ip));

  const open = async <N extends ServerEndpointName>(name: N, request: FastifyRequest) => {
    if (limited.has(name) && !(await mayAttempt(request))) throw new ServerError('tooManyAttempts');
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
    if (isStream(name)) continue;
    const handler = (request: FastifyRequest) => serve(name, request);
    app.route({ method: [...endpoint.methods], url: endpoint.path, onRequest, handler });
  }
  // Only here is a body anything but JSON; who serves it reads it.
  app.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers();
    scope.register(multipart);
    scope.addContentTypeParser('*', (_request, _payload, parsed) => parsed(null));
    for (const [name, endpoint] of Object.entries(fileStreams) as [StreamName, Endpoint][]) {
      const handler = (request: FastifyRequest, reply: FastifyReply) => stream(name, request, reply);
      const errors = name !== 'fileUpload' && { errorHandler: statusErrors(context.log) };
      const config = endpoint.access === 'upload' ? ({ isUpload: true } as const) : {};
      const route = { method: [...endpoint.methods], url: endpoint.path, onRequest, handler, config, ...errors };
      scope.route({ ...route, exposeHeadRoute: false });
    }
    done();
  });
}

function isStream(name: ServerEndpointName): name is StreamName {
  return name in fileStreams;
}
