import { randomBytes } from 'node:crypto';
import { type LoginCode, type LoginCodeAnswer, limits } from '@flooim/protocol';
import { ServerError } from '../error.ts';
import type { UserService } from '../user/user-service.ts';
import { ExpiringMap } from './expiring-map.ts';
import type { Granter, OneTimePasswords } from './one-time-passwords.ts';

/** Codes at once; a stranger is given only so many a minute. */
const codesAtOnce = 100_000;

interface Waiting {
  appId: string;
  /** Who lets in the device that shows the code; absent until then. */
  granter?: Granter;
}

interface Parts {
  users: UserService;
  oneTimePasswords: OneTimePasswords;
  clock: () => number;
}

/** Logins that another device of the user confirms. A code is random and short-lived, and gives one password once. */
export class LoginCodeService {
  readonly #users: UserService;
  readonly #oneTimePasswords: OneTimePasswords;
  readonly #codes: ExpiringMap<Waiting>;

  constructor({ users, oneTimePasswords, clock }: Parts) {
    this.#users = users;
    this.#oneTimePasswords = oneTimePasswords;
    this.#codes = new ExpiringMap({ ttlMs: limits.loginCodeTtlMs, size: codesAtOnce, clock });
  }

  /** A new code. `door`: the URL of the server, as clients reach it. */
  create(appId: string, door: string): LoginCode {
    const code = randomBytes(32).toString('base64url');
    const expired = this.#codes.add(code, { appId });
    if (expired === undefined) throw new ServerError('busy');
    return { qr_code: code, qrcode_id: code, url: `${door}/#/login-code/${code}`, expired };
  }

  /** Lets the device in that shows the code. Saying so twice is saying it once. */
  confirm(appId: string, code: string, granter: Granter): void {
    const waiting = this.#find(appId, code);
    if (waiting.granter && waiting.granter.uid !== granter.uid) throw new ServerError('loginCodeInvalid');
    waiting.granter = granter;
  }

  /** Nothing while the code waits; once it is confirmed, what to log in with, and the code is used up. */
  async answer(appId: string, code: string): Promise<LoginCodeAnswer> {
    const { granter } = this.#find(appId, code);
    if (!granter) return {};
    this.#codes.delete(code);
    if (!(await this.#oneTimePasswords.isGranted(granter))) throw new ServerError('loginCodeInvalid');
    const { username } = await this.#users.profile(granter.uid);
    return { user_id: granter.uid, username, password: this.#oneTimePasswords.create(granter) };
  }

  #find(appId: string, code: string): Waiting {
    const waiting = this.#codes.get(code);
    if (waiting?.appId !== appId) throw new ServerError('loginCodeInvalid');
    return waiting;
  }
}
