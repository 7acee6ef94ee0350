import type { ErrorName } from '@flooim/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ServerError } from '../error.ts';
import type { Logger } from '../log.ts';
import { failure } from './envelope.ts';

/**
 * Every failure becomes an envelope with HTTP 200, as clients expect: deployed ones read no code beside another status. Only a
 * flood of requests, of which none was read, gets the status that proxies and tools know. Faults of the server are logged and not told.
 */
export function addErrors(app: FastifyInstance, log: Logger): void {
  app.setErrorHandler((error, request, reply) => {
    const known = noted(error, request, log);
    return sendFailure(reply, known, known.reason === 'tooManyRequests' ? 429 : 200);
  });
}

/** What is said of a file that is not sent after all. */
const ofFiles = ['etag', 'content-disposition', 'content-length', 'content-range', 'accept-ranges'];

/**
 * As `addErrors`, for what browsers open by themselves, who only know by the status that the answer is no file, and for what
 * goes by the rules of tus.
 */
export function statusErrors(log: Logger) {
  return (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
    const known = noted(error, request, log);
    for (const header of ofFiles) reply.removeHeader(header);
    reply.header('cache-control', 'no-store');
    return sendFailure(reply, known, statuses[known.reason] ?? (known.entry.retryable ? 500 : 403));
  };
}

/** The HTTP statuses of refused downloads and resumable uploads, as far as they say more than that it failed or may not be. */
const statuses: Partial<Record<ErrorName, number>> = {
  invalidParameter: 400,
  tooLarge: 400,
  fileEmpty: 400,
  tokenMissing: 401,
  tokenInvalid: 401,
  tokenForeign: 401,
  captchaWrong: 404,
  fileNotFound: 404,
  userNotFound: 404,
  groupNotFound: 404,
  uploadConflict: 409,
  fileTooLarge: 413,
  fileTypeRefused: 415,
  tooManyAttempts: 429,
  tooManyRequests: 429,
  tooManyUploads: 429,
  busy: 503,
  storageFull: 507,
};

export function sendFailure(reply: FastifyReply, error: ServerError, status = 200): FastifyReply {
  if (error.retryAfterMs !== undefined) reply.header('retry-after', Math.ceil(error.retryAfterMs / 1000));
  return reply.code(status).type('application/json; charset=utf-8').send(failure(error));
}

function noted(error: unknown, request: FastifyRequest, log: Logger): ServerError {
  const known = toServerError(error);
  if (known.reason === 'internal') log.error({ err: error, path: request.routeOptions.url }, 'a request failed');
  else if (known.cause) log.error({ err: known.cause, path: request.routeOptions.url }, known.message);
  return known;
}

export function toServerError(error: unknown): ServerError {
  if (error instanceof ServerError) return error;
  const code = (error as { code?: unknown }).code;
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return new ServerError('tooLarge');
  if (code === 'FST_ERR_BAD_URL') return new ServerError('endpointUnknown');
  const status = (error as { statusCode?: unknown }).statusCode;
  // A path that is no file of the web app and could not be one.
  if (status === 403) return new ServerError('endpointUnknown');
  if (status === 415) {
    return new ServerError('invalidParameter', 'the body must be application/json, or multipart/form-data with a file');
  }
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return new ServerError('invalidParameter', 'the request cannot be read');
  }
  return new ServerError('internal');
}
