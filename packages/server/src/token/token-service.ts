import { createHash, createHmac, randomBytes } from 'node:crypto';
import { limits, type TokenGrant, UserNoticeType } from '@flooim/protocol';
import type { AppService } from '../app/app-service.ts';
import { BoundedCache } from '../bounded-cache.ts';
import type { Secrets } from '../data-folder.ts';
import type { Delivery } from '../delivery/delivery.ts';
import { ServerError } from '../error.ts';
import { UserStatus } from '../user/user-status.ts';
import type { TokenRecord, TokenStore } from './token-store.ts';

/** Whom a token stands for. */
export interface Bearer {
  uid: number;
  appId: string;
  /** The device that the token belongs to; empty until it said so, at login or when it connected. */
  deviceGuid: string;
  tokenHash: Uint8Array;
}

interface Parts {
  store: TokenStore;
  apps: AppService;
  secrets: Secrets;
  delivery: Delivery;
  clock: () => number;
}

/** A letter, so that it never parses as JSON, and 256 random bits. */
const shape = /^t[\w-]{43}$/;
const cachedTokens = 50_000;

/** Opaque tokens: only their SHA-256 is kept. With a token end the sessions that signed in with it. */
export class TokenService {
  readonly #store: TokenStore;
  readonly #apps: AppService;
  readonly #secrets: Secrets;
  readonly #delivery: Delivery;
  readonly #clock: () => number;
  readonly #records = new BoundedCache<string, TokenRecord>(cachedTokens);

  constructor(parts: Parts) {
    this.#store = parts.store;
    this.#apps = parts.apps;
    this.#secrets = parts.secrets;
    this.#delivery = parts.delivery;
    this.#clock = parts.clock;
  }

  /** `passwordHash` is what the login checked: a password changed since then lets nobody in. */
  async issue(uid: number, deviceGuid: string, passwordHash?: string): Promise<TokenGrant> {
    const token = `t${randomBytes(32).toString('base64url')}`;
    const hash = hashOf(token);
    const createdAt = this.#clock();
    const expiresAt = createdAt + limits.tokenTtlMs;
    const granted = { hash, uid, deviceGuid, passwordHash, expiresAt, createdAt };
    const created = await this.#store.write['token.create'](granted, (ended) => {
      if (ended !== 'passwordChanged') this.#end(uid, ended);
    });
    if (created === 'passwordChanged') throw new ServerError('loginRejected');
    return {
      user_id: uid,
      token,
      expire: expiresAt,
      store_token: this.#derive('store', hash),
      access_key_secret: this.#derive('access', hash),
      public_key: this.#derive('public', hash),
      encrypt_type: 0,
      ...(deviceGuid && { push_token: this.#derive('push', hash) }),
    };
  }

  /** Whom the token of a request stands for, which must be of this app. */
  async verify(appId: string, token: string): Promise<Bearer> {
    if (!token) throw new ServerError('tokenMissing');
    if (!shape.test(token)) throw new ServerError('tokenForeign');
    const bearer = await this.verifyAny(token);
    if (bearer.appId !== appId) throw new ServerError('tokenForeign');
    return bearer;
  }

  /** Whom a token stands for, of whichever app. */
  async verifyAny(token: string): Promise<Bearer> {
    if (!shape.test(token)) throw new ServerError('tokenInvalid');
    const tokenHash = hashOf(token);
    const key = keyOf(tokenHash);
    const record = this.#records.get(key) ?? (await this.#records.load(key, () => this.#store.find(tokenHash)));
    if (!record || record.expiresAt <= this.#clock()) throw new ServerError('tokenInvalid');
    if (record.userStatus === UserStatus.disabled) throw new ServerError('userFrozen');
    if (record.userStatus !== UserStatus.normal) throw new ServerError('tokenInvalid');
    this.#apps.normal(record.appId);
    return { uid: record.uid, appId: record.appId, deviceGuid: record.deviceGuid, tokenHash };
  }

  /** Notes which device connects with the token: what it asks for over REST is then known to come from it. */
  async bindDevice({ tokenHash, deviceGuid }: Bearer, connected: string): Promise<void> {
    if (connected === deviceGuid) return;
    await this.#store.write['token.bindDevice']({ hash: tokenHash, deviceGuid: connected });
    this.#forget([tokenHash]);
  }

  /** Puts another password in the place of the one that was checked, and ends every token but the bearer's. */
  async changePassword({ uid, tokenHash }: Bearer, oldHash: string, newHash: string): Promise<void> {
    const change = { uid, oldHash, newHash, exceptToken: tokenHash };
    const own = keyOf(tokenHash);
    const result = await this.#store.write['token.changePassword'](change, (changed) => {
      if ('refused' in changed) return;
      this.#forget(changed.ended);
      const isOther = (session: { tokenHash: string }) => session.tokenHash !== own;
      this.#delivery.endSessions(uid, 'passwordChanged', UserNoticeType.PASSWORD_CHANGED, isOther);
    });
    if ('refused' in result) throw new ServerError(result.refused);
  }

  /** Ends the bearer's token. */
  async revoke({ uid, tokenHash }: Bearer): Promise<void> {
    await this.#store.write['token.end']({ hash: tokenHash }, () => this.#end(uid, [tokenHash]));
  }

  /** Ends all tokens of a user. */
  async revokeAll(uid: number): Promise<void> {
    await this.#store.write['token.endAll']({ uid }, (ended) => this.#end(uid, ended));
  }

  /** Makes tokens that are gone from the database stop working here, for requests and for sessions. */
  #end(uid: number, hashes: readonly Uint8Array[]): void {
    this.#forget(hashes);
    const ended = new Set(hashes.map(keyOf));
    if (ended.size === 0) return;
    this.#delivery.endSessions(uid, 'tokenInvalid', undefined, (session) => ended.has(session.tokenHash));
  }

  #forget(hashes: readonly Uint8Array[]): void {
    for (const hash of hashes) this.#records.delete(keyOf(hash));
  }

  /** A credential that belongs to a token and tells nothing of it. */
  #derive(purpose: string, tokenHash: Uint8Array): string {
    const mac = createHmac('sha256', this.#secrets.key).update(purpose).update(tokenHash);
    return `${purpose[0]}${mac.digest('base64url')}`;
  }
}

function hashOf(token: string): Uint8Array {
  return createHash('sha256').update(token).digest();
}

/** As sessions keep it. */
function keyOf(hash: Uint8Array): string {
  return Buffer.from(hash.buffer, hash.byteOffset, hash.length).toString('hex');
}
