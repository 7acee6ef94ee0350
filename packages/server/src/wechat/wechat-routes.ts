import type { Context } from '../context.ts';
import type { Caller, Handlers } from '../http/caller.ts';
import { WeChatKind } from './wechat-service.ts';

type Served =
  | 'weChatUrlLink'
  | 'officialAccountCode'
  | 'officialAccountScan'
  | 'officialAccountLogin'
  | 'weChatLogin'
  | 'officialAccountBound'
  | 'weChatBound'
  | 'weChatBind'
  | 'userBindOpenId'
  | 'weChatUnbind';

export function weChatRoutes({ weChat }: Pick<Context, 'weChat'>): Pick<Handlers, Served> {
  /** Of which kind the open id is, WeChat has said: `type` can say nothing else. */
  const bind = async ({ open_id }: { open_id: string }, caller: Caller) => {
    await weChat.bind(caller, open_id);
    return true;
  };
  return {
    async weChatUrlLink({ path, query, envVersion = '' }, caller) {
      return { url_link: await weChat.urlLink(caller, { path, query, version: envVersion }) };
    },

    officialAccountCode: async (_request, { appId }) => weChat.show(appId),
    officialAccountScan: async ({ qrcode_id }, { appId }) => ({ code: await weChat.scan(appId, qrcode_id) }),
    officialAccountLogin: async ({ code }, { appId }) => weChat.loginByScan(appId, code),
    weChatLogin: async ({ code }, { appId }) => weChat.login(appId, code),

    async officialAccountBound(_request, { uid }) {
      await weChat.requireBound(uid, WeChatKind.officialAccount);
      return true;
    },

    async weChatBound(_request, { uid }) {
      await weChat.requireBound(uid);
      return true;
    },

    weChatBind: bind,
    userBindOpenId: bind,

    async weChatUnbind(_request, { uid }) {
      await weChat.unbind(uid);
      return true;
    },
  };
}
