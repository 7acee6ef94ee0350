import type { TokenGrant } from '@flooim/protocol';
import { ServerError } from '../error.ts';
import type { AccountName, UserService } from '../user/user-service.ts';
import { UserStatus } from '../user/user-status.ts';
import type { Passwords } from './passwords.ts';
import type { TokenService } from './token-service.ts';

interface Parts {
  users: UserService;
  passwords: Passwords;
  tokens: TokenService;
}

/** Who asks for a token, before anybody knows which user he is. */
interface Visitor {
  appId: string;
  network: string;
}

/** From a name and a password to a token. */
export class LoginService {
  readonly #users: UserService;
  readonly #passwords: Passwords;
  readonly #tokens: TokenService;

  constructor(parts: Parts) {
    this.#users = parts.users;
    this.#passwords = parts.passwords;
    this.#tokens = parts.tokens;
  }

  /** An unknown user and a wrong password look the same, also in time. */
  async login({ appId, network }: Visitor, name: AccountName, password: string, deviceGuid = ''): Promise<TokenGrant> {
    const account = await this.#users.account(appId, name);
    const wanted = account ? String(account.uid) : `${appId} ${Object.values(name).join(' ').toLowerCase()}`;
    const attempt = { account: `login ${wanted}`, from: network };
    const isRight = await this.#passwords.check(attempt, account?.passwordHash, password);
    if (!account || !isRight) throw new ServerError('loginRejected');
    if (account.status === UserStatus.disabled) throw new ServerError('userFrozen');
    return this.#tokens.issue(account.uid, deviceGuid, account.passwordHash);
  }
}
