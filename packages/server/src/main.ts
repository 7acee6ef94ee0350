import { UsageError } from './command-line/command.ts';
import { CommandError } from './command-line/connection.ts';
import { isOperation, operate } from './command-line/operate.ts';
import { ConfigError, readConfig } from './config.ts';
import { DataFolderError } from './data-folder.ts';
import { helpText } from './help.ts';
import { createServer, type Server } from './server.ts';
import { version } from './version.ts';

/** How long a graceful stop may take. */
const stopWithinMs = 10_000;
/** A terminal's Ctrl-C comes twice when npm passes it on as well: that is one wish to stop, not two. */
const sameSignalMs = 500;

/** The command line: `flooim [serve|help|version] [options]`, or `flooim app|user|link|backup|restore ...` for operators. */
export async function main(args: readonly string[]): Promise<void> {
  const command = args[0]?.startsWith('-') ? undefined : args[0];
  const rest = command ? args.slice(1) : args;
  if (command === 'help' || args.includes('--help') || args.includes('-h')) return console.log(helpText());
  if (command === 'version' || args.includes('--version')) return console.log(version());
  try {
    if (isOperation(args)) return console.log(await operate(args));
    if (command && command !== 'serve') throw new UsageError(`unknown command ${command}`);
    await serve(rest);
  } catch (error) {
    fail(explain(error));
    if (error instanceof UsageError) process.exitCode = 2;
  }
}

async function serve(args: readonly string[]): Promise<void> {
  const config = readConfig(args);
  // What the server writes is for its own user alone.
  process.umask(0o077);
  const server = createServer(config);
  try {
    const { url } = await server.start();
    stopOnSignals(server);
    console.log(`flooim is ready: ${config.publicUrl || url}  (data: ${config.data})`);
  } catch (error) {
    await server.close();
    throw error;
  }
}

function stopOnSignals(server: Server): void {
  let askedAt = 0;
  const stop = () => {
    if (askedAt > 0 && Date.now() - askedAt < sameSignalMs) return;
    if (askedAt > 0) process.exit(1);
    askedAt = Date.now();
    setTimeout(() => fail('flooim could not stop in time', process.exit), stopWithinMs).unref();
    server.close().then(
      () => process.exit(0),
      (error) => fail(explain(error), process.exit),
    );
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}

function fail(message: string, exit?: (code: number) => void): void {
  console.error(`flooim: ${message}`);
  process.exitCode = 1;
  exit?.(1);
}

function explain(error: unknown): string {
  if (error instanceof UsageError) return `${error.message}; flooim help says more`;
  if ([ConfigError, DataFolderError, CommandError].some((known) => error instanceof known)) {
    return (error as Error).message;
  }
  const { code, port, address, message } = error as NodeJS.ErrnoException & { port?: number; address?: string };
  if (code === 'EADDRINUSE') {
    return `port ${port} is in use: stop what uses it, or choose another with --port (FLOOIM_PORT), 0 for any`;
  }
  if (code === 'EACCES' && port)
    return `port ${port} needs rights that this user lacks: choose one above 1023 with --port`;
  if (code === 'EADDRNOTAVAIL')
    return `this machine has no address ${address}: choose another with --host (FLOOIM_HOST)`;
  return message;
}
