import type { EndpointName, RestRequest, RestResponse } from '@flooim/protocol';
import type { Bearer } from '../token/token-service.ts';
import type { Listed } from './envelope.ts';

/** Who calls, and how he reached the server. */
export interface Caller extends Bearer {
  /** Empty where the endpoint names the app itself. */
  readonly appId: string;
  /** 0 on public endpoints: nobody in particular. */
  readonly uid: number;
  /** Where he is, as attempts are counted: see `networkOf`. */
  readonly network: string;
  readonly protocol: 'http' | 'https';
  /** The `Host` that the client asked for: his word, not checked. */
  readonly host: string;
}

/** What serves each endpoint: an endpoint that is missing here does not compile. */
export type Handlers = {
  [N in EndpointName]: (request: RestRequest<N>, caller: Caller) => Promise<RestResponse<N> | Listed<RestResponse<N>>>;
};
