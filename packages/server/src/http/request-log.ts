import type { FastifyInstance } from 'fastify';
import type { Logger } from '../log.ts';

/** One line a request at debug: what was asked and how it ended, nothing of what was sent. */
export function addRequestLog(app: FastifyInstance, log: Logger): void {
  if (!log.isLevelEnabled('debug')) return;
  app.addHook('onResponse', async (request, reply) => {
    // The query may hold a token.
    const path = request.url.split('?', 1)[0];
    const ms = Math.round(reply.elapsedTime * 10) / 10;
    log.debug({ method: request.method, path, status: reply.statusCode, ms, address: request.ip }, 'request');
  });
}
