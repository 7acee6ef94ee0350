import { fileStreams } from '@flooim/protocol';
import { Server } from '@tus/server';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Context } from '../context.ts';
import { ServerError } from '../error.ts';
import { authorize } from '../http/auth.ts';
import type { Doors } from '../http/caller.ts';
import { sendFailure } from '../http/errors.ts';
import { ResumableTurns } from './resumable-turns.ts';
import { TusUpload, tusExtensions } from './tus-upload.ts';

/** Of a request, as far as tus is concerned. */
const requestHeaders = [
  'content-length',
  'content-type',
  'tus-resumable',
  'upload-concat',
  'upload-defer-length',
  'upload-length',
  'upload-metadata',
  'upload-offset',
];
/** Of an answer; the others are the server's own affair. */
const answerHeaders = ['location', 'upload-expires', 'upload-length', 'upload-metadata', 'upload-offset'];
const version = '1.0.0';

/** Clients may ask what the server can do before they have an address; the answer to OPTIONS itself is that of CORS. */
export function addTusOffer(app: FastifyInstance): void {
  const offer = { 'tus-version': version, 'tus-extension': tusExtensions.join(',') };
  app.addHook('onRequest', async ({ method, url }, reply) => {
    if (method === 'OPTIONS' && url.split('?', 1)[0] === fileStreams.fileResumable.path) reply.headers(offer);
  });
}

/** Where files come in that can be resumed after a cut, by tus 1.0. */
export function resumableDoor(context: Context): Doors['fileResumable'] {
  const { passes, uploads, resumables, uploadSlots, fileLinks } = context;
  const turns = new ResumableTurns();

  return async ({ upload }, caller, request, reply) => {
    const pass = passes.uploads.read(upload);
    if (!pass) throw new ServerError('uploadInvalid');
    const { raw } = request;
    let isReceiving = false;
    let refused: unknown;
    const body = () => {
      isReceiving = true;
      return raw.iterator({ destroyOnReturn: false });
    };
    const tus = new Server({
      path: '/file/resumable',
      datastore: new TusUpload({ pass, resumables, uploads, body }),
      locker: turns.locker(() => isReceiving && raw.destroy()),
      namingFunction: () => pass.object,
      getFileIdFromRequest: () => pass.object,
      generateUrl: () => fileLinks.resumable(upload, caller),
      async onUploadFinish() {
        isReceiving = false;
        // He may not be who he was when the first byte came.
        await authorize(context, 'fileResumable', request);
        await uploads.finish(pass);
        return {};
      },
      onResponseError(_request, error) {
        if (!('status_code' in error)) refused = error;
        return undefined;
      },
      disableTerminationForFinishedUploads: true,
    });
    reply.headers({ 'tus-resumable': version, 'tus-version': version });
    const serve = () => tus.handleWeb(tusRequest(request));
    const answer = await (bringsBytes(request) ? uploadSlots.within(caller.uid, serve) : serve());
    if (refused) throw refused;
    return send(reply, answer);
  };
}

function bringsBytes({ method }: FastifyRequest): boolean {
  return method === 'POST' || method === 'PATCH';
}

/** Without its body, and without the addresses that a client can make up. */
function tusRequest({ method, headers }: FastifyRequest): Request {
  const given = requestHeaders.flatMap((name) => {
    const value = headers[name];
    return typeof value === 'string' ? [[name, value] as [string, string]] : [];
  });
  return new Request('http://flooim/file/resumable', { method, headers: given });
}

async function send(reply: FastifyReply, answer: Response): Promise<FastifyReply> {
  for (const name of answerHeaders) {
    const value = answer.headers.get(name);
    if (value !== null) reply.header(name, value);
  }
  if (answer.ok) return reply.code(answer.status).send();
  const reason = answer.status === 413 ? 'fileTooLarge' : 'invalidParameter';
  return sendFailure(reply, new ServerError(reason, (await answer.text()).trim()), answer.status);
}
