import { account } from './account.ts';
import type { RequestOf, ResponseOf } from './endpoint.ts';
import { files } from './file.ts';
import { groups } from './group.ts';
import { roster } from './roster.ts';

/**
 * Every REST endpoint that clients call. All answer with an Envelope (types.ts), by HTTP 200 or 429; the codes are in `errors.ts`.
 */
export const rest = { ...account, ...roster, ...groups, ...files } as const;

/** An endpoint that clients call. */
export type EndpointName = keyof typeof rest;
export type RestRequest<N extends EndpointName> = RequestOf<(typeof rest)[N]['params']>;
export type RestResponse<N extends EndpointName> = ResponseOf<(typeof rest)[N]>;
