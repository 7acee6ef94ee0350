import {
  type Endpoint,
  okCode,
  type ServerEndpointName,
  type ServerRequest,
  type ServerResponse,
  serverRest,
} from '@flooim/protocol';

/** The envelope's code was not 200. */
export class RestRefused extends Error {
  readonly code: number;

  constructor(name: ServerEndpointName, code: number, message: string) {
    super(`${name}: ${code} ${message}`);
    this.code = code;
  }
}

/** Calls an endpoint as our SDK does, and gives its data. `uid`: for whom, if the token is an administrator's. */
export async function callRest<N extends ServerEndpointName>(
  url: string,
  name: N,
  parameters: ServerRequest<N>,
  { token = '', appId = 'flooim', uid = 0 } = {},
): Promise<ServerResponse<N>> {
  const endpoint: Endpoint = serverRest[name];
  const target = new URL(endpoint.path, url);
  const inQuery = endpoint.in === 'query';
  if (inQuery) for (const [key, value] of Object.entries(parameters)) target.searchParams.set(key, String(value));
  const response = await fetch(target, {
    method: endpoint.methods[0],
    headers: {
      app_id: appId,
      ...(token && { 'access-token': token }),
      ...(uid > 0 && { user_id: String(uid) }),
      ...(!inQuery && { 'content-type': 'application/json' }),
    },
    body: inQuery ? undefined : JSON.stringify(parameters),
  });
  const envelope = (await response.json()) as { code: number; message?: string; data: ServerResponse<N> };
  if (envelope.code !== okCode) throw new RestRefused(name, envelope.code, envelope.message ?? '');
  return envelope.data;
}
