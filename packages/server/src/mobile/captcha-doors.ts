import type { Context } from '../context.ts';
import { guardHeaders } from '../file/serving.ts';
import type { Doors } from '../http/caller.ts';

/** Where the pictures come out that have to be read. */
export function captchaDoors({ captchas }: Pick<Context, 'captchas'>): Pick<Doors, 'captchaImage'> {
  return {
    captchaImage: async ({ image_id }, { appId }, _request, reply) =>
      reply
        .headers({ ...guardHeaders, 'content-type': 'image/svg+xml', 'cache-control': 'no-store' })
        .send(captchas.draw(appId, image_id)),
  };
}
