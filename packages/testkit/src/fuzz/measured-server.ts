/**
 * The real server, which writes into the file `FLOOIM_LOOP_DELAY` how late its event loop is; the flags are its own.
 * `FLOOIM_SEEDED_BUG` names a seeded bug.
 */
import { writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createServer, type Server } from '@flooim/server';
import { readConfig } from '../../../server/src/config.ts';

/** In milliseconds. */
export interface LoopDelay {
  p99: number;
  max: number;
}

const bugs = {
  /** As a handler does that reads a field of what is not there. */
  'handler-throws': ({ context }: Server) => {
    const fail = () => (undefined as unknown as { field: never }).field;
    Object.assign(context.messageReader, { history: fail });
    Object.assign(context.users, { settings: fail, profile: fail });
  },
  /** As a listener does that nobody wraps. */
  'dies-of-a-frame': ({ context: { conversations } }: Server) => {
    const acknowledge = conversations.acknowledge.bind(conversations);
    Object.assign(conversations, {
      acknowledge(...asked: Parameters<typeof acknowledge>) {
        if (asked[2] > 2 ** 40) setImmediate(() => process.abort());
        acknowledge(...asked);
      },
    });
  },
};

/** A seeded bug of the server that only odd frames or calls show. */
export type ServerBug = keyof typeof bugs;

const resolution = 10;

if (import.meta.main) {
  const server = createServer(readConfig(process.argv.slice(2)));
  const bug = process.env['FLOOIM_SEEDED_BUG'];
  if (bug) bugs[bug as ServerBug](server);
  await server.start();
  const delay = monitorEventLoopDelay({ resolution });
  delay.enable();
  // Its figures have the time between two looks in them.
  const ms = (nanoseconds: number) => Math.max(0, nanoseconds / 1e6 - resolution);
  const tell = () => {
    const told: LoopDelay = { p99: ms(delay.percentile(99)), max: ms(delay.max) };
    writeFileSync(process.env['FLOOIM_LOOP_DELAY'] as string, JSON.stringify(told));
  };
  setInterval(tell, 500);
  process.on('SIGTERM', () => server.close().then(() => process.exit(0)));
}
