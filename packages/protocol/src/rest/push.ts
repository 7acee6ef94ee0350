import { limits } from '../limits.ts';
import { endpoint, GET, POST, REMOVE, UPDATE } from './endpoint.ts';
import { filled, id, must, position, text, whole } from './schemas.ts';

const tags = {
  tags: must({ type: 'texts', items: filled(limits.pushTagChars), maxItems: limits.pushTags }),
} as const;

/** What a service that pushes would have to know of a user and his devices. This server keeps it, and pushes nothing by itself. */
export const push = {
  /** The token by which a vendor of phones reaches the device; `notifier_name` is the certificate's name. */
  pushTokenBind: endpoint<boolean>()(UPDATE, '/user/token/bind', 'body', 'user', {
    device_sn: must(id),
    device_token: must(filled(limits.pushTokenChars)),
    notifier_name: must(filled(limits.pushNotifierChars)),
  }),
  /** Also where there was none. */
  pushTokenUnbind: endpoint<{ device_sn: number }>()(REMOVE, '/user/token/unbind', 'query', 'user', {
    deviceSn: must(position),
  }),
  /** One user of the app at most has an alias; an empty one takes it away. */
  pushAlias: endpoint<boolean>()(POST, '/user/push/alias', 'body', 'user', {
    alias: must(text(limits.pushTagChars)),
    push_token: text(limits.pushTokenChars),
  }),
  pushBadge: endpoint<boolean>()(POST, '/user/push/badge', 'body', 'user', { badge: must(whole(0, 2 ** 31 - 1)) }),
  pushTags: endpoint<string[]>()(GET, '/user/push/tag', 'query', 'user', {}),
  pushTagsAdd: endpoint<boolean>()(POST, '/user/push/tag', 'body', 'user', tags),
  pushTagsRemove: endpoint<boolean>()(['DELETE'], '/user/push/tag', 'body', 'user', tags),
  pushTagsClear: endpoint<boolean>()(['DELETE'], '/user/push/tag/all', 'body', 'user', {}),
} as const;
