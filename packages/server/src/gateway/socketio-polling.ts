import type { FastifyInstance } from 'fastify';
import { mannersOf, socketIoPath } from './socketio-address.ts';

/** Tells Socket.IO clients that begin without a WebSocket, in Engine.IO's words, that this server speaks nothing else. */
export function refusePolling(app: FastifyInstance): void {
  app.route({
    method: ['GET', 'POST'],
    url: socketIoPath,
    handler: async (request, reply) => {
      const manners = mannersOf(request.url);
      const refusal = 'refusal' in manners ? manners.refusal : { code: 3, message: 'Bad request' };
      return reply.code(400).send(refusal);
    },
  });
}
