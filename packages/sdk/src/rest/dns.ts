import { type DnsAnswer, type Envelope, okCode, rest, type ServiceHost } from '@flooim/protocol';
import { FlooError } from '../errors.ts';
import type { Emitter } from '../event/emitter.ts';
import type { Platform } from '../platform/platform.ts';
import { type Fetching, fetchJson } from './fetch-json.ts';

/** Where the services are. Both lists are in the order to try them. */
export interface Endpoints {
  rest: string[];
  socket: string[];
}

export type Transport = 'websocket' | 'socketio';

type Cluster = DnsAnswer['dns_list'][number]['clusters'][number];

const stopped = { frozen: 'APP_FROZEN', banned: 'APP_FROZEN', revoked: 'APP_FROZEN' } as const;

/**
 * Asks the DNS server where the services are and keeps the answer: the stored one is used at once and refreshed in the
 * background. A host that fails makes room for the next; after all of them the DNS server is asked again.
 */
export class Dns {
  readonly #platform: Platform;
  readonly #fetching: Fetching;
  readonly #emitter: Emitter;
  readonly #url: string;
  readonly #appid: string;
  readonly #transport: Transport;
  #endpoints: Promise<Endpoints> | undefined;
  /** What hosts were given from. */
  #used: Endpoints | undefined;
  #failures = { rest: 0, socket: 0 };
  #moved = false;

  constructor(fetching: Fetching, emitter: Emitter, url: string, appid: string, transport: Transport) {
    this.#fetching = fetching;
    this.#platform = fetching.platform;
    this.#emitter = emitter;
    this.#url = url;
    this.#appid = appid;
    this.#transport = transport;
  }

  /** The host to use now. Rejects with `DNS_FAILED` or `APP_FROZEN`, after saying so in `flooError`. */
  async host(service: keyof Endpoints): Promise<string> {
    this.#used = await this.#resolve();
    const hosts = this.#used[service];
    const host = hosts[this.#failures[service] % hosts.length];
    if (!host) throw new FlooError('DNS_FAILED', `the DNS answer names no ${service} host`);
    return host;
  }

  /** The host to use now, as far as that is known without asking. */
  known(service: keyof Endpoints): string | undefined {
    const hosts = (this.#used ?? this.#stored())?.[service];
    return hosts?.[this.#failures[service] % hosts.length];
  }

  /** This host did not answer: use the next one. Several calls that met it count once. True when there is another. */
  failed(service: keyof Endpoints, host: string): boolean {
    const hosts = this.#used?.[service];
    if (!hosts) return false;
    const current = () => hosts[this.#failures[service] % hosts.length];
    if (current() === host) {
      this.#failures[service] += 1;
      if (this.#failures[service] % hosts.length === 0) this.forget();
    }
    return current() !== host;
  }

  /** The services may have moved: ask before the next use, and stay with the old answer only if there is no new one. */
  forget(): void {
    this.#endpoints = undefined;
    this.#moved = true;
  }

  get #key(): string {
    const name = this.#transport === 'socketio' ? 'dns-socketio' : 'dns';
    return `flooim:${this.#appid}:${name}:${this.#url}`;
  }

  #resolve(): Promise<Endpoints> {
    this.#endpoints ??= this.#first();
    return this.#endpoints;
  }

  async #first(): Promise<Endpoints> {
    const stored = this.#stored();
    const asked = this.#ask();
    if (stored && !this.#moved) {
      asked.then(
        (endpoints) => {
          this.#endpoints = Promise.resolve(endpoints);
        },
        () => {},
      );
      return stored;
    }
    this.#moved = false;
    return asked.catch((error: FlooError) => {
      const unreachable =
        error.code === 'DNS_FAILED' && (error.serverCode === undefined || error.retryAfterMs !== undefined);
      if (stored && unreachable) return stored;
      this.#endpoints = undefined;
      this.#report(error);
      throw error;
    });
  }

  #stored(): Endpoints | undefined {
    try {
      return JSON.parse(this.#platform.keyValue.getItem(this.#key) ?? 'null') ?? undefined;
    } catch {
      return undefined;
    }
  }

  async #ask(): Promise<Endpoints> {
    const url = new URL(this.#url);
    url.searchParams.set('app_id', this.#appid);
    url.searchParams.set('source', 'sdk');
    const answer = await this.#fetch(url.href);
    const endpoints = readAnswer(answer, this.#transport);
    try {
      this.#platform.keyValue.setItem(this.#key, JSON.stringify(endpoints));
    } catch {
      // A full localStorage costs one request at the next start.
    }
    return endpoints;
  }

  async #fetch(url: string): Promise<DnsAnswer> {
    const init = { method: rest.dns.methods[0], headers: { app_id: this.#appid } };
    const envelope = await fetchJson<Envelope<DnsAnswer>>(this.#fetching, url, init).catch((cause) => {
      if (cause instanceof FlooError && cause.code === 'DISPOSED') throw cause;
      const { retryAfterMs } = cause as FlooError;
      throw new FlooError('DNS_FAILED', `the DNS server does not answer: ${this.#url}`, { cause, retryAfterMs });
    });
    if (envelope.code === okCode && envelope.data) return envelope.data;
    const text = envelope.message ?? 'the DNS server refused';
    throw new FlooError('DNS_FAILED', text, {
      serverCode: envelope.code,
      retryAfterMs: envelope.retry_after_ms,
    });
  }

  #report(error: FlooError): void {
    if (error.code === 'DISPOSED') return;
    const category = error.code === 'APP_FROZEN' ? 'APP_FROZEN' : 'DNS_FAILED';
    this.#emitter.emit('flooError', { category, desc: category === 'DNS_FAILED' ? this.#url : error.message });
  }
}

function readAnswer(answer: DnsAnswer, transport: Transport): Endpoints {
  if (answer.app_status in stopped) throw new FlooError('APP_FROZEN', `the app is ${answer.app_status}`);
  const clusters: Partial<Cluster>[] = answer.dns_list?.find((entry) => entry.group_level === 0)?.clusters ?? [];
  const rest = clusters.flatMap(({ ratel = [] }) => ratel.map((host) => address(host, host.protocol, '')));
  const socket = clusters.flatMap(socketAddresses[transport]);
  if (rest.length > 0 && socket.length > 0) return { rest, socket };
  if (transport === 'socketio' || !clusters.some(({ webim = [] }) => webim.length > 0)) {
    throw new FlooError('DNS_FAILED', 'the DNS answer names no server');
  }
  const text = "the DNS answer names no xsync server: give flooim() the transport 'socketio'";
  throw new FlooError('DNS_FAILED', text, { field: 'config.transport' });
}

const socketAddresses: Record<Transport, (cluster: Partial<Cluster>) => string[]> = {
  websocket: ({ xsync = [] }) => xsync.map((host) => address(host, socketProtocol(host), '/xsync')),
  socketio: ({ webim = [] }) =>
    webim.map((host) => `${address(host, socketProtocol(host), '/socket.io/')}?EIO=4&transport=websocket`),
};

function socketProtocol({ protocol }: ServiceHost): string {
  return protocol === 'https' || protocol === 'wss' ? 'wss' : 'ws';
}

function address(host: ServiceHost, protocol: string, path: string): string {
  return `${protocol}://${host.host}${host.path ?? path}`;
}
