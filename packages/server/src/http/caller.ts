import type { ServerEndpointName, ServerRequest, ServerResponse, StreamName } from '@flooim/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Bearer } from '../token/token-service.ts';
import type { Listed, Sent } from './envelope.ts';

/** Who calls, for whom, and how he reached the server. */
export interface Caller extends Bearer {
  /** Empty where the endpoint names the app itself. */
  readonly appId: string;
  /** 0: nobody in particular, on public endpoints; the app itself, where an admin named no user. */
  readonly uid: number;
  /** Calls with an admin token or the operator's, perhaps for a user: `tokenHash` is then of no token of that user. */
  readonly isAdmin: boolean;
  /** Where he is, as attempts are counted: see `networkOf`. */
  readonly network: string;
  readonly protocol: 'http' | 'https';
  /** The `Host` that the client asked for: his word, not checked. */
  readonly host: string;
}

type Answer<T> = T | Listed<T> | (T extends boolean ? Sent : never);

/** What serves each endpoint: an endpoint that is missing here does not compile. */
export type Handlers = {
  [N in Exclude<ServerEndpointName, StreamName>]: (
    request: ServerRequest<N>,
    caller: Caller,
  ) => Promise<Answer<ServerResponse<N>>>;
};

/** What serves the endpoints that take or give bytes. */
export type Doors = {
  [N in StreamName]: (
    parameters: ServerRequest<N>,
    caller: Caller,
    request: FastifyRequest,
    reply: FastifyReply,
  ) => Promise<unknown>;
};
