import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Job, Outcome } from './batch.ts';
import type { Executor } from './group-commit.ts';
import { packJobs } from './packed-jobs.ts';

/** Writes in a thread of its own: a slow flush delays the writes behind it and nothing else. */
export class ThreadExecutor implements Executor {
  readonly #thread: Worker;
  #done: ((outcomes: Outcome[]) => void) | undefined;
  #running = 0;
  #closing = false;

  /** `entry` is the thread's module; it receives `{path}` and answers each list of jobs with their outcomes. */
  constructor(path: string, entry: URL) {
    this.#thread = new Worker(entry, { workerData: { path } });
    this.#thread.on('message', (outcomes: Outcome[]) => {
      const done = this.#done;
      this.#done = undefined;
      done?.(outcomes);
    });
    this.#thread.on('error', (error) => this.#fail(error));
  }

  run(jobs: readonly Job[], done: (outcomes: Outcome[]) => void): void {
    this.#done = done;
    this.#running = jobs.length;
    const packed = packJobs(jobs);
    this.#thread.postMessage(packed, [packed.numbers.buffer, packed.payloads.buffer, packed.kindOf.buffer]);
  }

  async close(): Promise<void> {
    this.#closing = true;
    const exited = once(this.#thread, 'exit');
    this.#thread.postMessage('close');
    await exited;
  }

  #fail(error: unknown): void {
    if (this.#closing) return;
    const text = error instanceof Error ? error.message : String(error);
    if (!this.#done) throw error;
    this.#done(Array.from({ length: this.#running }, () => ({ ok: false, failure: { kind: 'flush', text } })));
  }
}
