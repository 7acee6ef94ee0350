import { type Endpoint, okCode, serverRest } from '@flooim/protocol';
import { type Outcome, outcomeOf, type Told } from './roles.ts';
import type { Row } from './row.ts';
import type { Stage } from './stage.ts';

/** What came of a cell. */
export interface Answered {
  outcome: Outcome;
  /** It was refused without a word why. */
  isBare: boolean;
  /** As it came, and its headers. */
  text: string;
  /** What was given to the caller just now, and is a secret from now on. */
  given: string[];
}

/** Shorter ones could be anything. */
const shortestSecret = 12;
/** Names under which answers give what nobody else must see. */
const secretKeys = new Set(['token', 'store_token', 'access_key_secret', 'public_key', 'code', 'sign', 'password']);

/** Calls an endpoint in its role, by the method that our SDK uses or another of it. */
export async function askEndpoint(row: Row, stage: Stage, method?: string): Promise<Answered> {
  const endpoint: Endpoint = serverRest[row.name];
  const params = (await row.params?.(stage)) ?? {};
  const headers = await row.headers?.(stage);
  await stage.raise();
  const isInBody = endpoint.in === 'body';
  const target = new URL(endpoint.path, stage.world.url);
  if (!isInBody) for (const [key, value] of Object.entries(params)) target.searchParams.set(key, String(value));
  const hasStoreToken = 'store_token' in params || 'signed' in params;
  const response = await fetch(target, {
    method: method ?? endpoint.methods[0],
    headers: {
      ...headersOf(stage, hasStoreToken),
      ...(isInBody && { 'content-type': 'application/json' }),
      ...headers,
    },
    body: isInBody ? JSON.stringify(params) : row.body?.(),
  });
  const text = await response.text();
  const told = readTold(response, text);
  return {
    outcome: outcomeOf(told),
    isBare: text === '' && !response.ok,
    text: `${text} ${JSON.stringify([...response.headers])}`,
    given: givenIn(told.data),
  };
}

/** Asks for what is nobody's in particular, with what shows who the caller is. */
export async function askOpenly({ method, path }: { method: string; path: string }, stage: Stage): Promise<string> {
  const response = await fetch(new URL(path, stage.world.url), { method, headers: headersOf(stage) });
  return `${response.status} ${await response.text()}`;
}

function headersOf({ token, appId, role }: Stage, hasOtherCredential = false): Record<string, string> {
  // Who shows no token may show something else; who shows one that is of no use here is not helped by another.
  const isSilent = token === undefined || (hasOtherCredential && role !== 'foreign');
  return { app_id: appId, ...(!isSilent && { 'access-token': token }) };
}

function readTold(response: Response, text: string): Told {
  if (text && response.headers.get('content-type')?.startsWith('application/json')) return JSON.parse(text) as Told;
  return { code: response.ok ? okCode : response.status };
}

function givenIn(data: unknown): string[] {
  if (typeof data !== 'object' || data === null) return [];
  return Object.entries(data).flatMap(([key, value]) => {
    if (typeof value !== 'string' || value.length < shortestSecret) return [];
    const passes = [...value.matchAll(/[?&](?:upload|signed)=([\w.-]+)/g)].map(([, pass]) => pass ?? '');
    return secretKeys.has(key) ? [value, ...passes] : passes;
  });
}
