/** Something that will happen; `cancel` takes it back. */
export interface Due {
  readonly at: number;
  readonly order: number;
  run: (() => void) | undefined;
}

const epoch = 1_800_000_000_000;

/** Time that passes only when nothing is left to do in it; what falls due at the same moment happens in the order it was asked for. */
export class VirtualTime {
  #now = epoch;
  #order = 0;
  /** A binary heap, the next one first. */
  readonly #heap: Due[] = [];

  get now(): number {
    return this.#now;
  }

  after(ms: number, run: () => void): Due {
    const due: Due = { at: this.#now + Math.max(0, Math.floor(ms)), order: this.#order++, run };
    this.#heap.push(due);
    this.#rise(this.#heap.length - 1);
    return due;
  }

  cancel(due: Due): void {
    due.run = undefined;
  }

  /**
   * Lets so much time pass. After each thing that happens all promises that are ready run to their end: a turn of the real
   * event loop comes only when there are none left. Rejects with what a thing throws.
   */
  pass(ms: number): Promise<void> {
    const end = this.#now + ms;
    return new Promise((resolve, reject) => {
      const step = () => {
        const due = this.#next(end);
        if (!due?.run) {
          this.#now = end;
          return resolve();
        }
        this.#now = due.at;
        try {
          due.run();
        } catch (error) {
          return reject(error);
        }
        setImmediate(step);
      };
      setImmediate(step);
    });
  }

  #next(end: number): Due | undefined {
    for (let top = this.#heap[0]; top && (!top.run || top.at <= end); top = this.#heap[0]) {
      this.#takeFirst();
      if (top.run) return top;
    }
    return undefined;
  }

  #takeFirst(): void {
    const last = this.#heap.pop() as Due;
    if (this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.#sink();
  }

  #rise(from: number): void {
    for (let at = from; at > 0; ) {
      const above = (at - 1) >> 1;
      if (!this.#isBefore(at, above)) return;
      this.#swap(at, above);
      at = above;
    }
  }

  #sink(): void {
    for (let at = 0; ; ) {
      const left = at * 2 + 1;
      if (left >= this.#heap.length) return;
      const below = left + 1 < this.#heap.length && this.#isBefore(left + 1, left) ? left + 1 : left;
      if (!this.#isBefore(below, at)) return;
      this.#swap(at, below);
      at = below;
    }
  }

  #isBefore(a: number, b: number): boolean {
    const [one, other] = [this.#heap[a] as Due, this.#heap[b] as Due];
    return one.at < other.at || (one.at === other.at && one.order < other.order);
  }

  #swap(a: number, b: number): void {
    const held = this.#heap[a] as Due;
    this.#heap[a] = this.#heap[b] as Due;
    this.#heap[b] = held;
  }
}
