import type { Locker } from '@tus/server';

interface Holder {
  interrupt(): void;
  released: Promise<void>;
  release(): void;
}

/**
 * Requests on one upload, one at a time. Who brings bytes is cut off by the next one: its client has given it up, and its
 * connection may be dead without anybody knowing.
 */
export class ResumableTurns {
  readonly #holders = new Map<string, Holder>();

  locker(interrupt: () => void): Locker {
    return {
      newLock: (object) => ({
        lock: () => this.#take(object, interrupt),
        unlock: async () => this.#holders.get(object)?.release(),
      }),
    };
  }

  async #take(object: string, interrupt: () => void): Promise<void> {
    for (let holder = this.#holders.get(object); holder; holder = this.#holders.get(object)) {
      holder.interrupt();
      await holder.released;
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    const release = () => {
      this.#holders.delete(object);
      resolve();
    };
    this.#holders.set(object, { interrupt, released: promise, release });
  }
}
