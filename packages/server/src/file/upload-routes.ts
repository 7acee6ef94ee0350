import { limits } from '@flooim/protocol';
import type { Context } from '../context.ts';
import { ServerError } from '../error.ts';
import type { Caller, Handlers } from '../http/caller.ts';
import { fileInfo } from './file-info.ts';
import { cleanFileName } from './file-name.ts';
import { isAvatar, newObject, type UploadPass } from './passes.ts';

type Served = 'fileUploadChat' | 'fileUploadAvatar' | 'fileUploadGroupAvatar' | 'fileFinish';
type Wanted = Pick<UploadPass, 'kind' | 'target'> & { toGroup?: boolean; size?: number; name?: string };

const toUser = 1;
/** 99 is what some deployed clients make of 100. */
const ofChats = [99, 100, 101, 102, 103, 104];
const ofGroups = [200, 201, 202, 203];

/** What a file is to be for, as clients number it. */
function purposeOf(file_type: number, to_type?: number): Pick<UploadPass, 'kind' | 'toGroup'> {
  if (ofChats.includes(file_type)) return { kind: 'chat', toGroup: (to_type ?? toUser) !== toUser };
  if (!ofGroups.includes(file_type))
    throw new ServerError('invalidParameter', 'file_type must be 100 to 104 or 200 to 203');
  if (to_type === toUser) throw new ServerError('invalidParameter', 'to_type must be 2: files are shared with groups');
  return { kind: 'shared', toGroup: true };
}

export function uploadRoutes(context: Context): Pick<Handlers, Served> {
  const { uploads, fileLinks, passes, clock } = context;

  const address = async (caller: Caller, { toGroup = false, size = 0, name = '', ...wanted }: Wanted) => {
    const pass: UploadPass = {
      appId: caller.appId,
      uid: caller.uid,
      tokenHash: Buffer.from(caller.tokenHash).toString('base64url'),
      object: newObject(),
      ...wanted,
      toGroup,
      size,
      name: cleanFileName(name),
      expiresAt: clock() + limits.uploadTtlMs,
    };
    await uploads.admit(pass, size);
    const direct_url = await uploads.direct(pass);
    return { ...fileLinks.upload(pass, caller), ...(direct_url && { direct_url }) };
  };

  return {
    async fileUploadChat({ file_type, to_id, to_type, size, name }, caller) {
      return address(caller, { ...purposeOf(file_type, to_type), target: to_id, size, name });
    },

    fileUploadAvatar: ({ size, name }, caller) =>
      address(caller, { kind: 'userAvatar', target: caller.uid, size, name }),

    fileUploadGroupAvatar: ({ group_id, size, name }, caller) =>
      address(caller, { kind: 'groupAvatar', target: group_id, toGroup: true, size, name }),

    async fileFinish({ upload }, caller) {
      const pass = passes.uploads.read(upload);
      if (!pass) throw new ServerError('uploadInvalid');
      const file = await uploads.finish(pass);
      return fileInfo(file, fileLinks.download(pass.object, isAvatar(pass), caller));
    },
  };
}
