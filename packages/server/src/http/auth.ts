import { type EndpointName, rest } from '@flooim/protocol';
import type { FastifyRequest } from 'fastify';
import type { Context } from '../context.ts';
import { networkOf } from './address.ts';
import type { Caller } from './caller.ts';

type Parts = Pick<Context, 'apps' | 'tokens'>;

/** Nobody in particular. */
const anyone = { uid: 0, deviceGuid: '', tokenHash: new Uint8Array(0) };

/** Decides, for every endpoint, who may call it: the app has to be in order, and so has the token where one is asked for. */
export async function authorize(parts: Parts, name: EndpointName, request: FastifyRequest): Promise<Caller> {
  const protocol = request.protocol === 'https' ? 'https' : 'http';
  const reached = { network: networkOf(request.ip), protocol, host: request.host } as const;
  // It tells of an app's state, also of apps that are not in order.
  if (name === 'dns') return { ...anyone, ...reached, appId: '' };
  const { appId } = parts.apps.normal(credential(request, 'app_id'));
  if (rest[name].access === 'public') return { ...anyone, ...reached, appId };
  const bearer = await parts.tokens.verify(appId, credential(request, 'access-token'));
  return { ...bearer, ...reached };
}

/** From the header or, for links that a browser opens, from the query. */
function credential(request: FastifyRequest, name: 'app_id' | 'access-token'): string {
  const given = request.headers[name] ?? (request.query as Record<string, unknown>)[name];
  return typeof given === 'string' ? given : '';
}
