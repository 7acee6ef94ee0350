import type { Clock, Timer } from '../platform/platform.ts';

const delayMs = 150;

/** Tells the server how far this device has each log: once for everything that came within 150 ms. */
export class Acknowledger {
  readonly #clock: Clock;
  readonly #send: (cid: number, mid: number) => void;
  readonly #due = new Map<number, number>();
  #timer: Timer | undefined;

  constructor(clock: Clock, send: (cid: number, mid: number) => void) {
    this.#clock = clock;
    this.#send = send;
  }

  /** Everything up to `mid` is stored. */
  acknowledge(cid: number, mid: number): void {
    this.#due.set(cid, mid);
    this.#timer ??= this.#clock.setTimeout(() => this.#flush(), delayMs);
  }

  /** A pull that says the same is on its way. */
  saidByPull(cid: number): void {
    this.#due.delete(cid);
  }

  /** Forgets what is due: the server sends it again, and the store knows it. */
  stop(): void {
    this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#due.clear();
  }

  #flush(): void {
    this.#timer = undefined;
    for (const [cid, mid] of this.#due) this.#send(cid, mid);
    this.#due.clear();
  }
}
