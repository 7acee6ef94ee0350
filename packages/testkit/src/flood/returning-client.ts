import { setTimeout as sleep } from 'node:timers/promises';
import { Command, StatusCode, type UnreadDL } from '@flooim/protocol';
import { reconnectDelayMs } from '../../../sdk/src/connection/reconnect-policy.ts';
import { type Login, ProvisionRefused, RawClient } from '../raw-client.ts';

/** Asks nothing of an answer but its code and how long to wait. */
interface Answer {
  code: number;
  retry_after_ms?: number;
}

/** The server did not answer, or not with success. */
class Refused extends Error {
  readonly retryAfterMs: number;

  constructor(text: string, retryAfterMs = 0) {
    super(text);
    this.retryAfterMs = retryAfterMs;
  }
}

const openTimeoutMs = 10_000;

/**
 * A page of somebody who is signed in, as light as it can be: it does what the SDK does when its connection is lost, with the
 * same waits, until it has its session, its unread list and its friends.
 */
export class ReturningClient {
  isBack = false;
  /** How often it was told to come later. */
  refusals = 0;
  /** The server said that it need not come again. */
  isRefusedForGood = false;
  readonly #url: string;
  readonly #login: Login;
  #client: RawClient | undefined;
  #isClosed = false;
  #loop: Promise<void> | undefined;

  constructor(url: string, login: Login) {
    this.#url = url;
    this.#login = login;
  }

  /** Comes, and comes back until `close`. */
  start(): void {
    this.#loop = this.#live();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#client?.terminate();
    await this.#loop;
  }

  async #live(): Promise<void> {
    for (let attempt = 0; !this.#isClosed && !this.isRefusedForGood; attempt++) {
      const error = await this.#visit().catch((cause: Error) => cause);
      if (this.isBack) attempt = 0;
      this.isBack = false;
      if (error instanceof ProvisionRefused) this.isRefusedForGood = isFinal(error);
      const toldMs = error instanceof Refused ? error.retryAfterMs : 0;
      if (toldMs > 0) this.refusals++;
      if (!this.#isClosed) await sleep(toldMs + reconnectDelayMs(attempt, Math.random));
    }
  }

  /** From finding the server until the connection is lost. */
  async #visit(): Promise<undefined> {
    await this.#ask('/v2/app_dns?app_id=flooim&source=sdk');
    const opening = RawClient.open(this.#url);
    const client = await Promise.race([opening, sleep(openTimeoutMs)]);
    if (!client) {
      opening.then((late) => late.terminate()).catch(() => {});
      throw new Refused('the socket does not open');
    }
    this.#client = client;
    try {
      await client.provision(this.#login);
      const unread = new Promise<UnreadDL>((resolve) => {
        client.onUnread = resolve;
      });
      client.send(Command.UNREAD);
      const closed = client.closed();
      await Promise.race([unread, closed]);
      await this.#askFriends();
      this.isBack = client.closeCode === undefined;
      await closed;
    } finally {
      client.terminate();
    }
  }

  /** In the background: told to wait, it stays connected. */
  async #askFriends(): Promise<void> {
    for (;;) {
      try {
        return await this.#ask('/roster/list');
      } catch (error) {
        if (!(error instanceof Refused) || error.retryAfterMs === 0) throw error;
        this.refusals++;
        await sleep(error.retryAfterMs * (1 + Math.random()));
      }
    }
  }

  async #ask(path: string): Promise<void> {
    const headers = { app_id: 'flooim', 'access-token': this.#login.token };
    const response = await fetch(this.#url + path, { headers, signal: AbortSignal.timeout(openTimeoutMs) });
    const { code, retry_after_ms } = (await response.json()) as Answer;
    if (code !== 200) throw new Refused(`${path}: ${code}`, retry_after_ms);
  }
}

function isFinal({ answer }: ProvisionRefused): boolean {
  return answer.status?.code !== StatusCode.FAIL && answer.status?.code !== StatusCode.RATE_LIMIT_EXCEEDED;
}
