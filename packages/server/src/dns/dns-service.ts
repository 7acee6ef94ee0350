import type { DnsAnswer } from '@flooim/protocol';
import type { AppService } from '../app/app-service.ts';
import { ServerError } from '../error.ts';

const hostname = /^(?:[a-z\d](?:[a-z\d.-]{0,252})|\[[\da-f:.]+\])(?::\d{1,5})?$/i;

/** Tells clients where the doors of an app are. */
export class DnsService {
  readonly #apps: AppService;
  readonly #publicUrl: string;

  /** `publicUrl`: how clients reach the server; empty for however they just did. */
  constructor(apps: AppService, publicUrl: string) {
    this.#apps = apps;
    this.#publicUrl = publicUrl;
  }

  resolve(appId: string, reached: { protocol: string; host: string }): DnsAnswer {
    const app = this.#apps.find(appId);
    if (!app) throw new ServerError('appUnknownToDns');
    const door = this.#door(reached);
    const cluster = { ratel: [door], webim: [door], rtc: [door], xsync: [{ ...door, path: '/xsync' }] };
    return {
      version: 1,
      app_status: app.status,
      account_verification: { type: 'enterprise', name: app.name, status: 'verified' },
      dns_list: [{ group_level: 0, clusters: [cluster] }],
      dns_server_list: [],
      link_server_list: [],
    };
  }

  #door({ protocol, host }: { protocol: string; host: string }): { protocol: string; host: string } {
    if (this.#publicUrl) {
      const url = new URL(this.#publicUrl);
      return { protocol: url.protocol.slice(0, -1), host: url.host };
    }
    if (!hostname.test(host)) throw new ServerError('invalidParameter', 'the Host header is not a host');
    return { protocol, host };
  }
}
