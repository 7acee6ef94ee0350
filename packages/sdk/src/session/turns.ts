/** Work that is done one after the other, in the order it was asked for. */
export class Turns {
  #last: Promise<void> = Promise.resolve();

  /** Runs it when all before is done, however that ended. */
  next<T>(run: () => Promise<T>): Promise<T> {
    const done = this.#last.then(run);
    this.#last = done.then(
      () => {},
      () => {},
    );
    return done;
  }

  /** When everything is done that was asked for up to now. */
  get idle(): Promise<void> {
    return this.#last;
  }
}
