import type { FastifyInstance, FastifyReply } from 'fastify';
import { ServerError } from '../error.ts';
import type { Logger } from '../log.ts';
import { failure } from './envelope.ts';

/** Every failure becomes an envelope with HTTP 200, as clients expect; faults of the server are logged and not told. */
export function addErrors(app: FastifyInstance, log: Logger): void {
  app.setErrorHandler((error, request, reply) => {
    const known = toServerError(error);
    if (known.reason === 'internal') log.error({ err: error, path: request.routeOptions.url }, 'a request failed');
    else if (known.cause) log.error({ err: known.cause, path: request.routeOptions.url }, known.message);
    return sendFailure(reply, known);
  });
}

export function sendFailure(reply: FastifyReply, error: ServerError): FastifyReply {
  return reply.code(200).type('application/json; charset=utf-8').send(failure(error));
}

export function toServerError(error: unknown): ServerError {
  if (error instanceof ServerError) return error;
  const code = (error as { code?: unknown }).code;
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return new ServerError('tooLarge');
  if (code === 'FST_ERR_BAD_URL') return new ServerError('endpointUnknown');
  const status = (error as { statusCode?: unknown }).statusCode;
  if (status === 415) return new ServerError('invalidParameter', 'the body must be application/json');
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return new ServerError('invalidParameter', 'the request cannot be read');
  }
  return new ServerError('internal');
}
