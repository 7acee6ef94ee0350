import {
  encodeUserNotice,
  Namespace,
  systemConversation,
  UserNoticeType,
  type UserProfile,
  type UserSettings,
} from '@flooim/protocol';
import type { AppService } from '../app/app-service.ts';
import { AttemptLimit } from '../attempt-limit.ts';
import type { Delivery } from '../delivery/delivery.ts';
import { ServerError } from '../error.ts';
import type { Passwords } from '../token/passwords.ts';
import type { Bearer, TokenService } from '../token/token-service.ts';
import { checkAvatar, checkMobile, checkPassword, cleanUsername } from './account-rules.ts';
import { type ProfileChange, visibleOf } from './profile.ts';
import { readSettings, type SettingsChange } from './user-settings.ts';
import type { Account, AccountName, UserStore } from './user-store.ts';

export type { Account, AccountName };

/**
 * Changes that all friends are told of: a roster full of them is thousands of writes. And of the number, whose answer tells
 * whether somebody else has it.
 */
const notableChangesPerMin = 30;

interface Parts {
  store: UserStore;
  apps: AppService;
  passwords: Passwords;
  tokens: TokenService;
  delivery: Delivery;
  clock: () => number;
}

/** Accounts: making one, what it shows, how it behaves, its password. */
export class UserService {
  readonly #parts: Parts;
  readonly #notableChanges: AttemptLimit;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#notableChanges = new AttemptLimit(notableChangesPerMin, parts.clock);
  }

  async register(appId: string, name: string, password: string): Promise<UserSettings> {
    if (!this.#parts.apps.normal(appId).openRegistration) throw new ServerError('registrationClosed');
    return this.create(appId, name, password, 'person');
  }

  /** As `register`, also where registration is closed. */
  async create(
    appId: string,
    name: string,
    password: string,
    by: 'person' | 'service' = 'service',
  ): Promise<UserSettings> {
    const { store, passwords, clock } = this.#parts;
    const username = cleanUsername(name);
    checkPassword(password);
    if (await store.isTaken(appId, username)) throw new ServerError('userExists');
    const passwordHash = await passwords.hash(appId, password, by);
    const result = await store.write['user.create']({ appId, username, passwordHash, time: clock() });
    if ('refused' in result) throw new ServerError(result.refused);
    return readSettings(result.uid, '{}');
  }

  /** Refuses a name that nobody could register now. */
  async checkName(appId: string, name: string): Promise<void> {
    if (await this.#parts.store.isTaken(appId, cleanUsername(name))) throw new ServerError('usernameTaken');
  }

  account(appId: string, name: AccountName): Promise<Account | undefined> {
    return this.#parts.store.account(appId, name);
  }

  /** The user's own, with what only he may see. */
  async profile(uid: number): Promise<UserProfile> {
    const profile = await this.#parts.store.profile(uid);
    const filled = Object.entries(profile).filter(([, value]) => value !== '');
    return { user_id: uid, username: profile.username, ...Object.fromEntries(filled) };
  }

  /**
   * Changes what is given. The user's devices hear of it, and his friends if they can see it. `endsShown`: also where that takes
   * away a number that he has shown to be his.
   */
  async changeProfile(uid: number, wanted: ProfileChange, endsShown = false): Promise<void> {
    const { store, delivery, clock } = this.#parts;
    const change = difference(await store.profile(uid), checked(wanted));
    if (Object.keys(change).length === 0) return;
    const isNotable = change.mobile !== undefined || Object.keys(visibleOf(change)).length > 0;
    if (isNotable) this.#notableChanges.spend(String(uid));
    const result = await store.write['user.changeProfile']({ uid, change, time: clock(), endsShown }, (done) => {
      if ('appended' in done) for (const { entry, placed } of done.appended) delivery.deliverOne(entry, placed);
    });
    if ('refused' in result) throw new ServerError(result.refused);
    this.tellOwnDevices(uid);
  }

  async settings(uid: number): Promise<UserSettings> {
    return readSettings(uid, await this.#parts.store.settings(uid));
  }

  async changeSettings(uid: number, change: SettingsChange): Promise<void> {
    const isChanged = await this.#parts.store.write['user.changeSettings']({ uid, change });
    if (isChanged) this.tellOwnDevices(uid);
  }

  /** Ends every token but the bearer's, and their sessions. */
  async changePassword(bearer: Bearer, oldPassword: string, newPassword: string): Promise<void> {
    const { passwords, tokens } = this.#parts;
    checkPassword(newPassword);
    const { passwordHash } = await this.confirm(bearer, oldPassword);
    await tokens.changePassword(bearer, passwordHash, await passwords.hash(bearer.appId, newPassword));
  }

  /** The bearer's account; throws unless it is his password. */
  async confirm({ uid, appId, tokenHash }: Bearer, password: string): Promise<Account> {
    const { store, passwords } = this.#parts;
    const account = await store.account(appId, { uid });
    const attempt = { appId, account: `change ${uid}`, from: Buffer.from(tokenHash).toString('hex') };
    const isRight = await passwords.check(attempt, account?.passwordHash, password);
    if (!account || !isRight) throw new ServerError('wrongPassword');
    return account;
  }

  /** Gives the user another password without asking for the old one, and ends all his tokens. */
  async setPassword(appId: string, uid: number, password: string): Promise<void> {
    const { store, passwords, tokens } = this.#parts;
    checkPassword(password);
    const newHash = await passwords.hash(appId, password, 'service');
    const account = await store.account(appId, { uid });
    if (!account) throw new ServerError('userNotFound');
    await tokens.changePassword({ uid, tokenHash: new Uint8Array(0) }, account.passwordHash, newHash);
  }

  /** That the profile or the settings have changed. */
  tellOwnDevices(uid: number): void {
    this.#parts.delivery.pushTransient({
      uid,
      peer: systemConversation,
      fromUid: uid,
      fromDevice: 0,
      ns: Namespace.USER_NOTICE,
      payload: encodeUserNotice({ type: UserNoticeType.INFO_UPDATED }),
    });
  }
}

/** The wanted values that are not so already. */
function difference<T extends object>(now: T, wanted: Partial<T>): Partial<T> {
  const entries = Object.entries(wanted).filter(([key, value]) => value !== undefined && now[key as keyof T] !== value);
  return Object.fromEntries(entries) as Partial<T>;
}

/** What was asked for as it is kept; throws by what it breaks. */
function checked({ username, ...wanted }: ProfileChange): ProfileChange {
  if (wanted.avatar !== undefined) checkAvatar(wanted.avatar);
  if (wanted.mobile !== undefined) checkMobile(wanted.mobile);
  return username === undefined ? wanted : { ...wanted, username: cleanUsername(username) };
}
