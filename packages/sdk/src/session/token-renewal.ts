import { FlooError, type FlooErrorCode } from '../errors.ts';
import type { Clock } from '../platform/platform.ts';
import type { SessionKeys } from './stored-session.ts';

/** What a password login needs, kept in memory for one automatic login when the token ends. */
export type Credentials = { name: string; password: string } | { user_id: number; password: string };

/** What trying again cannot change. */
const final: ReadonlySet<FlooErrorCode> = new Set([
  'LOGIN_REJECTED',
  'USER_FROZEN',
  'USER_BANNED',
  'APP_FROZEN',
  'LICENSE',
]);

export interface RenewalParts {
  clock: Clock;
  grant(credentials: Credentials): Promise<SessionKeys>;
  /** An automatic login begins. */
  tell(): void;
  adopt(keys: SessionKeys): void;
  /** The server cannot be reached, or not answer, now. */
  retry(error: FlooError): void;
  giveUp(error: FlooError): void;
}

/** A token that ends sooner than this after an automatic login ends the session: something is wrong that it cannot mend. */
const renewAgainMs = 60_000;
const ended = 'the token is invalid or expired';

/** What happens when the token stops working: one new one with the password, where this page has it; else the end. */
export class TokenRenewal {
  readonly #parts: RenewalParts;
  #running = false;
  #told = false;
  #renewedAt = -Infinity;

  constructor(parts: RenewalParts) {
    this.#parts = parts;
  }

  /** The server accepted a session: what comes later is a new matter. */
  worked(): void {
    this.#told = false;
  }

  refused(credentials: Credentials | undefined, isCurrent: () => boolean): void {
    if (this.#running) return;
    if (!credentials || this.#parts.clock.now() - this.#renewedAt < renewAgainMs) {
      this.#parts.giveUp(new FlooError('TOKEN_INVALID', ended));
      return;
    }
    if (!this.#told) this.#parts.tell();
    this.#told = true;
    this.#running = true;
    void this.#renew(credentials, isCurrent).finally(() => {
      this.#running = false;
    });
  }

  async #renew(credentials: Credentials, isCurrent: () => boolean): Promise<void> {
    try {
      const keys = await this.#parts.grant(credentials);
      if (!isCurrent()) return;
      this.#renewedAt = this.#parts.clock.now();
      this.#parts.adopt(keys);
    } catch (error) {
      if (!isCurrent()) return;
      if (final.has((error as FlooError).code)) this.#parts.giveUp(error as FlooError);
      else this.#parts.retry(error as FlooError);
    }
  }
}
