import type { Context } from '../context.ts';
import type { Handlers } from '../http/caller.ts';

type Served = 'userRegisterAnonymous' | 'supportStaff' | 'appConfig';

export function visitorRoutes({ visitors, uploads }: Pick<Context, 'visitors' | 'uploads'>): Pick<Handlers, Served> {
  return {
    userRegisterAnonymous: async ({ username, password, cid }, { appId }) =>
      visitors.register(appId, { prefix: username, password, contact: cid }),

    supportStaff: async (_request, { appId }) => visitors.staff(appId),

    /** Clients only ever raise the two limits. */
    appConfig: async () => ({
      hide_member_info: false,
      message_forward_max_user_num: 20,
      message_forward_max_message_num: 100,
      file_bytes: uploads.largest({ kind: 'chat' }),
    }),
  };
}
