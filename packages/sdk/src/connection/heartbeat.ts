import type { Clock, Timer } from '../platform/platform.ts';

const silenceMs = 25_000;
const answerMs = 10_000;

/** Asks after 25 s of silence whether the other side is there; none in 10 s and the connection is dead. */
export class Heartbeat {
  readonly #clock: Clock;
  readonly #ask: () => void;
  readonly #dead: () => void;
  #timer: Timer | undefined;

  constructor(clock: Clock, ask: () => void, dead: () => void) {
    this.#clock = clock;
    this.#ask = ask;
    this.#dead = dead;
  }

  /** Something came: silence begins anew. */
  heard(): void {
    this.stop();
    this.#timer = this.#clock.setTimeout(() => this.askNow(), silenceMs);
  }

  /** Does not wait for silence, such as after the page was hidden. */
  askNow(): void {
    this.stop();
    this.#timer = this.#clock.setTimeout(this.#dead, answerMs);
    this.#ask();
  }

  stop(): void {
    this.#clock.clearTimeout(this.#timer);
  }
}
