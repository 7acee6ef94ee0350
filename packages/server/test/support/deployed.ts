import { type Answer, ask, type Person, password, read } from './rest.ts';

/** The page that the client runs in: never of the server's own origin. */
export const origin = 'https://app.example.org';

/** How a deployed client asks: everything in the address, JSON as the type of whatever it sends, or of nothing. */
export interface Call {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  token?: string;
  appId?: string;
  /** Sent as JSON; a text as it is. */
  body?: unknown;
  headers?: Record<string, string>;
}

/** Asks as deployed clients do; `path` with its query, letter by letter. */
export function callRaw(
  url: string,
  path: string,
  { method = 'GET', token, appId = 'flooim', body, headers }: Call = {},
): Promise<Response> {
  return fetch(url + path, {
    method,
    redirect: 'manual',
    headers: {
      origin,
      'content-type': 'application/json',
      ...(appId && { app_id: appId }),
      ...(token !== undefined && { 'access-token': token }),
      ...headers,
    },
    body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body),
  });
}

/** As `callRaw`; the envelope. */
export async function call(url: string, path: string, options?: Call): Promise<Answer> {
  return read(await callRaw(url, path, options));
}

/** Logs somebody in again. */
export async function tokenOf(url: string, { name }: Pick<Person, 'name'>): Promise<string> {
  return (await ask(url, 'tokenByName', { name, password })).data.token;
}

/** Where in an answer there is a null, as a path. */
export function nullsIn(value: unknown, path = ''): string[] {
  if (value === null) return [path];
  if (typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, inner]) => nullsIn(inner, `${path}.${key}`));
}
