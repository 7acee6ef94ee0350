/** Jobs about the same thing run one after the other, in the order in which they came; those about others do not wait. */
export class OneAtATime {
  readonly #last = new Map<string, Promise<void>>();

  async run<T>(about: string, job: () => Promise<T>): Promise<T> {
    const running = (this.#last.get(about) ?? Promise.resolve()).then(job);
    const settled = running.then(ignore, ignore);
    this.#last.set(about, settled);
    try {
      return await running;
    } finally {
      if (this.#last.get(about) === settled) this.#last.delete(about);
    }
  }

  isRunning(about: string): boolean {
    return this.#last.has(about);
  }

  /** Resolves once nothing runs any more. */
  async idle(): Promise<void> {
    while (this.#last.size > 0) await Promise.all(this.#last.values());
  }
}

function ignore(): void {}
