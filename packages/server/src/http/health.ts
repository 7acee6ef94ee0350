import { okCode } from '@flooim/protocol';
import type { FastifyInstance } from 'fastify';
import type { Context } from '../context.ts';

/** Longer than this for an empty write means that the disk does not answer. */
const writeWithinMs = 2000;

/** For whoever watches the server: does the process live, and can it serve? */
export function addHealth(app: FastifyInstance, context: Context): void {
  let checking: Promise<boolean> | undefined;
  const check = () => {
    checking ??= canServe(context).finally(() => {
      checking = undefined;
    });
    return checking;
  };
  app.get('/api/health', async () => ({ code: okCode }));
  app.get('/healthz', async () => ({ status: 'alive' }));
  app.get('/readyz', async (_request, reply) => {
    const ready = !context.stopping && (await check());
    return reply.code(ready ? 200 : 503).send({ status: ready ? 'ready' : 'not ready' });
  });
}

async function canServe({ reader, writer }: Context): Promise<boolean> {
  try {
    reader.get('SELECT 1');
  } catch {
    return false;
  }
  return new Promise((resolve) => {
    const timeout = setTimeout(() => resolve(false), writeWithinMs);
    writer.submit('writer.ping', {}, (error) => {
      clearTimeout(timeout);
      resolve(!error);
    });
  });
}
