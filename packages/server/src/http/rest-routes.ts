import { type Endpoint, type ServerEndpointName, type ServerRequest, serverRest } from '@flooim/protocol';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AttemptLimit } from '../attempt-limit.ts';
import type { Context } from '../context.ts';
import { ServerError } from '../error.ts';
import { networkOf } from './address.ts';
import { administratorKey, authorize } from './auth.ts';
import type { Handlers } from './caller.ts';
import { success } from './envelope.ts';
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
export function addRestRoutes(app: FastifyInstance, context: Context, handlers: Handlers): void {
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

  const serve = async <N extends ServerEndpointName>(name: N, request: FastifyRequest) => {
    if (limited.has(name) && !(await mayAttempt(request))) throw new ServerError('tooManyAttempts');
    const caller = await authorize(context, name, request);
    const parameters = readParameters(serverRest[name].params, request.query, request.body) as ServerRequest<N>;
    return success(await handlers[name](parameters, caller));
  };

  for (const [name, endpoint] of Object.entries(serverRest) as [ServerEndpointName, Endpoint][]) {
    const handler = (request: FastifyRequest) => serve(name, request);
    app.route({ method: [...endpoint.methods], url: endpoint.path, onRequest, handler });
  }
}
