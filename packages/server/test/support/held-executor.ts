import type { Job, Outcome } from '../../src/store/batch.ts';
import type { Executor } from '../../src/store/group-commit.ts';
import { InlineExecutor } from '../../src/store/inline-executor.ts';
import { writes } from '../../src/writes.ts';

/** Writes at once, and can keep to itself that it did: readers see what nobody was told of yet. */
export class HeldExecutor implements Executor {
  readonly #inner: InlineExecutor;
  #held: (() => void)[] | undefined;

  constructor(path: string) {
    this.#inner = new InlineExecutor(path, writes);
  }

  /** From now on nobody is told of what is written. */
  hold(): void {
    this.#held = [];
  }

  /** Whether something is written that nobody was told of. */
  get isHolding(): boolean {
    return (this.#held?.length ?? 0) > 0;
  }

  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const tell of held) tell();
  }

  run(jobs: readonly Job[], done: (outcomes: Outcome[]) => void): void {
    this.#inner.run(jobs, (outcomes) => {
      if (this.#held) this.#held.push(() => done(outcomes));
      else done(outcomes);
    });
  }

  close(): Promise<void> {
    this.release();
    return this.#inner.close();
  }
}
