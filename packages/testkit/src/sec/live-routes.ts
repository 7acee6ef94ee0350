import diagnostics from 'node:diagnostics_channel';

/** One way into the server by HTTP. */
export interface Route {
  method: string;
  path: string;
}

/** What we need of the server's router, as it announces itself when it is made. */
export interface Router {
  addHook(name: 'onRoute', hook: (route: { method: string | string[]; url: string }) => void): unknown;
  get(path: string, handler: () => Promise<unknown>): unknown;
}

/**
 * Starts a server and gives the routes that its router has, however they came there. `meddle` may add some.
 */
export async function withRoutes<T>(
  start: () => Promise<T>,
  meddle: (router: Router) => void = () => {},
): Promise<{ started: T; routes: Route[] }> {
  const routes: Route[] = [];
  const listen = (message: unknown) => {
    const { fastify } = message as { fastify: Router };
    fastify.addHook('onRoute', ({ method, url }) => {
      for (const each of [method].flat()) routes.push({ method: each, path: url });
    });
    meddle(fastify);
  };
  diagnostics.subscribe('fastify.initialization', listen);
  try {
    const started = await start();
    if (routes.length === 0) throw new Error('the router did not announce itself');
    return { started, routes };
  } finally {
    diagnostics.unsubscribe('fastify.initialization', listen);
  }
}
