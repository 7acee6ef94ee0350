import type { Readable } from 'node:stream';
import { limits, type StreamName } from '@flooim/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Context } from '../context.ts';
import { bearerOf } from '../http/auth.ts';
import { usualPatience } from '../http/body-timeouts.ts';
import type { Caller, Doors } from '../http/caller.ts';
import type { ByteRange } from './byte-range.ts';
import type { StoredFile } from './file-store.ts';
import { type Served, sendFile } from './send-file.ts';
import { cacheHeaders, dispositionOf } from './serving.ts';
import { sideFor, smallPictureType } from './small-pictures.ts';

type Downloads = Extract<StreamName, `fileDownload${string}`>;
type Parts = Pick<Context, 'files' | 'smallPictures' | 'blobs' | 'log' | 'apps' | 'tokens' | 'adminTokens' | 'users'>;

/** How somebody wants to see a file. */
interface Wish {
  image_type?: number;
  imgage_type?: number;
  w?: number;
  h?: number;
  save?: boolean;
}

/** An object of the blob store, and what is told of it beside its bytes. */
type Shown = Omit<Served, 'open' | 'takeMs'> & { object: string };

/** How often it is asked again whether who takes a file may have the rest of it, in milliseconds. */
export const lookEveryMs = 500;

/** How long the way into a store works: longer than a browser remembers where it is. */
const linkTtlSec = limits.fileLinkTtlMs / 1000;

/** Where files come out. */
export function downloadDoors(parts: Parts, { takeMs } = usualPatience): Pick<Doors, Downloads> {
  const { files, smallPictures, blobs, log } = parts;

  const choose = async (
    mayRead: () => Promise<StoredFile>,
    { image_type = 1, imgage_type = 1, w, h, save = false }: Wish,
  ) => {
    const file = await mayRead();
    if (Math.max(image_type, imgage_type) === 1) return whole(file, save);
    const picture = await smallPictures.find(file, sideFor(w, h));
    // To make it can take long.
    await mayRead();
    return picture ? smallPicture(file, picture, save) : whole(file, save);
  };

  const open = async (mayRead: () => Promise<StoredFile>, object: string, range?: ByteRange) => {
    const bytes = await blobs.read(object, range);
    if (!bytes) {
      // Unless the file went just now.
      await mayRead();
      log.error({ object }, 'the bytes of a file are lost');
    }
    return bytes?.on('error', (error) => log.error({ err: error, object }, 'a file could not be read to its end'));
  };

  const download = async (sign: string, wish: Wish, caller: Caller, request: FastifyRequest, reply: FastifyReply) => {
    const mayRead = () => files.open(caller.appId, caller.uid, sign);
    const mayGoOn = () => Promise.all([bearerOf(parts, caller), mayRead()]);
    const shown = await choose(mayRead, wish);
    const { object, type, disposition } = shown;
    const link = request.method === 'GET' && (await blobs.link?.(object, { type, disposition, ttlSec: linkTtlSec }));
    if (link) return reply.headers(cacheHeaders).redirect(link, 302);
    const opened = async (range?: ByteRange) => {
      const bytes = await open(mayRead, object, range);
      return bytes && endWith(bytes, mayGoOn);
    };
    return sendFile(request, reply, { ...shown, takeMs, open: opened });
  };

  return {
    fileDownloadChat: ({ file_sign, ...wish }, caller, request, reply) =>
      download(file_sign, wish, caller, request, reply),
    fileDownloadAvatar: ({ object_name, ...wish }, caller, request, reply) =>
      download(object_name, wish, caller, request, reply),
  };
}

/** Large files take long, and the right to them can end meanwhile. */
function endWith(bytes: Readable, mayGoOn: () => Promise<unknown>): Readable {
  const look = setInterval(() => void mayGoOn().catch(() => bytes.destroy()), lookEveryMs);
  return bytes.once('close', () => clearInterval(look));
}

function whole({ object, type, name, size, sha256 }: StoredFile, save: boolean): Shown {
  return { object, type, disposition: dispositionOf({ type, name }, save), etag: `"${sha256.toString('hex')}"`, size };
}

/** What is made again may differ from before in some byte: its tag is a weak one. */
function smallPicture({ name, sha256 }: StoredFile, object: string, save: boolean): Shown {
  const type = smallPictureType;
  const disposition = dispositionOf({ type, name: `${name.replace(/\.[^.]*$/, '')}.webp` }, save);
  return { object, type, disposition, etag: `W/"${sha256.toString('hex')}.${object.split('.')[1]}"` };
}
