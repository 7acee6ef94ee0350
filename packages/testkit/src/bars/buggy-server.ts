/** The real server with a seeded bug, for the bars: `FLOOIM_SEEDED_BUG` names it, the flags are the server's own. */
import { createServer } from '@flooim/server';
import { readConfig } from '../../../server/src/config.ts';
import { AckBeforeCommit, SkippedFlush } from '../faulty-executors.ts';

const executors = {
  'ack-before-commit': (path: string) => new AckBeforeCommit(path),
  'flush-normal': (path: string) => new SkippedFlush(path, 'NORMAL'),
  'flush-off': (path: string) => new SkippedFlush(path, 'OFF'),
};

/** A seeded bug that shows only after a crash or a power cut. */
export type CrashBug = keyof typeof executors;

if (import.meta.main) {
  const bug = process.env['FLOOIM_SEEDED_BUG'] as CrashBug;
  await createServer(readConfig(process.argv.slice(2)), { executor: executors[bug] }).start();
}
