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
import type { RosterService } from '../roster/roster-service.ts';
import type { Passwords } from '../token/passwords.ts';
import type { Bearer, TokenService } from '../token/token-service.ts';
import { checkAvatar, checkPassword, cleanUsername } from './account-rules.ts';
import { readSettings, type SettingsChange } from './user-settings.ts';
import type { Account, AccountName, ProfileChange, UserStore } from './user-store.ts';

export type { Account, AccountName };

/** Changes that all friends are told of: a roster full of them is thousands of writes. */
const visibleChangesPerMin = 30;

interface Parts {
  store: UserStore;
  apps: AppService;
  passwords: Passwords;
  tokens: TokenService;
  roster: RosterService;
  delivery: Delivery;
  clock: () => number;
}

/** Accounts: making one, what it shows, how it behaves, its password. */
export class UserService {
  readonly #parts: Parts;
  readonly #visibleChanges: AttemptLimit;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#visibleChanges = new AttemptLimit(visibleChangesPerMin, parts.clock);
  }

  async register(appId: string, name: string, password: string): Promise<UserSettings> {
    const { store, apps, passwords, clock } = this.#parts;
    if (!apps.normal(appId).openRegistration) throw new ServerError('registrationClosed');
    const username = cleanUsername(name);
    checkPassword(password);
    if (await store.isTaken(appId, username)) throw new ServerError('userExists');
    const passwordHash = await passwords.hash(password);
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

  /** Changes what is given. The user's devices hear of it, and his friends if they can see it. */
  async changeProfile(uid: number, wanted: ProfileChange): Promise<void> {
    const { store, roster, delivery } = this.#parts;
    if (wanted.avatar !== undefined) checkAvatar(wanted.avatar);
    const change = difference(await store.profile(uid), wanted);
    if (Object.keys(change).length === 0) return;
    const { nick_name, avatar, public_info } = change;
    const visible = withoutAbsent({ nick_name, avatar, public_info });
    const isVisible = Object.keys(visible).length > 0;
    if (isVisible && !this.#visibleChanges.take(String(uid))) throw new ServerError('tooManyAttempts');
    const notices = isVisible ? await roster.changeNotices(uid, visible) : [];
    await store.write['user.changeProfile']({ uid, change, notices }, (placed) => delivery.deliver(notices, placed));
    this.#tellOwnDevices(uid);
  }

  async settings(uid: number): Promise<UserSettings> {
    return readSettings(uid, await this.#parts.store.settings(uid));
  }

  async changeSettings(uid: number, change: SettingsChange): Promise<void> {
    await this.#parts.store.write['user.changeSettings']({ uid, change });
    this.#tellOwnDevices(uid);
  }

  /** Ends every token but the bearer's, and their sessions. */
  async changePassword(bearer: Bearer, oldPassword: string, newPassword: string): Promise<void> {
    const { store, passwords, tokens } = this.#parts;
    const { uid, appId, tokenHash } = bearer;
    checkPassword(newPassword);
    const account = await store.account(appId, { uid });
    const attempt = { account: `change ${uid}`, from: Buffer.from(tokenHash).toString('hex') };
    const isRight = await passwords.check(attempt, account?.passwordHash, oldPassword);
    if (!account || !isRight) throw new ServerError('wrongPassword');
    await tokens.changePassword(bearer, account.passwordHash, await passwords.hash(newPassword));
  }

  #tellOwnDevices(uid: number): void {
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

function withoutAbsent<T extends object>(given: T): Partial<T> {
  return difference({} as T, given);
}
