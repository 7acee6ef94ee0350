import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from './start-server.ts';

/** Far more than a start takes, even on a machine that others keep busy. */
const readyWithinMs = 120_000;

const program = fileURLToPath(new URL('../../server/bin/flooim.js', import.meta.url));

/** As `npm start` has it. */
const asStarted = ['--max-semi-space-size=16', '--initial-old-space-size=128'];

export interface SpawnOptions {
  /** Default: a new temporary folder, removed by `close`. */
  data?: string;
  /** Default: a free one, kept over restarts. */
  port?: number;
  /** Flags of the server, e.g. `['--writer', 'inline']`. */
  args?: readonly string[];
  env?: Record<string, string>;
  /** Another program than the server's own; it takes the same flags. */
  program?: string;
  /** Put before node, e.g. `['taskset', '-c', '0']`. */
  prefix?: readonly string[];
}

/** Limits that a load generator must not run into. */
const wideLimits = [
  '--messages-per-sec',
  '1000000',
  '--message-burst',
  '1000000',
  '--logins-per-min',
  '1000000',
  '--sockets-per-address',
  '1000000',
  '--registrations-per-hour',
  '1000000',
  '--user-requests-per-sec',
  '1000000',
  '--requests-per-sec',
  '1000000',
];

/** The real server as a process of its own, to be killed and started again on the same data and port. */
export class SpawnedServer {
  readonly port: number;
  data: string;
  /** How long each start took until `/readyz` said yes. */
  readonly readyMs: number[] = [];
  env: Record<string, string>;
  readonly #options: SpawnOptions;
  #process: ChildProcess | undefined;
  #output = '';

  private constructor(options: SpawnOptions, port: number) {
    this.#options = options;
    this.port = port;
    this.data = options.data ?? temporaryFolder();
    this.env = options.env ?? {};
  }

  static async start(options: SpawnOptions = {}): Promise<SpawnedServer> {
    const server = new SpawnedServer(options, options.port ?? (await freePort()));
    await server.restart();
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get pid(): number {
    return this.#process?.pid ?? 0;
  }

  /** Everything it printed, for messages about failures. */
  get output(): string {
    return this.#output;
  }

  /** Starts it where it does not run; resolves when it is ready. */
  async restart(): Promise<void> {
    const startedAt = performance.now();
    const [command, ...args] = [...(this.#options.prefix ?? []), process.execPath, ...this.#arguments()];
    const child = spawn(command as string, args, {
      env: { ...process.env, ...this.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#process = child;
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text) => this.#keep(String(text)));
    while (!(await isReady(this.url))) {
      if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}: ${this.#output}`);
      if (performance.now() - startedAt > readyWithinMs) throw new Error(`the server is not ready: ${this.#output}`);
      await sleep(5);
    }
    this.readyMs.push(performance.now() - startedAt);
  }

  /** Ends it as a crash would. */
  async kill9(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Stops it as an operator would, and removes its folder if it was made for it. */
  async close(): Promise<void> {
    await this.#end('SIGTERM');
    if (!this.#options.data) rmSync(this.data, { recursive: true, force: true });
  }

  #arguments(): string[] {
    const { args = [], program: other } = this.#options;
    const own = ['--port', String(this.port), '--data', this.data, '--log-level', 'error', ...wideLimits];
    return [...asStarted, '--conditions=flooim-source', other ?? program, ...own, ...args];
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  }

  #keep(text: string): void {
    this.#output = (this.#output + text).slice(-10_000);
  }
}

/** The real server as a process of its own. */
export function spawnServer(options: SpawnOptions = {}): Promise<SpawnedServer> {
  return SpawnedServer.start(options);
}

/** A port that nobody listens on now. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as { port: number };
  probe.close();
  await once(probe, 'close');
  return port;
}

async function isReady(url: string): Promise<boolean> {
  try {
    const answer = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(2000) });
    await answer.arrayBuffer();
    return answer.ok;
  } catch {
    return false;
  }
}
