import type { ErrorName } from '@flooim/protocol';
import { ServerError } from '../error.ts';
import type { Failure, Job, Outcome } from './batch.ts';
import type { Writer } from './commands.ts';
import type { NewEntry } from './entry.ts';

/** Runs one batch after the other; where it does so, in this thread or another, is its own affair. */
export interface Executor {
  run(jobs: readonly Job[], done: (outcomes: Outcome[]) => void): void;
  close(): Promise<void>;
}

interface Pending extends Job {
  bytes: number;
  done: (error: Error | undefined, result: unknown) => void;
}

/** As many commands as one transaction takes; more wait for the next. */
const batchSize = 1000;
/** Commands that may wait; beyond it writes are refused as busy instead of filling the memory. */
const queueSize = 50_000;
/** The same in bytes of what they append. */
const queueBytes = 64 * 1024 * 1024;

/**
 * Group commit: while one batch is being flushed the next one gathers, so the slower the disk, the more writes share
 * a flush. An idle writer starts at the end of the turn in which the first command came.
 */
export class GroupCommit implements Writer {
  readonly #executor: Executor;
  readonly #onFlushFailure: (text: string) => void;
  #queue: Pending[] = [];
  #queuedBytes = 0;
  #running = false;
  #ended = false;
  #scheduled = false;
  #idle: (() => void)[] = [];

  /** `onFlushFailure` must not return to normal service: what is on disk is then unknown. */
  constructor(executor: Executor, onFlushFailure: (text: string) => void) {
    this.#executor = executor;
    this.#onFlushFailure = onFlushFailure;
  }

  submit(name: string, args: unknown, done: Pending['done']): void {
    const bytes = payloadBytes(args);
    if (this.#queue.length >= queueSize || this.#queuedBytes + bytes > queueBytes) {
      queueMicrotask(() => done(new ServerError('busy'), undefined));
      return;
    }
    this.#queue.push({ name, args, bytes, done });
    this.#queuedBytes += bytes;
    this.#schedule();
  }

  async close(): Promise<void> {
    const isBusy = this.#running || this.#queue.length > 0;
    if (isBusy && !this.#ended) await new Promise<void>((resolve) => this.#idle.push(resolve));
    await this.#executor.close();
  }

  #schedule(): void {
    if (this.#running || this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#start();
    });
  }

  #start(): void {
    const batch = this.#queue.length <= batchSize ? this.#queue : this.#queue.slice(0, batchSize);
    this.#queue = this.#queue.length <= batchSize ? [] : this.#queue.slice(batchSize);
    for (const { bytes } of batch) this.#queuedBytes -= bytes;
    this.#running = true;
    this.#executor.run(
      batch.map(({ name, args }) => ({ name, args })),
      (outcomes) => this.#finish(batch, outcomes),
    );
  }

  #finish(batch: Pending[], outcomes: Outcome[]): void {
    for (const outcome of outcomes) {
      if (!outcome.ok && outcome.failure.kind === 'flush') return this.#end(outcome.failure.text);
    }
    this.#running = false;
    if (this.#queue.length > 0) this.#start();
    for (const [i, pending] of batch.entries()) this.#settle(pending, outcomes[i] as Outcome);
    if (!this.#running && this.#queue.length === 0) for (const resolve of this.#idle.splice(0)) resolve();
    else this.#schedule();
  }

  /**
   * Nothing is written any more, and nobody is told anything: what waits would stand in the logs before what failed now and
   * is sent again.
   */
  #end(text: string): void {
    this.#ended = true;
    this.#queue = [];
    for (const resolve of this.#idle.splice(0)) resolve();
    this.#onFlushFailure(text);
  }

  #settle(pending: Pending, outcome: Outcome): void {
    if (outcome.ok) return pending.done(undefined, outcome.result);
    const { kind, text } = outcome.failure;
    if (kind !== 'flush') pending.done(errorOf(pending.name, kind, text), undefined);
  }
}

/** The entries of a command; the rest of its arguments is small. */
function payloadBytes(args: unknown): number {
  const { entry, notices } = args as { entry?: NewEntry; notices?: readonly NewEntry[] | object };
  let bytes = entry?.payload?.length ?? 0;
  if (Array.isArray(notices)) for (const notice of notices as readonly NewEntry[]) bytes += notice.payload.length;
  return bytes;
}

const reasons = { full: 'storageFull', busy: 'busy', bug: 'database' } satisfies Partial<
  Record<Failure['kind'], ErrorName>
>;

function errorOf(name: string, kind: keyof typeof reasons, text: string): ServerError {
  const error = new ServerError(reasons[kind]);
  error.cause = new Error(`${name}: ${text}`);
  return error;
}
