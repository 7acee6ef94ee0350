import type { RestClient } from '../rest/rest-client.ts';
import type { UserProfile, UserSettings } from '../types.ts';

/** An answer of the server that is asked for once, until something changes it. */
class Cached<T> {
  readonly #ask: () => Promise<T>;
  #answer: Promise<T> | undefined;

  constructor(ask: () => Promise<T>) {
    this.#ask = ask;
  }

  get(force: boolean): Promise<T> {
    if (this.#answer && !force) return this.#answer;
    const asked = this.#ask();
    this.#answer = asked;
    asked.catch(() => this.#answer === asked && this.forget());
    return asked;
  }

  forget(): void {
    this.#answer = undefined;
  }
}

/** The own profile and settings. */
export class OwnUser {
  readonly #profile: Cached<UserProfile>;
  readonly #settings: Cached<UserSettings>;

  constructor(rest: RestClient) {
    this.#profile = new Cached(() => rest.call('userProfile', {}));
    this.#settings = new Cached(() => rest.call('userSettings', {}));
  }

  profile(force = false): Promise<UserProfile> {
    return this.#profile.get(force);
  }

  settings(force = false): Promise<UserSettings> {
    return this.#settings.get(force);
  }

  /** Changed here or on another device: the next question goes to the server. */
  forget(): void {
    this.#profile.forget();
    this.#settings.forget();
  }
}
