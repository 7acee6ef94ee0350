/** The real server that is killed at one step of storing or removing a file: `FLOOIM_KILL_AT` names it, the flags are its own. */
import { copyFileSync, statSync, truncateSync } from 'node:fs';
import { createServer } from '@flooim/server';
import type { BlobStore } from '../../../server/src/blob/blob-store.ts';
import { readConfig } from '../../../server/src/config.ts';
import type { Job, Outcome } from '../../../server/src/store/batch.ts';
import type { Executor } from '../../../server/src/store/group-commit.ts';
import { InlineExecutor } from '../../../server/src/store/inline-executor.ts';
import { writes } from '../../../server/src/writes.ts';

/** In the order in which they come. */
export const killSteps = [
  'before it is expected',
  'after it is expected',
  'while it is put',
  'after it is put',
  'before it is stored',
  'after it is stored',
  'before it is removed',
  'after it is removed',
  'after it is forgotten',
] as const;
export type KillStep = (typeof killSteps)[number];

/** As the power goes: nothing runs after it. */
function reached(step: KillStep): void {
  if (step !== process.env['FLOOIM_KILL_AT']) return;
  process.kill(process.pid, 'SIGKILL');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

class KilledExecutor implements Executor {
  readonly #inner: InlineExecutor;

  constructor(path: string) {
    this.#inner = new InlineExecutor(path, writes);
  }

  run(jobs: readonly Job[], done: (outcomes: Outcome[]) => void): void {
    const has = (name: keyof typeof writes) => jobs.some((job) => job.name === name);
    if (has('file.expect')) reached('before it is expected');
    if (has('file.store')) reached('before it is stored');
    this.#inner.run(jobs, (outcomes) => {
      if (has('file.expect')) reached('after it is expected');
      if (has('file.store')) reached('after it is stored');
      if (has('file.forget')) reached('after it is forgotten');
      done(outcomes);
    });
  }

  close(): Promise<void> {
    return this.#inner.close();
  }
}

function killedStore(usual: BlobStore): BlobStore {
  return {
    read: (...args) => usual.read(...args),
    async put(object, staged, facts) {
      if (process.env['FLOOIM_KILL_AT'] === ('while it is put' satisfies KillStep)) {
        copyFileSync(staged, `${staged}.half`);
        truncateSync(`${staged}.half`, Math.floor(statSync(staged).size / 2));
        await usual.put(object, `${staged}.half`, facts);
        reached('while it is put');
      }
      await usual.put(object, staged, facts);
      reached('after it is put');
    },
    async remove(object) {
      reached('before it is removed');
      await usual.remove(object);
      reached('after it is removed');
    },
  };
}

if (import.meta.main) {
  const overrides = { executor: (path: string) => new KilledExecutor(path), blobs: killedStore };
  await createServer(readConfig(process.argv.slice(2)), overrides).start();
}
