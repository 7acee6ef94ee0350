import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type SpawnedServer, spawnServer, until } from '@flooim/testkit';
import type { Cores } from './cores.ts';
import { serverPrefix } from './processes.ts';

const program = fileURLToPath(new URL('./timed-server.ts', import.meta.url));

/** What one answer took. */
export interface Timing {
  ms: number;
  /** Of these the server's main thread worked, whatever else the machine did. */
  cpuMs: number;
}

/** A server that tells how long it took to answer. */
export interface TimedServer {
  server: SpawnedServer;
  /** Of each question since the last call. */
  takeTimings(): Promise<Timing[]>;
}

export async function startTimedServer(data: string, pin: Cores | undefined): Promise<TimedServer> {
  const file = join(data, 'timings.json');
  const server = await spawnServer({ data, program, prefix: serverPrefix(pin), env: { FLOOIM_TIMINGS: file } });
  return {
    server,
    async takeTimings() {
      process.kill(server.pid, 'SIGUSR2');
      await until(() => existsSync(file), 'what the server noted');
      const timings = JSON.parse(readFileSync(file, 'utf8')) as Timing[];
      rmSync(file);
      return timings;
    },
  };
}
