import { randomBytes } from 'node:crypto';
import { limits, type OfficialAccountCode, type WeChatLogin } from '@flooim/protocol';
import { AttemptLimit } from '../attempt-limit.ts';
import { ServerError } from '../error.ts';
import { ExpiringMap } from '../token/expiring-map.ts';
import type { OneTimePasswords } from '../token/one-time-passwords.ts';
import type { UserService } from '../user/user-service.ts';
import { UserStatus } from '../user/user-status.ts';
import type { MiniProgramPage, WeChatProvider } from './wechat-provider.ts';
import { type OpenId, WeChatKind, type WeChatStore } from './wechat-store.ts';

export { WeChatKind };

/** Codes that are shown, codes of scans and open ids at once, each. */
const keptAtOnce = 100_000;
/** Links that one user has made: each is asked of WeChat. */
const linksPerMin = 20;
/** Deployed clients ask once a second whether a code was scanned; WeChat is asked no more often than this, whoever asks. */
const scanEveryMs = 500;
/** Whoever waits for WeChat longer has gone. */
const answerWithinMs = 15_000;

/** A code that is shown. */
interface Shown {
  appId: string;
  /** What its scan gave; absent until then. */
  code?: string;
  /** When WeChat was last asked; 0: never. */
  askedAt: number;
}

interface User {
  appId: string;
  uid: number;
}

interface Parts {
  /** Undefined: there is no way to WeChat. */
  provider: WeChatProvider | undefined;
  store: WeChatStore;
  users: UserService;
  oneTimePasswords: OneTimePasswords;
  clock: () => number;
}

/**
 * Who signs in with WeChat. What clients are told for an open id, and give back to bind it, is a secret of the one who came: open
 * ids are none.
 */
export class WeChatService {
  readonly #parts: Parts;
  readonly #shown: ExpiringMap<Shown>;
  readonly #scans: ExpiringMap<OpenId>;
  /** By what clients were told for them. */
  readonly #seen: ExpiringMap<OpenId>;
  readonly #links: AttemptLimit;

  constructor(parts: Parts) {
    const kept = { ttlMs: limits.weChatTtlMs, size: keptAtOnce, clock: parts.clock };
    this.#parts = parts;
    this.#shown = new ExpiringMap(kept);
    this.#scans = new ExpiringMap(kept);
    this.#seen = new ExpiringMap(kept);
    this.#links = new AttemptLimit(linksPerMin, parts.clock);
  }

  urlLink({ appId, uid }: User, page: MiniProgramPage): Promise<string> {
    return this.#ask((provider) => {
      this.#links.spend(String(uid));
      return provider.urlLink(appId, page);
    });
  }

  /** By a code that WeChat gave to the mini-program. */
  async login(appId: string, code: string): Promise<WeChatLogin> {
    const openId = await this.#ask((provider) => provider.openIdOf(appId, code));
    if (!openId) throw new ServerError('loginCodeInvalid');
    const known = { appId, kind: WeChatKind.miniProgram, openId };
    // Clients take an open id here for one that is not bound yet.
    return (await this.#grant(known)) ?? this.#see(known);
  }

  /** A new code for the official account. */
  async show(appId: string): Promise<OfficialAccountCode> {
    const scene = randomBytes(24).toString('hex');
    const expired = this.#parts.clock() + limits.weChatTtlMs;
    const url = await this.#ask((provider) => provider.officialAccountCode(appId, scene, expired));
    if (this.#shown.add(scene, { appId, askedAt: 0 }) === undefined) throw new ServerError('busy');
    return { qrcode_id: scene, url, expired };
  }

  /** The code of the scan, once there is one: the same each time, since an answer may be lost. */
  async scan(appId: string, scene: string): Promise<string> {
    this.#requireProvider();
    const shown = this.#shown.get(scene);
    if (shown?.appId !== appId) throw new ServerError('loginCodeInvalid');
    if (shown.code) return shown.code;
    const now = this.#parts.clock();
    if (now - shown.askedAt < scanEveryMs) throw new ServerError('scanPending');
    shown.askedAt = now;
    const openId = await this.#ask((provider) => provider.scannedBy(appId, scene));
    if (!openId) throw new ServerError('scanPending');
    shown.code ??= this.#noteScan({ appId, kind: WeChatKind.officialAccount, openId });
    return shown.code;
  }

  /** By the code of a scan, which is used up. */
  async loginByScan(appId: string, code: string): Promise<WeChatLogin> {
    this.#requireProvider();
    const known = this.#scans.get(code);
    if (known?.appId !== appId) throw new ServerError('loginCodeInvalid');
    this.#scans.delete(code);
    const granted = await this.#grant(known);
    return { ...this.#see(known), ...granted };
  }

  /** `told`: what the client was told a few minutes ago. */
  async bind({ appId, uid }: User, told: string): Promise<void> {
    this.#requireProvider();
    const known = this.#seen.get(told);
    if (known?.appId !== appId) throw new ServerError('openIdUnknown');
    const { store, clock } = this.#parts;
    const { refused } = await store.write['openId.bind']({ ...known, uid, time: clock() });
    if (refused) throw new ServerError(refused);
    this.#seen.delete(told);
  }

  async unbind(uid: number): Promise<void> {
    this.#requireProvider();
    await this.#parts.store.write['openId.unbind']({ uid });
  }

  /** Refuses a user to whom nothing of this kind is bound, or nothing at all. */
  async requireBound(uid: number, kind?: WeChatKind): Promise<void> {
    this.#requireProvider();
    const kinds = await this.#parts.store.kindsOf(uid);
    if (kind === undefined ? kinds.length === 0 : !kinds.includes(kind)) throw new ServerError('openIdNotBound');
  }

  /** Undefined: nobody has bound it. */
  async #grant(known: OpenId): Promise<WeChatLogin | undefined> {
    const { store, users, oneTimePasswords } = this.#parts;
    const uid = await store.userOf(known);
    const account = uid === undefined ? undefined : await users.account(known.appId, { uid });
    if (!account) return undefined;
    if (account.status === UserStatus.disabled) throw new ServerError('userFrozen');
    const { username } = await users.profile(account.uid);
    const holds = async () => (await store.userOf(known)) === account.uid;
    return { user_id: account.uid, username, password: oneTimePasswords.create({ uid: account.uid, holds }) };
  }

  #see(known: OpenId): WeChatLogin {
    const openid = `o${randomBytes(24).toString('base64url')}`;
    if (this.#seen.add(openid, known) === undefined) throw new ServerError('busy');
    return { openid };
  }

  #noteScan(known: OpenId): string {
    const code = randomBytes(32).toString('base64url');
    if (this.#scans.add(code, known) === undefined) throw new ServerError('busy');
    return code;
  }

  #requireProvider(): WeChatProvider {
    const { provider } = this.#parts;
    if (!provider) throw new ServerError('notAvailable', 'WeChat');
    return provider;
  }

  async #ask<T>(question: (provider: WeChatProvider) => Promise<T>): Promise<T> {
    const provider = this.#requireProvider();
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('WeChat does not answer')), answerWithinMs);
    });
    try {
      return await Promise.race([question(provider), tooLate]);
    } finally {
      clearTimeout(timer);
    }
  }
}
