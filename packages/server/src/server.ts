import type { AddressInfo } from 'node:net';
import { type Config, defaultConfig } from './config.ts';
import { type Context, createContext, type Overrides } from './context.ts';
import { downloadDoors } from './file/download-doors.ts';
import { uploadDoors } from './file/upload-doors.ts';
import { attachGateway } from './gateway/gateway.ts';
import { refusePolling } from './gateway/socketio-polling.ts';
import { createHandlers } from './handlers.ts';
import { createHttp } from './http/app.ts';
import { captchaDoors } from './mobile/captcha-doors.ts';

/** Requests that are still coming in or going out this long after the stop are cut off. */
const requestsEndWithinMs = 5000;

export type { Config, Context, Overrides };

export interface Server {
  readonly context: Context;
  /** Listens; `url` is where it can be reached on this machine. */
  start(): Promise<{ url: string; port: number }>;
  /** Stops listening, tells clients to come back later, finishes what is being written. */
  close(): Promise<void>;
}

/** A server that is ready to start. It holds the data folder from now on, until it is closed. */
export function createServer(config: Partial<Config> = {}, overrides: Overrides = {}): Server {
  const context = createContext(defaultConfig(config), overrides);
  const doors = { ...uploadDoors(context), ...downloadDoors(context, overrides.patience), ...captchaDoors(context) };
  const http = createHttp(context, createHandlers(context), doors, overrides.patience);
  refusePolling(http);
  const realtime = attachGateway(http.server, context);
  let closing: Promise<void> | undefined;

  const stop = async () => {
    context.stopping = true;
    context.withdraw();
    const cutOff = setTimeout(() => http.server.closeAllConnections(), requestsEndWithinMs);
    try {
      await realtime.close();
      await http.close();
    } finally {
      clearTimeout(cutOff);
      await context.close();
    }
  };

  return {
    context,
    async start() {
      await http.listen({ host: context.config.host, port: context.config.port });
      context.sweeper.start();
      const { address, port } = http.server.address() as AddressInfo;
      announce(context, `http://${loopback(address)}:${port}`);
      return { url: `http://${urlHost(address)}:${port}`, port };
    },
    close() {
      closing ??= stop();
      return closing;
    },
  };
}

/** An address that listens everywhere is reached here as localhost. */
function urlHost(address: string): string {
  if (address === '0.0.0.0' || address === '::') return 'localhost';
  return address.includes(':') ? `[${address}]` : address;
}

/** Where commands on this machine reach the server; a name would let others answer in its place. */
function loopback(address: string): string {
  if (address === '0.0.0.0') return '127.0.0.1';
  return address === '::' ? '[::1]' : urlHost(address);
}

/** A disk that is full keeps commands from finding the server, and nobody else. */
function announce({ announce, log }: Context, url: string): void {
  try {
    announce(url);
  } catch (error) {
    log.error({ err: error }, 'the address of the server could not be noted in the data folder');
  }
}
