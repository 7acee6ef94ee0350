import { type Endpoint, type EndpointName, type RestRequest, rest } from '@flooim/protocol';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AttemptLimit } from '../attempt-limit.ts';
import type { Context } from '../context.ts';
import { ServerError } from '../error.ts';
import { networkOf } from './address.ts';
import { authorize } from './auth.ts';
import type { Handlers } from './caller.ts';
import { success } from './envelope.ts';
import { readParameters } from './parameters.ts';

/** What costs a password hash or makes an account. */
const limited: ReadonlySet<EndpointName> = new Set([
  'tokenByName',
  'tokenById',
  'tokenByLogin',
  'userRegister',
] satisfies EndpointName[]);

/** Serves the protocol's table: who may call, with which parameters, and what answers. */
export function addRestRoutes(app: FastifyInstance, context: Context, handlers: Handlers): void {
  const { loginsPerMin, requestsPerSec } = context.config;
  const attempts = new AttemptLimit(loginsPerMin, context.clock);
  const requests = new AttemptLimit(requestsPerSec * 60, context.clock, requestsPerSec * 2);

  /** Before a body is read. */
  const onRequest = async (request: FastifyRequest) => {
    if (!requests.take(networkOf(request.ip))) throw new ServerError('tooManyAttempts');
  };

  const serve = async <N extends EndpointName>(name: N, request: FastifyRequest) => {
    if (limited.has(name) && !attempts.take(networkOf(request.ip))) throw new ServerError('tooManyAttempts');
    const caller = await authorize(context, name, request);
    const parameters = readParameters(rest[name].params, request.query, request.body) as RestRequest<N>;
    return success(await handlers[name](parameters, caller));
  };

  for (const [name, endpoint] of Object.entries(rest) as [EndpointName, Endpoint][]) {
    const handler = (request: FastifyRequest) => serve(name, request);
    app.route({ method: [...endpoint.methods], url: endpoint.path, onRequest, handler });
  }
}
