import type { DnsAnswer } from '@flooim/protocol';
import type { AppService } from '../app/app-service.ts';
import { ServerError } from '../error.ts';
import { type Door, doorOf } from './door.ts';

/** Tells clients where the doors of an app are. */
export class DnsService {
  readonly #apps: AppService;
  readonly #publicUrl: string;

  /** `publicUrl`: how clients reach the server; empty for however they just did. */
  constructor(apps: AppService, publicUrl: string) {
    this.#apps = apps;
    this.#publicUrl = publicUrl;
  }

  resolve(appId: string, reached: Door): DnsAnswer {
    const app = this.#apps.find(appId);
    if (!app) throw new ServerError('appUnknownToDns');
    const door = doorOf(this.#publicUrl, reached);
    const cluster = { ratel: [door], webim: [door], rtc: [door], xsync: [{ ...door, path: '/xsync' }] };
    return {
      version: 1,
      app_status: app.status,
      account_verification: { type: 'enterprise', name: app.name, status: 'verified' },
      dns_list: [{ group_level: 0, clusters: [cluster] }],
      dns_server_list: [],
      // Clients put https before it, whatever it is.
      link_server_list: door.protocol === 'https' ? [{ domain: door.host }] : [],
    };
  }
}
