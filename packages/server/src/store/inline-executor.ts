import { type Job, type Outcome, runBatch } from './batch.ts';
import type { CommandTable } from './commands.ts';
import { Database } from './database.ts';
import type { Executor } from './group-commit.ts';

/** Writes in the event loop: nothing to hand over, but everybody waits while the disk flushes. */
export class InlineExecutor implements Executor {
  readonly #db: Database;
  readonly #commands: CommandTable;

  constructor(path: string, commands: CommandTable) {
    this.#db = new Database(path, 'write');
    this.#commands = commands;
  }

  run(jobs: readonly Job[], done: (outcomes: Outcome[]) => void): void {
    const outcomes = runBatch(this.#db, this.#commands, jobs);
    queueMicrotask(() => done(outcomes));
  }

  async close(): Promise<void> {
    this.#db.close();
  }
}
