import type { Context } from '../context.ts';
import type { Handlers } from '../http/caller.ts';

type Served = 'secretLeave' | 'secretTake' | 'linkInfo' | 'linkCreate' | 'linkList' | 'linkDelete';

export function handoffRoutes({ secretTexts, links }: Pick<Context, 'secretTexts' | 'links'>): Pick<Handlers, Served> {
  return {
    async secretLeave({ expire_seconds, secret_text }, { appId, uid, tokenHash, isAdmin }) {
      return { code: secretTexts.leave(appId, { uid, tokenHash, isAdmin }, secret_text, expire_seconds * 1000) };
    },

    secretTake: async ({ code }, { appId }) => ({ secret_text: await secretTexts.take(appId, code) }),

    linkInfo: async ({ link }) => links.resolve(link),
    linkCreate: async ({ user_id, ...more }, { appId }) => links.create(appId, { uid: user_id, ...more }),
    linkList: async (_request, { appId }) => links.list(appId),

    async linkDelete({ link }, { appId }) {
      await links.remove(appId, link);
      return true;
    },
  };
}
