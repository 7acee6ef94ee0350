import type { Context } from './context.ts';
import { dnsRoutes } from './dns/dns-routes.ts';
import type { Handlers } from './http/caller.ts';
import { rosterRoutes } from './roster/roster-routes.ts';
import { tokenRoutes } from './token/token-routes.ts';
import { userRoutes } from './user/user-routes.ts';

/** Each feature's handlers in one table, as complete as the protocol's. */
export function createHandlers(context: Context): Handlers {
  return { ...dnsRoutes(context), ...tokenRoutes(context), ...userRoutes(context), ...rosterRoutes(context) };
}
