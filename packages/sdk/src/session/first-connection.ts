import { FlooError } from '../errors.ts';
import type { Clock } from '../platform/platform.ts';

const timeoutMs = 20_000;

/** A login's wait for the realtime service; there is one at a time. */
export class FirstConnection {
  readonly #clock: Clock;
  #waiting: { resolve(): void; reject(error: FlooError): void } | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get isAwaited(): boolean {
    return this.#waiting !== undefined;
  }

  /** Rejects after 20 s, or with what `failed` says. */
  wait(): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = this.#clock.setTimeout(
        () => this.failed(new FlooError('TIMEOUT', 'the realtime service cannot be reached')),
        timeoutMs,
      );
      const end = (finish: () => void) => {
        this.#clock.clearTimeout(timer);
        this.#waiting = undefined;
        finish();
      };
      this.#waiting = { resolve: () => end(resolve), reject: (error) => end(() => reject(error)) };
    });
  }

  stands(): void {
    this.#waiting?.resolve();
  }

  failed(error: FlooError): void {
    this.#waiting?.reject(error);
  }
}
