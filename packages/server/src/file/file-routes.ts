import { limits, Vsn } from '@flooim/protocol';
import { megabyte } from '../config.ts';
import type { Context } from '../context.ts';
import { ServerError } from '../error.ts';
import { enterGroup, inGroup } from '../group/group-access.ts';
import type { Caller, Handlers } from '../http/caller.ts';
import { newObject, type UploadPass } from './passes.ts';

type Served =
  | 'fileUploadChat'
  | 'fileUploadAvatar'
  | 'fileUploadGroupAvatar'
  | 'fileForward'
  | 'fileLink'
  | 'fileFinish'
  | 'storeToken';

type Parts = Pick<
  Context,
  'files' | 'fileLinks' | 'passes' | 'messageRights' | 'groupDirectory' | 'tokens' | 'clock' | 'config'
>;
type Wanted = Pick<UploadPass, 'kind' | 'target'> & { size?: number; name?: string };

export function fileRoutes(parts: Parts): Pick<Handlers, Served> {
  const { files, fileLinks, passes, messageRights, groupDirectory, tokens, clock, config } = parts;

  const bearer = ({ appId, uid, tokenHash }: Caller) => ({
    appId,
    uid,
    tokenHash: Buffer.from(tokenHash).toString('base64url'),
  });

  const address = (caller: Caller, { kind, target, size = 0, name = '' }: Wanted) => {
    const isAvatar = kind === 'userAvatar' || kind === 'groupAvatar';
    const most = isAvatar ? limits.avatarBytes : config.fileMb * megabyte;
    if (size > most) throw new ServerError('fileTooLarge', `size must be at most ${most}`);
    const pass = {
      ...bearer(caller),
      object: newObject(),
      kind,
      target,
      name,
      expiresAt: clock() + limits.uploadTtlMs,
    };
    return fileLinks.upload(pass, caller);
  };

  /** May he send something there? */
  const enter = async ({ appId, uid }: Caller, to: number, isGroup: boolean) => {
    const sender = { appId, uid, deviceSN: 0, vsn: Vsn.V2 };
    if (isGroup) messageRights.speak(sender, to);
    else await messageRights.pair(sender, to, 'sendMessage');
  };

  return {
    async fileUploadChat({ file_type, to_id, to_type = 1, size, name }, caller) {
      const isShared = file_type >= 200;
      if (isShared) enterGroup(groupDirectory, inGroup(caller, to_id), 'shareFile');
      else await enter(caller, to_id, to_type === 2);
      return address(caller, { kind: isShared ? 'shared' : 'chat', target: to_id, size, name });
    },

    fileUploadAvatar: async ({ size, name }, caller) =>
      address(caller, { kind: 'userAvatar', target: caller.uid, size, name }),

    async fileUploadGroupAvatar({ group_id, size, name }, caller) {
      enterGroup(groupDirectory, inGroup(caller, group_id), 'modifyInfo');
      return address(caller, { kind: 'groupAvatar', target: group_id, size, name });
    },

    async fileForward({ file_sign, to_id, to_type = 1 }, caller) {
      await enter(caller, to_id, to_type === 2);
      await files.forward(caller.appId, caller.uid, file_sign, to_id);
      return fileLinks.download(file_sign, false, caller);
    },

    async fileLink({ file_sign, save = false }, caller) {
      const { isAvatar } = await files.open(caller.appId, caller.uid, file_sign);
      const pass = { ...bearer(caller), object: file_sign, expiresAt: clock() + limits.fileLinkTtlMs };
      return fileLinks.signed(pass, { isAvatar, save }, caller);
    },

    storeToken: async (_request, { tokenHash }) => ({ store_token: tokens.storeToken(tokenHash) }),

    async fileFinish({ upload }, caller) {
      const pass = passes.uploads.read(upload);
      if (!pass) throw new ServerError('uploadInvalid');
      const isAvatar = pass.kind === 'userAvatar' || pass.kind === 'groupAvatar';
      return files.finished(pass, fileLinks.download(pass.object, isAvatar, caller));
    },
  };
}
