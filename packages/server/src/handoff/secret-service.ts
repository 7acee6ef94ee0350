import { createHash, randomBytes } from 'node:crypto';
import { limits } from '@flooim/protocol';
import { AttemptLimit } from '../attempt-limit.ts';
import { ServerError } from '../error.ts';
import { ExpiringMap } from '../token/expiring-map.ts';
import type { OneTimePasswords, TokenGranter } from '../token/one-time-passwords.ts';

/** Secrets at once, of all users. */
const secretsAtOnce = 10_000;
/** Of one user: so many that nobody runs out who changes pages, so few that nobody fills the memory alone. */
const secretsPerMin = 4;

interface Secret {
  appId: string;
  text: string;
  /** Who left it: it ends with what he left it by. */
  owner: TokenGranter;
  /** Milliseconds since the epoch. */
  expiresAt: number;
}

interface Parts {
  oneTimePasswords: OneTimePasswords;
  clock: () => number;
}

/** Texts that a user hands on to a page that is not signed in. Of a code only the SHA-256 is kept; it gives the text once. */
export class SecretService {
  readonly #oneTimePasswords: OneTimePasswords;
  readonly #clock: () => number;
  readonly #secrets: ExpiringMap<Secret>;
  readonly #left: AttemptLimit;

  constructor({ oneTimePasswords, clock }: Parts) {
    this.#oneTimePasswords = oneTimePasswords;
    this.#clock = clock;
    this.#secrets = new ExpiringMap({ ttlMs: limits.secretTtlMs, size: secretsAtOnce, clock });
    this.#left = new AttemptLimit(secretsPerMin, clock, 2 * secretsPerMin);
  }

  /** Gives the code. It works for `ttlMs`, and never longer than any. */
  leave(appId: string, owner: TokenGranter, text: string, ttlMs: number): string {
    this.#left.spend(String(owner.uid));
    const code = randomBytes(32).toString('base64url');
    const expiresAt = this.#clock() + Math.min(ttlMs, limits.secretTtlMs);
    const kept = this.#secrets.add(hashOf(code), { appId, text, owner, expiresAt });
    if (kept === undefined) throw new ServerError('busy');
    return code;
  }

  async take(appId: string, code: string): Promise<string> {
    const key = hashOf(code);
    const secret = this.#secrets.get(key);
    if (secret?.appId !== appId) throw new ServerError('loginCodeInvalid');
    this.#secrets.delete(key);
    const holds = secret.expiresAt > this.#clock() && (await this.#oneTimePasswords.isGranted(secret.owner));
    if (!holds) throw new ServerError('loginCodeInvalid');
    return secret.text;
  }
}

function hashOf(code: string): string {
  return createHash('sha256').update(code).digest('base64url');
}
