import type { Context } from '../context.ts';
import { ServerError } from '../error.ts';
import type { Handlers } from '../http/caller.ts';

type Served = 'tokenByName' | 'tokenById' | 'tokenByLogin' | 'tokenRevoke';

export function tokenRoutes({ logins, tokens }: Pick<Context, 'logins' | 'tokens'>): Pick<Handlers, Served> {
  return {
    async tokenByName({ name, mobile, password, device_guid }, caller) {
      if (!name && !mobile) throw new ServerError('invalidParameter', 'name is required');
      const account = name ? { username: name.replace(/\s+/g, '') } : { mobile: mobile ?? '' };
      return logins.login(caller, account, password, device_guid);
    },

    async tokenById({ user_id, password, device_guid }, caller) {
      return logins.login(caller, { uid: user_id }, password, device_guid);
    },

    async tokenByLogin({ login_name, password, device_guid }, caller) {
      return logins.login(caller, { login: login_name.replace(/\s+/g, '') }, password, device_guid);
    },

    async tokenRevoke(_request, caller) {
      await tokens.revoke(caller);
      return true;
    },
  };
}
