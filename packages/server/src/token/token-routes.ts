import type { Context } from '../context.ts';
import { doorOf } from '../dns/door.ts';
import { ServerError } from '../error.ts';
import type { Handlers } from '../http/caller.ts';

type Served =
  | 'tokenByName'
  | 'tokenById'
  | 'tokenByLogin'
  | 'tokenRevoke'
  | 'loginCode'
  | 'loginCodeConfirm'
  | 'loginCodeAnswer';

type Parts = Pick<Context, 'logins' | 'tokens' | 'loginCodes' | 'config'>;

export function tokenRoutes({ logins, tokens, loginCodes, config }: Parts): Pick<Handlers, Served> {
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
      if (caller.isAdmin) throw new ServerError('noPermission', "only with the user's own token");
      await tokens.revoke(caller);
      return true;
    },

    async loginCode(_request, caller) {
      const { protocol, host } = doorOf(config.publicUrl, caller);
      return loginCodes.create(caller.appId, `${protocol}://${host}`);
    },

    async loginCodeConfirm({ qr_code }, { appId, uid, isAdmin, tokenHash }) {
      loginCodes.confirm(appId, qr_code, { uid, tokenHash, isAdmin });
      return true;
    },

    loginCodeAnswer: async ({ qr_code }, { appId }) => loginCodes.answer(appId, qr_code),
  };
}
