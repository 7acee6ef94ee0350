import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Endpoint,
  type Envelope,
  okCode,
  type ServerEndpointName,
  type ServerRequest,
  type ServerResponse,
  serverRest,
} from '@flooim/protocol';
import type { Config } from '../config.ts';
import { DataFolderBusyError, readRunningServer } from '../data-folder.ts';
import { createServer } from '../server.ts';

/** Something could not be done; the message says what. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

/** In which app a call is made, and for whom. */
export interface For {
  appId?: string;
  uid?: number;
}

/** Calls an endpoint as the operator. */
export type Call = <N extends ServerEndpointName>(
  name: N,
  parameters: ServerRequest<N>,
  target?: For,
) => Promise<ServerResponse<N>>;

interface Connection {
  call: Call;
  close(): Promise<void>;
}

/** How long a server may take that starts or stops just now. */
const patienceMs = 10_000;

/** The server of a data folder, from the first call on: nobody waits for it while somebody types. */
export function connectLater(config: Config): Connection {
  let opened: Promise<Connection> | undefined;
  return {
    async call(name, parameters, target) {
      opened ??= connect(config);
      return (await opened).call(name, parameters, target);
    },
    async close() {
      const connection = await opened?.catch(() => undefined);
      await connection?.close();
    },
  };
}

/** The one that runs, or one that is started for this command and listens to this machine alone. */
async function connect(config: Config): Promise<Connection> {
  if (!existsSync(join(config.data, 'flooim.db'))) {
    throw new CommandError(`${config.data} is not the data folder of a server: name it with --data (FLOOIM_DATA)`);
  }
  const deadline = performance.now() + patienceMs;
  while (performance.now() < deadline) {
    const own = await startOwn(config);
    if (own) return own;
    const running = readRunningServer(config.data);
    if (running && (await answers(running.url))) return { call: callerOf(running), close: async () => {} };
    await sleep(100);
  }
  throw new CommandError(`the server that uses the data folder ${config.data} does not answer`);
}

/** Undefined while another server has the folder. */
async function startOwn(config: Config): Promise<Connection | undefined> {
  try {
    const server = createServer({ ...config, host: '127.0.0.1', port: 0, logLevel: 'silent', writer: 'inline' });
    const { url } = await server.start();
    const { operatorToken } = server.context.secrets;
    return { call: callerOf({ url, operatorToken }), close: () => server.close() };
  } catch (error) {
    if (error instanceof DataFolderBusyError) return undefined;
    throw error;
  }
}

async function answers(url: string): Promise<boolean> {
  const answer = await fetch(new URL('/healthz', url), { signal: AbortSignal.timeout(2000) }).catch(() => undefined);
  return answer?.ok ?? false;
}

function callerOf({ url, operatorToken }: { url: string; operatorToken: string }): Call {
  return async (name, parameters, { appId, uid } = {}) => {
    const endpoint: Endpoint = serverRest[name];
    const target = new URL(endpoint.path, url);
    const inQuery = endpoint.in === 'query';
    if (inQuery) for (const [key, value] of Object.entries(parameters)) target.searchParams.set(key, String(value));
    const response = await fetch(target, {
      method: endpoint.methods[0],
      redirect: 'error',
      headers: {
        'access-token': operatorToken,
        ...(appId && { app_id: appId }),
        ...(uid && { user_id: String(uid) }),
        ...(!inQuery && { 'content-type': 'application/json' }),
      },
      body: inQuery ? undefined : JSON.stringify(parameters),
    });
    const { code, message, data } = (await response.json()) as Envelope<ServerResponse<typeof name>>;
    if (code !== okCode) throw new CommandError(message ?? `the server answered ${code}`);
    return data as ServerResponse<typeof name>;
  };
}
