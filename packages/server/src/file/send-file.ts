import type { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ServerError } from '../error.ts';
import { sendFailure } from '../http/errors.ts';
import { type ByteRange, hasAlready, isSameFile, readRange } from './byte-range.ts';
import { cacheHeaders, guardHeaders } from './serving.ts';

export interface Served {
  /** The media type. */
  type: string;
  /** The value of `content-disposition`. */
  disposition: string;
  etag: string;
  /** Bytes; without it the client cannot ask for a part. */
  size?: number;
  /** Who takes nothing for this long, in milliseconds, is gone. */
  takeMs: number;
  /** All bytes, or a part of them; undefined where they are lost. */
  open(range?: ByteRange): Promise<Readable | undefined>;
}

/** Answers with a file, or a part of it, or that the client has it already; piece by piece, as fast as the client takes them. */
export async function sendFile(request: FastifyRequest, reply: FastifyReply, file: Served): Promise<FastifyReply> {
  const { etag, size } = file;
  const { headers } = request;
  if (hasAlready(headers['if-none-match'], etag))
    return reply
      .code(304)
      .headers({ ...guardHeaders, ...cached(etag) })
      .send();
  if (request.method === 'HEAD') return begin(reply, file, size).send();
  const asked =
    size !== undefined && isSameFile(String(headers['if-range'] ?? ''), etag)
      ? readRange(headers.range, size)
      : undefined;
  if (asked === 'beyond') {
    const refused = new ServerError('invalidParameter', `the header Range lies beyond the ${size} bytes of the file`);
    return sendFailure(reply.header('content-range', `bytes */${size}`), refused, 416);
  }
  const bytes = await file.open(asked);
  if (!bytes) throw new ServerError('fileNotFound');
  reply.raw.setTimeout(file.takeMs);
  if (!asked) return begin(reply, file, size).send(bytes);
  reply.code(206).header('content-range', `bytes ${asked.start}-${asked.end}/${size}`);
  return begin(reply, file, asked.end - asked.start + 1).send(bytes);
}

function begin(
  reply: FastifyReply,
  { type, disposition, etag, size }: Served,
  length: number | undefined,
): FastifyReply {
  return reply.headers({
    ...guardHeaders,
    ...cached(etag),
    'content-type': type,
    'content-disposition': disposition,
    'accept-ranges': size === undefined ? 'none' : 'bytes',
    ...(length !== undefined && { 'content-length': length }),
  });
}

function cached(etag: string) {
  return { etag, ...cacheHeaders };
}
