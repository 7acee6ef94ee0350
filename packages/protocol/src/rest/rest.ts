import { account } from './account.ts';
import type { RequestOf, ResponseOf } from './endpoint.ts';
import { fileStreams, files } from './file.ts';
import { groups } from './group.ts';
import { roster } from './roster.ts';
import { service } from './service.ts';

/**
 * Every REST endpoint that clients call. All answer HTTP 200 with an Envelope (types.ts); the codes are in `errors.ts`.
 */
export const rest = { ...account, ...roster, ...groups, ...files } as const;

/** Every REST endpoint of the server. */
export const serverRest = { ...rest, ...service, ...fileStreams } as const;

/** An endpoint that clients call. */
export type EndpointName = keyof typeof rest;
export type RestRequest<N extends EndpointName> = RequestOf<(typeof rest)[N]['params']>;
export type RestResponse<N extends EndpointName> = ResponseOf<(typeof rest)[N]>;

/** An endpoint that takes or gives a file's bytes. */
export type StreamName = keyof typeof fileStreams;

/** Any endpoint of the server. */
export type ServerEndpointName = keyof typeof serverRest;
export type ServerRequest<N extends ServerEndpointName> = RequestOf<(typeof serverRest)[N]['params']>;
export type ServerResponse<N extends ServerEndpointName> = ResponseOf<(typeof serverRest)[N]>;
