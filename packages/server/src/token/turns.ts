import { ServerError } from '../error.ts';

/** Lets a few work at once. The others wait in lanes, which take turns: nobody waits for all of a long one but those in it. */
export class Turns {
  readonly #atOnce: number;
  readonly #waitingAtMost: number;
  /** Those in which somebody waits, the next one first. */
  readonly #lanes = new Map<string, (() => void)[]>();
  #running = 0;

  /** `waitingAtMost`: in one lane; who comes then is told that the server is busy. */
  constructor({ atOnce, waitingAtMost }: { atOnce: number; waitingAtMost: number }) {
    this.#atOnce = atOnce;
    this.#waitingAtMost = waitingAtMost;
  }

  async take<T>(lane: string, work: () => Promise<T>): Promise<T> {
    if (this.#running >= this.#atOnce) await this.#wait(lane);
    else this.#running++;
    try {
      return await work();
    } finally {
      this.#handOver();
    }
  }

  #wait(lane: string): Promise<void> {
    const waiting = this.#lanes.get(lane) ?? [];
    if (waiting.length >= this.#waitingAtMost) throw new ServerError('busy');
    this.#lanes.set(lane, waiting);
    return new Promise((resolve) => waiting.push(resolve));
  }

  #handOver(): void {
    const [next] = this.#lanes;
    if (!next) {
      this.#running--;
      return;
    }
    const [lane, waiting] = next;
    this.#lanes.delete(lane);
    const resume = waiting.shift();
    if (waiting.length > 0) this.#lanes.set(lane, waiting);
    resume?.();
  }
}
