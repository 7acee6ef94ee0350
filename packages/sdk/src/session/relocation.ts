import type { Connection } from '../connection/connection.ts';
import type { Clock, Timer } from '../platform/platform.ts';
import type { Dns } from '../rest/dns.ts';

/** Many clients hear it at once, and the new place has to be there. */
const delayMs = 2000;

/** What happens when the services move: the DNS server is asked anew, and the connection goes where it says. */
export class Relocation {
  readonly #clock: Clock;
  readonly #dns: Dns;
  readonly #connection: Connection;
  #timer: Timer | undefined;

  constructor(clock: Clock, dns: Dns, connection: Connection) {
    this.#clock = clock;
    this.#dns = dns;
    this.#connection = connection;
  }

  moved(): void {
    this.#dns.forget();
    this.stop();
    this.#timer = this.#clock.setTimeout(() => this.#connection.reconnectLater(), delayMs);
  }

  stop(): void {
    this.#clock.clearTimeout(this.#timer);
  }
}
