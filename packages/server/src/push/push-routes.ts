import type { Context } from '../context.ts';
import type { Handlers } from '../http/caller.ts';

type Served =
  | 'pushTokenBind'
  | 'pushTokenUnbind'
  | 'pushAlias'
  | 'pushBadge'
  | 'pushTags'
  | 'pushTagsAdd'
  | 'pushTagsRemove'
  | 'pushTagsClear';

export function pushRoutes({ pushes }: Pick<Context, 'pushes'>): Pick<Handlers, Served> {
  return {
    async pushTokenBind({ device_sn, device_token, notifier_name }, { uid }) {
      await pushes.bind({ uid, deviceSN: device_sn, token: device_token, notifier: notifier_name });
      return true;
    },

    async pushTokenUnbind({ deviceSn }, { uid }) {
      await pushes.unbind(uid, deviceSn);
      return { device_sn: deviceSn };
    },

    async pushAlias({ alias, push_token }, { appId, uid }) {
      await pushes.setAlias({ appId, uid }, alias, push_token);
      return true;
    },

    async pushBadge({ badge }, { uid }) {
      await pushes.setBadge(uid, badge);
      return true;
    },

    pushTags: async (_request, { uid }) => pushes.tags(uid),

    async pushTagsAdd({ tags }, { uid }) {
      await pushes.addTags(uid, tags);
      return true;
    },

    async pushTagsRemove({ tags }, { uid }) {
      await pushes.removeTags(uid, tags);
      return true;
    },

    async pushTagsClear(_request, { uid }) {
      await pushes.removeTags(uid);
      return true;
    },
  };
}
