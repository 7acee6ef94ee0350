import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { MultipartFile } from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import type { Context } from '../context.ts';
import { ServerError } from '../error.ts';
import { authorize } from '../http/auth.ts';
import type { Doors } from '../http/caller.ts';
import { success } from '../http/envelope.ts';
import { receive } from './incoming.ts';
import { resumableDoor } from './resumable-door.ts';

/** What a form may hold besides its file, in bytes: deployed clients send fields of their own first. */
const formBytes = 64 * 1024;
const formLimits = { parts: 64, fields: 32, fieldSize: 8 * 1024, headerPairs: 64 };

/** Where files come in. */
export function uploadDoors(context: Context): Pick<Doors, 'fileUpload' | 'fileResumable'> {
  const { uploads, uploadSlots, passes, incomingFolder } = context;

  return {
    fileUpload({ upload }, { uid }, request) {
      const pass = passes.uploads.read(upload);
      if (!pass) throw new ServerError('uploadInvalid');
      return uploadSlots.within(uid, async () => {
        const largest = uploads.largest(pass);
        await uploads.admit(pass, leastBytes(request));
        const part = await filePart(request, largest);
        const path = join(incomingFolder, `${pass.object}.${randomBytes(6).toString('hex')}`);
        const arrived = await receive(path, part.file, largest);
        try {
          // He may not be who he was when the first byte came.
          await authorize(context, 'fileUpload', request);
          await uploads.keep(pass, arrived, part.filename ?? '');
        } finally {
          await rm(path, { force: true });
        }
        return success(true);
      });
    },

    fileResumable: resumableDoor(context),
  };
}

/** How large the file is at least, if the client says how long the form is. */
function leastBytes({ headers }: FastifyRequest): number {
  return Math.max(0, Number(headers['content-length'] ?? 0) - formBytes);
}

/** The part of the form that is the file; what comes before it is ignored. */
async function filePart(request: FastifyRequest, largest: number): Promise<MultipartFile> {
  if (!request.isMultipart()) throw new ServerError('invalidParameter', 'the body must be multipart/form-data');
  const limits = { ...formLimits, fileSize: largest + 1 };
  const isPartAFile = (field: string | undefined, _type: string | undefined, name: string | undefined) =>
    field === 'file' || name !== undefined;
  try {
    for await (const part of request.parts({ limits, isPartAFile, preservePath: true })) {
      if (part.type !== 'file') continue;
      if (part.fieldname === 'file') return part;
      part.file.resume();
    }
  } catch (error) {
    const tooMany = ['FST_FIELDS_LIMIT', 'FST_PARTS_LIMIT'].includes(String((error as { code?: unknown }).code));
    const wrong = tooMany ? 'has too many fields' : 'must be multipart/form-data with a file, and cannot be read';
    throw new ServerError('invalidParameter', `the form ${wrong}`);
  }
  throw new ServerError('invalidParameter', 'file is required');
}
