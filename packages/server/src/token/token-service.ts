import { createHmac, hash as hashAtOnce, randomBytes, timingSafeEqual } from 'node:crypto';
import { type CloseName, limits, type TokenGrant, UserNoticeType } from '@flooim/protocol';
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

/** Whom a token stands for, and how long. */
export interface Verified extends Bearer {
  /** Milliseconds since the epoch. */
  expiresAt: number;
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
/** The token's hash and what shows that we made it. */
const storeShape = /^s[\w-]{86}$/;
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
    const created = await this.#store.write['token.create'](granted, (done) => {
      if ('ended' in done) this.ended(uid, done.ended);
    });
    if ('refused' in created) throw new ServerError(created.refused);
    return {
      user_id: uid,
      token,
      expire: expiresAt,
      store_token: this.storeToken(hash),
      access_key_secret: this.#derive('access', hash),
      public_key: this.#derive('public', hash),
      encrypt_type: 0,
      ...(deviceGuid && { push_token: this.#derive('push', hash) }),
    };
  }

  /** Whom the token of a request stands for, which must be of this app. */
  async verify(appId: string, token: string): Promise<Verified> {
    const bearer = await this.verifyAny(token);
    if (bearer.appId !== appId) throw new ServerError('tokenForeign');
    return bearer;
  }

  /** Whom a token stands for, of whichever app. */
  async verifyAny(token: string): Promise<Verified> {
    if (!token) throw new ServerError('tokenMissing');
    // Deployed clients keep the token of the service that was here before: only this code makes them log in again.
    if (!shape.test(token)) throw new ServerError('tokenInvalid');
    return this.verifyHash(hashOf(token));
  }

  /** The user of a token that was used lately, without looking for it: by whom a request is counted before it is served. */
  knownUser(token: string): number | undefined {
    return shape.test(token) ? this.#records.get(keyOf(hashOf(token)))?.uid : undefined;
  }

  /** As `verifyAny`, for a token of which only the SHA-256 is known. */
  async verifyHash(tokenHash: Uint8Array): Promise<Verified> {
    const key = keyOf(tokenHash);
    const record = this.#records.get(key) ?? (await this.#records.load(key, () => this.#store.find(tokenHash)));
    if (!record || record.expiresAt <= this.#clock()) throw new ServerError('tokenInvalid');
    if (record.userStatus === UserStatus.disabled) throw new ServerError('userFrozen');
    if (record.userStatus !== UserStatus.normal) throw new ServerError('tokenInvalid');
    this.#apps.admit(record.appId, record.uid);
    const { uid, appId, deviceGuid, expiresAt } = record;
    return { uid, appId, deviceGuid, tokenHash, expiresAt };
  }

  /** The credential that opens files and nothing else, for as long as the token lives. */
  storeToken(tokenHash: Uint8Array): string {
    return `s${Buffer.concat([tokenHash, this.#mac('store', tokenHash)]).toString('base64url')}`;
  }

  /** As `verifyAny`, for the credential of files. */
  async verifyStoreToken(storeToken: string): Promise<Verified> {
    const tokenHash = this.#hashIn(storeToken);
    if (!tokenHash) throw new ServerError('tokenInvalid');
    return this.verifyHash(tokenHash);
  }

  /** As `knownUser`, for the credential of files. */
  knownUserOfFiles(storeToken: string): number | undefined {
    const tokenHash = this.#hashIn(storeToken);
    return tokenHash && this.#records.get(keyOf(tokenHash))?.uid;
  }

  /** Undefined for what is not ours. */
  #hashIn(storeToken: string): Uint8Array | undefined {
    if (!storeShape.test(storeToken)) return undefined;
    const bytes = Buffer.from(storeToken.slice(1), 'base64url');
    const [tokenHash, mac] = [bytes.subarray(0, 32), bytes.subarray(32)];
    return timingSafeEqual(mac, this.#mac('store', tokenHash)) ? tokenHash : undefined;
  }

  /** Notes which device connects with the token: what it asks for over REST is then known to come from it. */
  async bindDevice({ tokenHash, deviceGuid }: Bearer, connected: string): Promise<void> {
    if (connected === deviceGuid) return;
    await this.#store.write['token.bindDevice']({ hash: tokenHash, deviceGuid: connected });
    this.#forget([tokenHash]);
  }

  /** Puts another password in the place of the one that was checked, and ends every token but the bearer's. */
  async changePassword(
    { uid, tokenHash }: Pick<Bearer, 'uid' | 'tokenHash'>,
    oldHash: string,
    newHash: string,
  ): Promise<void> {
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
    await this.#store.write['token.end']({ hash: tokenHash }, () => this.ended(uid, [tokenHash]));
  }

  /** Ends all tokens of a user; his sessions hear why. */
  async revokeAll(uid: number, close?: CloseName, notice?: UserNoticeType): Promise<void> {
    await this.#store.write['token.endAll']({ uid }, (ended) => this.ended(uid, ended, close, notice));
  }

  /** Makes tokens that are gone from the database stop working here, for requests and for sessions, which hear why. */
  ended(uid: number, hashes: readonly Uint8Array[], close: CloseName = 'tokenInvalid', notice?: UserNoticeType): void {
    this.#forget(hashes);
    const ended = new Set(hashes.map(keyOf));
    if (ended.size === 0) return;
    this.#delivery.endSessions(uid, close, notice, (session) => ended.has(session.tokenHash));
  }

  #forget(hashes: readonly Uint8Array[]): void {
    for (const hash of hashes) this.#records.delete(keyOf(hash));
  }

  /** A credential that belongs to a token and tells nothing of it. */
  #derive(purpose: string, tokenHash: Uint8Array): string {
    return `${purpose[0]}${this.#mac(purpose, tokenHash).toString('base64url')}`;
  }

  #mac(purpose: string, tokenHash: Uint8Array): Buffer {
    return createHmac('sha256', this.#secrets.key).update(purpose).update(tokenHash).digest();
  }
}

function hashOf(token: string): Uint8Array {
  return hashAtOnce('sha256', token, 'buffer');
}

/** As sessions keep it. */
function keyOf(hash: Uint8Array): string {
  return Buffer.from(hash.buffer, hash.byteOffset, hash.length).toString('hex');
}
