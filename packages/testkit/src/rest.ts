import { type EndpointName, okCode, type RestRequest, type RestResponse, rest } from '@flooim/protocol';

/** The envelope's code was not 200. */
export class RestRefused extends Error {
  readonly code: number;

  constructor(name: EndpointName, code: number, message: string) {
    super(`${name}: ${code} ${message}`);
    this.code = code;
  }
}

/** Calls an endpoint as our SDK does, and gives its data. */
export async function callRest<N extends EndpointName>(
  url: string,
  name: N,
  parameters: RestRequest<N>,
  { token = '', appId = 'flooim' } = {},
): Promise<RestResponse<N>> {
  const endpoint = rest[name];
  const target = new URL(endpoint.path, url);
  const inQuery = endpoint.in === 'query';
  if (inQuery) for (const [key, value] of Object.entries(parameters)) target.searchParams.set(key, String(value));
  const response = await fetch(target, {
    method: endpoint.methods[0],
    headers: {
      app_id: appId,
      ...(token && { 'access-token': token }),
      ...(!inQuery && { 'content-type': 'application/json' }),
    },
    body: inQuery ? undefined : JSON.stringify(parameters),
  });
  const envelope = (await response.json()) as { code: number; message?: string; data: RestResponse<N> };
  if (envelope.code !== okCode) throw new RestRefused(name, envelope.code, envelope.message ?? '');
  return envelope.data;
}
