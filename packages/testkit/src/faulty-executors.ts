import { type Job, type Outcome, runBatch } from '../../server/src/store/batch.ts';
import type { CommandTable } from '../../server/src/store/commands.ts';
import { Database } from '../../server/src/store/database.ts';
import type { Executor } from '../../server/src/store/group-commit.ts';
import { writes } from '../../server/src/writes.ts';

const commands: CommandTable = writes;

/** Answers at once and commits a little later: what a crash finds in between was acknowledged and is gone. */
export class AckBeforeCommit implements Executor {
  readonly #db: Database;
  readonly #delayMs: number;
  #timer: NodeJS.Timeout | undefined;

  constructor(path: string, delayMs = 30) {
    this.#db = new Database(path, 'write');
    this.#delayMs = delayMs;
  }

  run(jobs: readonly Job[], done: (outcomes: Outcome[]) => void): void {
    if (!this.#timer) {
      this.#db.exec('BEGIN IMMEDIATE');
      this.#timer = setTimeout(() => this.#commit(), this.#delayMs);
    }
    const outcomes = jobs.map(({ name, args }): Outcome => ({ ok: true, result: commands[name]?.(this.#db, args) }));
    queueMicrotask(() => done(outcomes));
  }

  async close(): Promise<void> {
    if (this.#timer) this.#commit();
    this.#db.close();
  }

  #commit(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#db.exec('COMMIT');
  }
}

/** Commits without waiting for the disk. NORMAL flushes at checkpoints only, OFF never. */
export class SkippedFlush implements Executor {
  readonly #db: Database;

  constructor(path: string, level: 'NORMAL' | 'OFF') {
    this.#db = new Database(path, 'write');
    this.#db.exec(`PRAGMA synchronous = ${level}`);
  }

  run(jobs: readonly Job[], done: (outcomes: Outcome[]) => void): void {
    const outcomes = runBatch(this.#db, commands, jobs);
    queueMicrotask(() => done(outcomes));
  }

  async close(): Promise<void> {
    this.#db.close();
  }
}

/** Runs what came together in another order than it came. */
export class ReorderingExecutor implements Executor {
  readonly #db: Database;

  constructor(path: string) {
    this.#db = new Database(path, 'write');
  }

  run(jobs: readonly Job[], done: (outcomes: Outcome[]) => void): void {
    const outcomes = runBatch(this.#db, commands, jobs.toReversed()).toReversed();
    queueMicrotask(() => done(outcomes));
  }

  async close(): Promise<void> {
    this.#db.close();
  }
}
