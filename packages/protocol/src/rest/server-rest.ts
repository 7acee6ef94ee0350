import type { RequestOf, ResponseOf } from './endpoint.ts';
import { fileStreams } from './file.ts';
import { rest } from './rest.ts';
import { service } from './service.ts';

/** Every REST endpoint of the server. In a file of its own, so that clients need not carry what they never call. */
export const serverRest = { ...rest, ...service, ...fileStreams } as const;

/** An endpoint that takes or gives a file's bytes. */
export type StreamName = keyof typeof fileStreams;

/** Any endpoint of the server. */
export type ServerEndpointName = keyof typeof serverRest;
export type ServerRequest<N extends ServerEndpointName> = RequestOf<(typeof serverRest)[N]['params']>;
export type ServerResponse<N extends ServerEndpointName> = ResponseOf<(typeof serverRest)[N]>;
