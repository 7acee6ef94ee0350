import type { RestClient } from '../rest/rest-client.ts';

/** The credential of links that a page shows: it opens files and nothing else, and ends with the token that it is of. */
export class StoreToken {
  readonly #rest: RestClient;
  #token: string | undefined;
  #value: string | undefined;

  constructor(rest: RestClient) {
    this.#rest = rest;
  }

  /** Of the token that is used now. */
  get value(): string | undefined {
    return this.#token === this.#rest.token ? this.#value : undefined;
  }

  /** `token` came with it. */
  keep(token: string, value: string | undefined): void {
    this.#token = token;
    this.#value = value;
  }

  /** Asks for it, unless it is here. Never rejects. */
  ask(): Promise<void> {
    return this.#ask().catch(() => {});
  }

  /** As `ask`, and again where it was asked too often. */
  askPatiently(): Promise<void> {
    return this.#rest.patiently(() => this.#ask()).catch(() => {});
  }

  async #ask(): Promise<void> {
    const { token } = this.#rest;
    if (!token || this.value) return;
    const answer = await this.#rest.call('storeToken', {});
    // Another login may have come with its own meanwhile.
    if (token === this.#rest.token) this.keep(token, answer.store_token);
  }
}
