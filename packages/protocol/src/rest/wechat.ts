import { limits } from '../limits.ts';
import type { OfficialAccountCode, WeChatLogin } from '../types.ts';
import { endpoint, GET, POST } from './endpoint.ts';
import { filled, must, text, whole } from './schemas.ts';

/** What the caller was told for his open id a few minutes ago; `type` is 1 for one of the mini-program. */
const openId = { open_id: must(filled(limits.openIdChars)), type: whole(0, 100) };
const code = { code: must(filled(512)) };

/** Signing in with WeChat, as deployed clients do it. A server that nobody gave a way to WeChat refuses with `notAvailable`. */
export const weChat = {
  /** A link that opens a page of the mini-program. */
  weChatUrlLink: endpoint<{ url_link: string }>()(POST, '/app/generate_url_link', 'body', 'user', {
    path: must(text(limits.urlChars)),
    query: must(text(limits.urlChars)),
    envVersion: text(16),
  }),
  /** A code to be scanned, who then follows the official account. */
  officialAccountCode: endpoint<OfficialAccountCode>()(GET, '/app/official_account/qrcode', 'query', 'public', {}),
  /** `scanPending` until somebody has scanned it; then the same each time. */
  officialAccountScan: endpoint<{ code: string }>()(GET, '/app/official_account/qrcode_status', 'query', 'public', {
    qrcode_id: must(filled(128)),
  }),
  /** Works once for each code that a scan gave. */
  officialAccountLogin: endpoint<WeChatLogin>()(GET, '/app/official_account/login', 'query', 'public', code),
  /** `code`: as WeChat gave it to the mini-program. */
  weChatLogin: endpoint<WeChatLogin>()(GET, '/app/wechat_login', 'query', 'public', code),
  /** Refused where nothing is bound, as the next. */
  officialAccountBound: endpoint<boolean>()(GET, '/app/official_account/is_bind', 'query', 'user', {}),
  weChatBound: endpoint<boolean>()(GET, '/app/wechat/is_bind', 'query', 'user', {}),
  weChatBind: endpoint<boolean>()(POST, '/app/wechat/bind', 'body', 'user', openId),
  /** As `weChatBind`. */
  userBindOpenId: endpoint<boolean>()(GET, '/user/bind_openid', 'query', 'user', openId),
  /** Of the official account and of the mini-program. */
  weChatUnbind: endpoint<boolean>()(POST, '/app/wechat/unbind', 'body', 'user', {}),
} as const;
