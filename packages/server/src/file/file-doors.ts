import { limits } from '@flooim/protocol';
import type { FastifyReply } from 'fastify';
import { megabyte } from '../config.ts';
import type { Context } from '../context.ts';
import { ServerError } from '../error.ts';
import type { Caller, Doors } from '../http/caller.ts';
import { success } from '../http/envelope.ts';
import { receive } from './incoming.ts';

type Parts = Pick<Context, 'files' | 'passes' | 'blobs' | 'incomingFolder' | 'config'>;

/** Where files come in and go out. */
export function fileDoors({ files, passes, blobs, incomingFolder, config }: Parts): Doors {
  const download = async (object: string, { appId, uid }: Caller, reply: FastifyReply) => {
    const file = await files.open(appId, uid, object);
    const bytes = await blobs.read(object);
    if (!bytes) throw new ServerError('fileNotFound');
    return reply.headers({ 'content-type': file.type, 'content-length': file.size }).send(bytes);
  };

  return {
    async fileUpload({ upload }, _caller, request) {
      const pass = passes.uploads.read(upload);
      if (!pass) throw new ServerError('uploadInvalid');
      const isAvatar = pass.kind === 'userAvatar' || pass.kind === 'groupAvatar';
      const most = isAvatar ? limits.avatarBytes : config.fileMb * megabyte;
      const part = await request.file({ limits: { files: 1, fileSize: most + 1 } });
      if (!part) throw new ServerError('invalidParameter', 'file is required');
      const arrived = await receive(incomingFolder, pass.object, part.file, most);
      await files.keep(pass, arrived, part.filename);
      return success(true);
    },

    async fileResumable() {
      throw new ServerError('notAvailableYet');
    },

    fileDownloadChat: ({ file_sign }, caller, _request, reply) => download(file_sign, caller, reply),
    fileDownloadAvatar: ({ object_name }, caller, _request, reply) => download(object_name, caller, reply),
  };
}
