import type { Context } from '../context.ts';
import { ServerError } from '../error.ts';
import type { Handlers } from '../http/caller.ts';

type Served = 'tokenByName' | 'tokenById' | 'tokenByLogin';

export function tokenRoutes({ logins }: Pick<Context, 'logins'>): Pick<Handlers, Served> {
  return {
    async tokenByName({ name, mobile, password, device_guid }, { appId }) {
      if (!name && !mobile) throw new ServerError('invalidParameter', 'name is required');
      const account = name ? { username: name.replace(/\s+/g, '') } : { mobile: mobile ?? '' };
      return logins.login(appId, account, password, device_guid);
    },

    async tokenById({ user_id, password, device_guid }, { appId }) {
      return logins.login(appId, { uid: user_id }, password, device_guid);
    },

    async tokenByLogin({ login_name, password, device_guid }, { appId }) {
      return logins.login(appId, { login: login_name.replace(/\s+/g, '') }, password, device_guid);
    },
  };
}
