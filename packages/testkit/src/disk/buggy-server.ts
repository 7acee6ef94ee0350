/** The real server with a seeded bug in how it takes faults of the disk: `FLOOIM_SEEDED_BUG` names it, the flags are its own. */
import { createServer } from '@flooim/server';
import { readConfig } from '../../../server/src/config.ts';
import type { Failure, Job, Outcome } from '../../../server/src/store/batch.ts';
import type { CommandTable } from '../../../server/src/store/commands.ts';
import { Database } from '../../../server/src/store/database.ts';
import type { Executor } from '../../../server/src/store/group-commit.ts';
import { InlineExecutor } from '../../../server/src/store/inline-executor.ts';
import { writes } from '../../../server/src/writes.ts';
import { AckBeforeCommit } from '../faulty-executors.ts';

const commands: CommandTable = writes;

/** Answers as if there were no failed commit. */
class SwallowedFailure implements Executor {
  readonly #db: Database;

  constructor(path: string) {
    this.#db = new Database(path, 'write');
  }

  run(jobs: readonly Job[], done: (outcomes: Outcome[]) => void): void {
    this.#db.exec('BEGIN IMMEDIATE');
    const outcomes = jobs.map(({ name, args }): Outcome => ({ ok: true, result: commands[name]?.(this.#db, args) }));
    for (const end of ['COMMIT', 'ROLLBACK']) {
      try {
        this.#db.exec(end);
        break;
      } catch {}
    }
    queueMicrotask(() => done(outcomes));
  }

  async close(): Promise<void> {
    this.#db.close();
  }
}

/** Takes one kind of failure for another. */
class MistakenFailure implements Executor {
  readonly #inner: InlineExecutor;
  readonly #from: Failure['kind'];
  readonly #to: Failure['kind'];

  constructor(path: string, from: Failure['kind'], to: Failure['kind']) {
    this.#inner = new InlineExecutor(path, commands);
    this.#from = from;
    this.#to = to;
  }

  run(jobs: readonly Job[], done: (outcomes: Outcome[]) => void): void {
    this.#inner.run(jobs, (outcomes) => done(outcomes.map((outcome) => this.#mistake(outcome))));
  }

  close(): Promise<void> {
    return this.#inner.close();
  }

  #mistake(outcome: Outcome): Outcome {
    if (outcome.ok || outcome.failure.kind !== this.#from) return outcome;
    return { ok: false, failure: { ...outcome.failure, kind: this.#to } };
  }
}

const executors = {
  'ack-before-commit': (path: string) => new AckBeforeCommit(path),
  'failure-swallowed': (path: string) => new SwallowedFailure(path),
  'flush-survived': (path: string) => new MistakenFailure(path, 'flush', 'bug'),
  'full-untyped': (path: string) => new MistakenFailure(path, 'full', 'bug'),
  'full-ends': (path: string) => new MistakenFailure(path, 'full', 'flush'),
};

/** A seeded bug that shows only when the disk fails. */
export type DiskBug = keyof typeof executors;

if (import.meta.main) {
  const bug = process.env['FLOOIM_SEEDED_BUG'] as DiskBug;
  await createServer(readConfig(process.argv.slice(2)), { executor: executors[bug] }).start();
}
