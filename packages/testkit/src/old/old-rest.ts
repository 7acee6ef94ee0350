import { okCode } from '@flooim/protocol';
import type { OldVersion } from './old-store.ts';

/** The envelope's code was not 200. */
export class OldRefusal extends Error {
  readonly path: string;
  readonly code: number;

  constructor(path: string, code: number, message: string) {
    super(`${path}: ${code} ${message}`);
    this.path = path;
    this.code = code;
  }
}

export interface OldRestOptions {
  /** The server, or a proxy in front of it; DNS names the rest. */
  url: string;
  appId: string;
  version: OldVersion;
  /** Until a request counts as failed. */
  timeoutMs: number;
  /** Hears of what would break the client for good. */
  onFault: (text: string) => void;
}

/** Where a client can connect. */
interface Hosts {
  rest: string;
  realtime: string;
}

interface DnsAnswer {
  app_status: string;
  dns_list: {
    group_level: number;
    clusters: Record<'ratel' | 'webim' | 'rtc', { protocol: string; host: string }[]>[];
  }[];
}

/** What a login leaves behind. */
export interface OldLogin {
  uid: number;
  token: string;
}

/** REST as deployed clients speak it: in the query what belongs there, JSON as the type of everything, codes in envelopes. */
export class OldRest {
  readonly #options: OldRestOptions;
  #hosts: Hosts | undefined;
  token = '';

  constructor(options: OldRestOptions) {
    this.#options = options;
  }

  get(path: string, query: Record<string, unknown> = {}): Promise<unknown> {
    return this.#ask('GET', path, query);
  }

  post(path: string, body: unknown): Promise<unknown> {
    return this.#ask('POST', path, {}, body);
  }

  /** Some calls carry what they say in the address, and an empty object. */
  postQuery(path: string, query: Record<string, unknown>): Promise<unknown> {
    return this.#ask('POST', path, query, {});
  }

  /** Asks DNS, once; where the socket goes. */
  async hosts(): Promise<Hosts> {
    const { url, version, appId } = this.#options;
    if (this.#hosts) return this.#hosts;
    const is3 = version === '3.0.0';
    const query = { app_id: appId, ...(is3 && { source: 'sdk' }) };
    const dns = (await this.#envelope(`${url}/v2/app_dns`, 'GET', query)) as DnsAnswer;
    const [cluster] = dns.dns_list.find((group) => group.group_level === 0)?.clusters ?? [];
    const [rest, realtime, rtc] = [cluster?.ratel[0], cluster?.webim[0], cluster?.rtc?.[0]];
    if (!dns.app_status || !rest || !realtime || (is3 && !rtc)) throw new Error('DNS names no hosts');
    this.#hosts = {
      rest: `${rest.protocol}://${rest.host}`,
      realtime: `${realtime.protocol}://${realtime.host}`,
    };
    if (is3) await Promise.allSettled([this.#fetch(`${this.#hosts.rest}/`), this.get('/app/config', { platform: 6 })]);
    return this.#hosts;
  }

  async login(name: string, password: string): Promise<OldLogin> {
    this.token = '';
    const answer = (await this.post('/token/user', { name, password })) as { user_id: number; token: string };
    if (isJson(answer.token)) this.#options.onFault('a token that parses as JSON');
    this.token = answer.token;
    return { uid: answer.user_id, token: answer.token };
  }

  /** Friends and groups, of which there is no socket without. */
  async lists(uid: number): Promise<{ friends: number[]; groups: number[] }> {
    const [friends, groups] = await Promise.all([this.#numbers('/roster/list'), this.#numbers('/group/user_joined')]);
    await this.post('/roster/list', { list: [...friends, uid] });
    await this.post('/group/info/batch', { group_list: groups });
    return { friends, groups };
  }

  async #numbers(path: string): Promise<number[]> {
    const list = await this.get(path);
    if (Array.isArray(list) && list.every((each) => typeof each === 'number')) return list;
    throw new Error(`${path} is no list of numbers`);
  }

  async #ask(method: string, path: string, query: Record<string, unknown>, body?: unknown): Promise<unknown> {
    const { rest } = await this.hosts();
    return this.#envelope(`${rest}${path}`, method, query, body);
  }

  async #envelope(url: string, method: string, query: Record<string, unknown>, body?: unknown): Promise<unknown> {
    const target = new URL(url);
    for (const [key, value] of Object.entries(query)) target.searchParams.set(key, String(value));
    const response = await this.#fetch(target, { method, body: body === undefined ? undefined : JSON.stringify(body) });
    const envelope = (await response.json()) as { code: number; message?: string; data?: unknown };
    if (envelope.code !== okCode) throw new OldRefusal(target.pathname, envelope.code, envelope.message ?? '');
    for (const at of nullsIn(envelope.data)) this.#options.onFault(`null in ${target.pathname}${at}`);
    return envelope.data;
  }

  #fetch(url: URL | string, init: RequestInit = {}): Promise<Response> {
    const { appId, timeoutMs } = this.#options;
    return fetch(url, {
      ...init,
      headers: {
        app_id: appId,
        'content-type': 'application/json',
        ...(this.token && { 'access-token': this.token }),
      },
      signal: AbortSignal.timeout(timeoutMs),
    });
  }
}

/** Where there is a null, as a path: a client that keeps it throws on every later read. */
function nullsIn(value: unknown, path = ''): string[] {
  if (value === null) return [path];
  if (typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, inner]) => nullsIn(inner, `${path}.${key}`));
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
