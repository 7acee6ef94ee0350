import type { TokenGrant } from '@flooim/protocol';
import type { AppService } from '../app/app-service.ts';
import { ServerError } from '../error.ts';
import type { Account, AccountName, UserService } from '../user/user-service.ts';
import { UserStatus } from '../user/user-status.ts';
import type { OneTimePasswords } from './one-time-passwords.ts';
import type { Passwords } from './passwords.ts';
import type { TokenService } from './token-service.ts';

interface Parts {
  apps: AppService;
  users: UserService;
  passwords: Passwords;
  oneTimePasswords: OneTimePasswords;
  tokens: TokenService;
}

/** Who asks for a token, before anybody knows which user he is. */
interface Visitor {
  appId: string;
  network: string;
}

/** From a name and a password to a token. */
export class LoginService {
  readonly #apps: AppService;
  readonly #users: UserService;
  readonly #passwords: Passwords;
  readonly #oneTimePasswords: OneTimePasswords;
  readonly #tokens: TokenService;

  constructor(parts: Parts) {
    this.#apps = parts.apps;
    this.#users = parts.users;
    this.#passwords = parts.passwords;
    this.#oneTimePasswords = parts.oneTimePasswords;
    this.#tokens = parts.tokens;
  }

  /** An unknown user and a wrong password look the same, also in time. */
  async login({ appId, network }: Visitor, name: AccountName, password: string, deviceGuid = ''): Promise<TokenGrant> {
    const account = await this.#users.account(appId, name);
    const isGranted = account !== undefined && (await this.#oneTimePasswords.take(account.uid, password));
    const isRight = isGranted || (await this.#isOwn({ appId, network }, name, account, password));
    if (!account || !isRight) throw new ServerError('loginRejected');
    if (account.status === UserStatus.disabled) throw new ServerError('userFrozen');
    this.#apps.admit(appId, account.uid);
    return this.#tokens.issue(account.uid, deviceGuid, account.passwordHash);
  }

  #isOwn(
    { appId, network }: Visitor,
    name: AccountName,
    account: Account | undefined,
    password: string,
  ): Promise<boolean> {
    const wanted = account ? String(account.uid) : `${appId} ${Object.values(name).join(' ').toLowerCase()}`;
    const attempt = { appId, account: `login ${wanted}`, from: network };
    return this.#passwords.check(attempt, account?.passwordHash, password);
  }
}
