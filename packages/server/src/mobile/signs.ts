import { randomBytes } from 'node:crypto';
import { limits } from '@flooim/protocol';
import { ServerError } from '../error.ts';
import { ExpiringMap } from '../token/expiring-map.ts';

const signsAtOnce = 100_000;

/** What somebody has shown: that the number is his, or that the account is, whose number he may change. */
export type Sign = { appId: string; mobile: string } | { appId: string; uid: number };

/** Remembers for a while what somebody has shown, under a sign that he gets for it. Each works once. */
export class Signs {
  readonly #signs: ExpiringMap<Sign>;

  constructor(clock: () => number) {
    this.#signs = new ExpiringMap({ ttlMs: limits.mobileSignTtlMs, size: signsAtOnce, clock });
  }

  create(shown: Sign): string {
    const sign = `s${randomBytes(32).toString('base64url')}`;
    if (this.#signs.add(sign, shown) === undefined) throw new ServerError('busy');
    return sign;
  }

  /** Throws unless it stands for what `isIt` wants. */
  check(sign: string, isIt: (shown: Sign) => boolean): void {
    const shown = this.#signs.get(sign);
    if (!shown || !isIt(shown)) throw new ServerError('invalidParameter', 'sign is not valid or has expired');
  }

  /** As `check`; from now on it is none. */
  take(sign: string, isIt: (shown: Sign) => boolean): void {
    this.check(sign, isIt);
    this.#signs.delete(sign);
  }
}
