import { createHash, randomBytes } from 'node:crypto';
import { limits } from '@flooim/protocol';
import type { AdminTokenService } from '../admin/admin-token-service.ts';
import { ServerError } from '../error.ts';
import { ExpiringMap } from './expiring-map.ts';
import type { TokenService } from './token-service.ts';

/** Who lets somebody in. */
export type Granter = TokenGranter | SelfGranter;

export interface TokenGranter {
  uid: number;
  /** The token by which he said so, or an administrator for him: with it ends what it granted. */
  tokenHash: Uint8Array;
  isAdmin: boolean;
}

/** Somebody without a token, who has shown by something else who he is, such as his number. */
export interface SelfGranter {
  uid: number;
  /** Whether what he has shown still holds. */
  holds(): Promise<boolean>;
}

interface Parts {
  tokens: TokenService;
  adminTokens: AdminTokenService;
  clock: () => number;
}

const passwordsAtOnce = 100_000;

/** Passwords that work for one login, a short time, and change nothing about the user's own. Only their SHA-256 is kept. */
export class OneTimePasswords {
  readonly #tokens: TokenService;
  readonly #adminTokens: AdminTokenService;
  readonly #granters: ExpiringMap<Granter>;

  constructor({ tokens, adminTokens, clock }: Parts) {
    this.#tokens = tokens;
    this.#adminTokens = adminTokens;
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
  async isGranted(granter: Granter): Promise<boolean> {
    if ('holds' in granter) return granter.holds();
    const { tokenHash, isAdmin } = granter;
    if (isAdmin) return (await this.#adminTokens.holder(tokenHash)) !== undefined;
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
