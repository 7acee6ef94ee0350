import { type Endpoint, type EndpointName, type Envelope, okCode, type RestResponse, rest } from '@flooim/protocol';
import { FlooError } from '../errors.ts';
import { pause } from '../platform/pause.ts';
import { checkParams } from './check-params.ts';
import type { Dns } from './dns.ts';
import { envelopeError } from './envelope-error.ts';
import { type Fetching, fetchJson } from './fetch-json.ts';

/** How often calls that were refused for speed are made again, and after how long where the server does not say. */
const patientTries = 8;
const patienceMs = 2000;
const longestSpreadMs = 60_000;

/** The typed way to the REST table: checks the parameters, finds the host, opens the envelope. */
export class RestClient {
  readonly #fetching: Fetching;
  readonly #dns: Dns;
  readonly #appid: string;
  /** The signed-in user's token; set by the session. */
  token: string | undefined;
  /** Called when the server refuses the token that a call carried. */
  onTokenRefused: (token: string) => void = () => {};

  constructor(fetching: Fetching, dns: Dns, appid: string) {
    this.#fetching = fetching;
    this.#dns = dns;
    this.#appid = appid;
  }

  /** Rejects with `INVALID_PARAMETER`, `NOT_LOGGED_IN`, `NETWORK`, or what the envelope's code means. */
  async call<N extends EndpointName>(name: N, params: object): Promise<RestResponse<N>> {
    const endpoint: Endpoint = rest[name];
    const checked = checkParams(endpoint.params, params);
    const token = endpoint.access === 'user' ? this.#requireToken() : undefined;
    const envelope = await this.#send<RestResponse<N>>(endpoint, checked, token);
    if (envelope.code === okCode) return envelope.data as RestResponse<N>;
    const error = envelopeError(envelope, endpoint.access === 'public' && endpoint.path.startsWith('/token/'));
    if (error.code === 'TOKEN_INVALID' && token) this.onTokenRefused(token);
    throw error;
  }

  /**
   * Makes calls that nobody waits for: refused because they come too often they are made again when the server has room, as
   * long as the same user is signed in. Rejects as they do.
   */
  async patiently<T>(calls: () => Promise<T>): Promise<T> {
    const { token } = this;
    const { platform, disposed } = this.#fetching;
    for (let tries = 0; ; tries++) {
      try {
        return await calls();
      } catch (error) {
        if ((error as FlooError).code !== 'RATE_LIMITED' || tries === patientTries) throw error;
        const toldMs = (error as FlooError).retryAfterMs ?? patienceMs;
        // Those who were refused together do not all come back together, and several calls need more room than one.
        const spreadMs = platform.random() * Math.min(longestSpreadMs, patienceMs * 2 ** tries);
        await pause(platform.clock, toldMs + spreadMs, [disposed]);
        if (token !== this.token || disposed.aborted) throw error;
      }
    }
  }

  #requireToken(): string {
    if (this.token) return this.token;
    throw new FlooError('NOT_LOGGED_IN', 'log in first');
  }

  async #send<T>(endpoint: Endpoint, params: Record<string, unknown>, token?: string): Promise<Envelope<T>> {
    const host = await this.#dns.host('rest');
    try {
      return await this.#sendTo(host, endpoint, params, token);
    } catch (error) {
      const { code } = error as FlooError;
      const hasNext = (code === 'NETWORK' || code === 'TIMEOUT') && this.#dns.failed('rest', host);
      if (!hasNext || !isRepeatable(endpoint)) throw error;
      return this.#sendTo(await this.#dns.host('rest'), endpoint, params, token);
    }
  }

  #sendTo<T>(host: string, endpoint: Endpoint, params: Record<string, unknown>, token?: string): Promise<Envelope<T>> {
    const { url, init } = request(host, endpoint, params);
    init.headers = { ...init.headers, app_id: this.#appid, ...(token && { 'access-token': token }) };
    return fetchJson<Envelope<T>>(this.#fetching, url, init);
  }
}

/** Reads and logins do no harm when the first try arrived after all. */
function isRepeatable(endpoint: Endpoint): boolean {
  return endpoint.methods[0] === 'GET' || endpoint === rest.tokenByName || endpoint === rest.tokenById;
}

function request(
  host: string,
  endpoint: Endpoint,
  params: Record<string, unknown>,
): { url: string; init: RequestInit } {
  const method = endpoint.methods[0];
  const init: RequestInit = { method };
  const url = new URL(host + endpoint.path);
  if (endpoint.in === 'query')
    for (const [name, value] of Object.entries(params)) url.searchParams.set(name, String(value));
  if (method !== 'GET') {
    init.headers = { 'content-type': 'application/json' };
    init.body = JSON.stringify(endpoint.in === 'query' ? {} : params);
  }
  return { url: url.href, init };
}
