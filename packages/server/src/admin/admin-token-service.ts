import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { BoundedCache } from '../bounded-cache.ts';
import type { Secrets } from '../data-folder.ts';
import type { AdminTokenStore } from './admin-token-store.ts';

/** Whose service calls: one app's, or whoever runs the server, who administers every app. */
export type Administrator = { tokenHash: Uint8Array } & ({ kind: 'app'; appId: string } | { kind: 'operator' });

/** A letter, so that it never parses as JSON, and 256 random bits. */
const shape = /^[ao][\w-]{43}$/;
const cachedTokens = 10_000;

/** The tokens with which services administer an app, and the one with which the operator administers the server. */
export class AdminTokenService {
  readonly #store: AdminTokenStore;
  readonly #operatorHash: Buffer;
  readonly #clock: () => number;
  /** The app by the hash. */
  readonly #apps = new BoundedCache<string, string>(cachedTokens);

  constructor(store: AdminTokenStore, { operatorToken }: Pick<Secrets, 'operatorToken'>, clock: () => number) {
    this.#store = store;
    this.#operatorHash = hashOf(operatorToken);
    this.#clock = clock;
  }

  /** Whether it looks like the token of an administrator, which does not say that it is one. */
  hasShape(token: string): boolean {
    return shape.test(token);
  }

  /** Whom the token stands for; undefined: it was never given, or has ended. */
  async administrator(token: string): Promise<Administrator | undefined> {
    return shape.test(token) ? this.holder(hashOf(token)) : undefined;
  }

  /** As `administrator`, for a token of which only the SHA-256 is known. */
  async holder(tokenHash: Uint8Array): Promise<Administrator | undefined> {
    if (timingSafeEqual(tokenHash, this.#operatorHash)) return { kind: 'operator', tokenHash };
    const key = Buffer.from(tokenHash).toString('hex');
    const appId = this.#apps.get(key) ?? (await this.#apps.load(key, () => this.#store.appOf(tokenHash)));
    return appId === undefined ? undefined : { kind: 'app', appId, tokenHash };
  }

  /** Another token for the app, which must exist; nobody can read it later. */
  async create(appId: string): Promise<string> {
    const token = `a${randomBytes(32).toString('base64url')}`;
    await this.#store.write['adminToken.create']({ hash: hashOf(token), appId, time: this.#clock() });
    return token;
  }

  /** Ends all tokens of the app. */
  async endAll(appId: string): Promise<void> {
    await this.#store.write['adminToken.endAll']({ appId }, (ended) => {
      for (const hash of ended) this.#apps.delete(Buffer.from(hash).toString('hex'));
    });
  }
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
