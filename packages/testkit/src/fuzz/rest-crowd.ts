import type { Random } from '../random.ts';
import { callRest } from '../rest.ts';
import type { SeededUser } from '../seed-users.ts';
import type { Operation } from './rest-document.ts';

export interface Caller {
  headers: Record<string, string>;
  /** Whether he may call the endpoint at all. */
  isPermitted: boolean;
  /** He cannot call any more: from now on another user does. */
  end(): void;
}

const callers = 20;
const appId = 'flooim';

/** The users of an app, its administrator and the operator, each with what shows who he is. */
export class Crowd {
  readonly #active: SeededUser[];
  readonly #reserve: SeededUser[];
  readonly #groups: readonly number[];
  readonly #adminToken: string;
  readonly #operatorToken: string;

  private constructor({ users, groups, operatorToken }: CrowdOptions, adminToken: string) {
    this.#active = users.slice(0, callers);
    this.#reserve = users.slice(callers);
    this.#groups = groups;
    this.#adminToken = adminToken;
    this.#operatorToken = operatorToken;
  }

  static async gather(options: CrowdOptions): Promise<Crowd> {
    const { url, operatorToken } = options;
    const { token } = await callRest(url, 'operatorAppToken', { app_id: appId }, { token: operatorToken });
    return new Crowd(options, token);
  }

  /** Mostly somebody who may call it. */
  pick(random: Random, { access }: Operation): Caller {
    const at = random.between(0, this.#active.length - 1);
    const user = this.#active[at] as SeededUser;
    const end = () => this.#replace(at, user);
    const caller = (headers: Record<string, string>, isPermitted = true) => {
      return { headers: { app_id: appId, ...headers }, isPermitted, end };
    };
    const acting: Record<string, string> = random.chance(0.8)
      ? { user_id: String(user.uid) }
      : { group_id: String(random.pick(this.#groups)) };
    const administrator = { 'access-token': this.#adminToken, ...acting };
    if (random.chance(0.05)) return caller(random.pick(oddCredentials), false);
    switch (access) {
      case 'operator':
        return caller({ 'access-token': this.#operatorToken });
      case 'admin':
        return random.chance(0.05) ? caller({ 'access-token': user.token }, false) : caller(administrator);
      case 'public':
      case 'upload':
        return caller({});
      default:
        return caller(random.chance(0.15) ? administrator : { 'access-token': user.token });
    }
  }

  #replace(at: number, gone: SeededUser): void {
    if (this.#active[at] === gone) this.#active[at] = this.#reserve.pop() ?? gone;
  }
}

interface CrowdOptions {
  url: string;
  users: readonly SeededUser[];
  groups: readonly number[];
  operatorToken: string;
}

const oddCredentials: readonly Record<string, string>[] = [
  {},
  { 'access-token': '' },
  { 'access-token': 'x'.repeat(4000) },
  { 'access-token': '{"a":1}' },
  { 'access-token': `t${'A'.repeat(43)}` },
  { 'access-token': `a${'A'.repeat(43)}`, user_id: '-1' },
  { app_id: '' },
  { app_id: '__proto__' },
  { app_id: 'nobody' },
];
