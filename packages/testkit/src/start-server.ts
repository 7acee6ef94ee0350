import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, type Server } from '@flooim/server';

type ServerConfig = NonNullable<Parameters<typeof createServer>[0]>;
type ServerOverrides = NonNullable<Parameters<typeof createServer>[1]>;

export interface TestServer {
  url: string;
  port: number;
  /** The data folder. */
  data: string;
  context: Server['context'];
  /** Stops it; removes the data folder if it was made for this server. */
  close(): Promise<void>;
}

/** An empty folder in the system's place for temporary files. */
export function temporaryFolder(name = 'flooim'): string {
  return mkdtempSync(join(tmpdir(), `${name}-`));
}

/** Settings that suit tests: any port, silence, no limit that a test would run into without meaning to. */
export const testConfig: ServerConfig = {
  port: 0,
  logLevel: 'silent',
  messagesPerSec: 1_000_000,
  messageBurst: 1_000_000,
  loginsPerMin: 1_000_000,
  registrationsPerHour: 1_000_000,
  userRequestsPerSec: 1_000_000,
  requestsPerSec: 1_000_000,
  socketsPerAddress: 1_000_000,
};

/** A real server in this process, on a free port, with a data folder of its own unless `config.data` names one. */
export async function startServer(config: ServerConfig = {}, overrides: ServerOverrides = {}): Promise<TestServer> {
  const data = config.data ?? temporaryFolder();
  const server = createServer({ ...testConfig, ...config, data }, overrides);
  const { url, port } = await server.start();
  return {
    url,
    port,
    data,
    context: server.context,
    async close() {
      await server.close();
      if (!config.data) rmSync(data, { recursive: true, force: true });
    },
  };
}
