import type { KeyValue } from '../platform/platform.ts';

export interface SessionKeys {
  uid: number;
  token: string;
}

/** The session that `autoLogin` finds again, kept per app. */
export class StoredSession {
  readonly #keyValue: KeyValue;
  readonly #key: string;
  readonly #enabled: boolean;

  constructor(keyValue: KeyValue, appid: string, enabled: boolean) {
    this.#keyValue = keyValue;
    this.#key = `flooim:${appid}:session`;
    this.#enabled = enabled;
  }

  read(): SessionKeys | undefined {
    return this.#enabled ? this.#stored() : undefined;
  }

  #stored(): SessionKeys | undefined {
    try {
      const { uid, token } = JSON.parse(this.#keyValue.getItem(this.#key) ?? '{}') as Partial<SessionKeys>;
      return uid && token ? { uid, token } : undefined;
    } catch {
      return undefined;
    }
  }

  write(keys: SessionKeys): void {
    try {
      if (this.#enabled) this.#keyValue.setItem(this.#key, JSON.stringify(keys));
    } catch {
      // Without it the next start asks for the password.
    }
  }

  /** With a token: only if it is that one's session; other tabs may have stored theirs. */
  clear(token?: string): void {
    try {
      if (token && this.#stored()?.token !== token) return;
      this.#keyValue.removeItem(this.#key);
    } catch {
      // There is nothing to clear where nothing can be kept.
    }
  }
}
