import type { Context } from '../context.ts';
import type { Handlers } from '../http/caller.ts';
import { DnsService } from './dns-service.ts';

export function dnsRoutes({ apps, config }: Pick<Context, 'apps' | 'config'>): Pick<Handlers, 'dns'> {
  const dns = new DnsService(apps, config.publicUrl);
  return {
    dns: async ({ app_id }, caller) => dns.resolve(app_id, caller),
  };
}
