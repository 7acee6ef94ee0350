import { limits } from '@flooim/protocol';
import type { Context } from '../context.ts';
import { ServerError } from '../error.ts';
import type { Handlers } from '../http/caller.ts';

type Served = 'fileForward' | 'fileLink' | 'storeToken';
type Parts = Pick<Context, 'files' | 'fileLinks' | 'uploadRights' | 'tokens' | 'clock'>;

/** Ways to files that are there. */
export function downloadRoutes({ files, fileLinks, uploadRights, tokens, clock }: Parts): Pick<Handlers, Served> {
  return {
    async fileForward({ file_sign, to_id, to_type = 1 }, caller) {
      const { appId, uid } = caller;
      await uploadRights.send(caller, to_id, to_type === 2);
      await files.forward(appId, uid, file_sign, to_id);
      return fileLinks.download(file_sign, false, caller);
    },

    async fileLink({ file_sign, save = false }, caller) {
      const { appId, uid } = caller;
      const { isAvatar } = await files.open(appId, uid, file_sign);
      const tokenHash = Buffer.from(caller.tokenHash).toString('base64url');
      const pass = { appId, uid, tokenHash, object: file_sign, expiresAt: clock() + limits.fileLinkTtlMs };
      return fileLinks.signed(pass, { isAvatar, save }, caller);
    },

    async storeToken(_request, { isAdmin, tokenHash }) {
      if (isAdmin) throw new ServerError('noPermission', 'for a user; an administrator asks for a link to each file');
      return { store_token: tokens.storeToken(tokenHash) };
    },
  };
}
