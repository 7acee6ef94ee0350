import type { FlooimConfig } from '../config.ts';
import type { KeyValue } from '../platform/platform.ts';

export interface SessionKeys {
  uid: number;
  token: string;
  /** So that the links to pictures are the same after a reload, and browsers have them. */
  storeToken?: string;
}

/** The session that `autoLogin` finds again, kept per app, and by name where there are several. */
export class StoredSession {
  readonly #keyValue: KeyValue;
  readonly #key: string;
  readonly #enabled: boolean;

  constructor(keyValue: KeyValue, { appid, autoLogin, sessionName }: FlooimConfig) {
    this.#keyValue = keyValue;
    this.#key = `flooim:${appid}:session${sessionName ? `:${sessionName}` : ''}`;
    this.#enabled = autoLogin === true;
  }

  read(): SessionKeys | undefined {
    if (!this.#enabled) return undefined;
    try {
      const keys = JSON.parse(this.#keyValue.getItem(this.#key) ?? '{}') as Partial<SessionKeys>;
      return keys.uid && keys.token ? (keys as SessionKeys) : undefined;
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
    if (!this.#enabled) return;
    try {
      if (token && this.read()?.token !== token) return;
      this.#keyValue.removeItem(this.#key);
    } catch {
      // There is nothing to clear where nothing can be kept.
    }
  }
}
