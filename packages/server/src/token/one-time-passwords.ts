import { createHash, randomBytes } from 'node:crypto';
import { limits } from '@flooim/protocol';
import { ServerError } from '../error.ts';
import { ExpiringMap } from './expiring-map.ts';
import type { TokenService } from './token-service.ts';

/** Who lets somebody in. */
export interface Granter {
  uid: number;
  /** The token by which he said so: with it ends what it granted. Absent for an administrator. */
  tokenHash?: Uint8Array;
}

const passwordsAtOnce = 100_000;

/** Passwords that work for one login, a short time, and change nothing about the user's own. Only their SHA-256 is kept. */
export class OneTimePasswords {
  readonly #tokens: TokenService;
  readonly #granters: ExpiringMap<Granter>;

  constructor({ tokens, clock }: { tokens: TokenService; clock: () => number }) {
    this.#tokens = tokens;
    this.#granters = new ExpiringMap({ ttlMs: limits.loginCodeTtlMs, size: passwordsAtOnce, clock });
  }

  create(granter: Granter): string {
    const password = `p${randomBytes(32).toString('base64url')}`;
    if (this.#granters.add(hashOf(password), granter) === undefined) throw new ServerError('busy');
    return password;
  }

  /** Whether it is one of the user's; from now on it is none. */
  async take(uid: number, password: string): Promise<boolean> {
    const key = hashOf(password);
    const granter = this.#granters.get(key);
    if (granter?.uid !== uid) return false;
    this.#granters.delete(key);
    return this.isGranted(granter);
  }

  /** Whether the granter may still let anybody in. */
  async isGranted({ tokenHash }: Granter): Promise<boolean> {
    if (!tokenHash) return true;
    try {
      await this.#tokens.verifyHash(tokenHash);
      return true;
    } catch (error) {
      if (error instanceof ServerError) return false;
      throw error;
    }
  }
}

function hashOf(password: string): string {
  return createHash('sha256').update(password).digest('base64url');
}
