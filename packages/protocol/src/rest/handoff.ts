import { limits } from '../limits.ts';
import type { LinkInfo, SupportLink } from '../types.ts';
import { endpoint, GET, POST, REMOVE } from './endpoint.ts';
import { filled, id, must, text, whole } from './schemas.ts';

/** How deployed clients hand something on: a login to another page, a group by its code, a visitor to whom he looks for. */
export const handoff = {
  /** A text that whoever has the code gets once, and only as long as the token lives with which it was left. */
  secretLeave: endpoint<{ code: string }>()(POST, '/app/secret_info', 'body', 'user', {
    /** Longer than the server keeps any is as long as it does. */
    expire_seconds: must(whole(1, 1_000_000_000)),
    secret_text: must(filled(limits.secretChars)),
  }),
  secretTake: endpoint<{ secret_text: string }>()(GET, '/app/secret_info', 'query', 'public', {
    code: must(filled(128)),
  }),

  /** As `groupCode` and `groupCodeJoin`, under the names that deployed clients call. */
  appGroupCode: endpoint<{ qr_info: string; expired: number }>()(GET, '/app/qrcode/group_sign', 'query', 'user', {
    group_id: must(id),
  }),
  appGroupCodeJoin: endpoint<boolean>()(GET, '/app/qrcode/group_invite', 'query', 'user', {
    qr_info: must(filled(512)),
  }),

  /** Whom a link leads to. It says of which app: who follows a link does not know yet. */
  linkInfo: endpoint<LinkInfo>()(GET, '/info', 'query', 'public', { link: must(filled(128)) }),
  linkCreate: endpoint<SupportLink>()(POST, '/link/create', 'body', 'admin', {
    user_id: must(id),
    /** What the visitor is greeted with. */
    text: text(limits.linkTextChars),
    /** Only for clients: the server does not look at it. */
    type: text(32),
  }),
  linkList: endpoint<SupportLink[]>()(GET, '/link/list', 'query', 'admin', {}),
  linkDelete: endpoint<boolean>()(REMOVE, '/link/delete', 'body', 'admin', { link: must(filled(128)) }),
} as const;
