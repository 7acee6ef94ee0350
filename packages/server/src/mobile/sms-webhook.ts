import { createHmac } from 'node:crypto';
import { limits } from '@flooim/protocol';
import type { Config } from '../config.ts';
import { Turns } from '../token/turns.ts';
import type { SmsProvider } from './sms-provider.ts';

/** Less than a client waits for its answer. */
const usualAnswerMs = 10_000;
/** A gateway that has become slow is not asked by all at once. */
const [atOnce, waitingAtMost] = [20, 20];

/** The operator's gateway did not take a message. For the log: clients are told no more than `internal`. */
class SmsGatewayError extends Error {
  override readonly name = 'SmsGatewayError';
}

interface Gateway {
  url: string;
  /** What the gateway knows our requests by. */
  secret: string;
  clock: () => number;
  /** How long it may take. */
  answerWithinMs?: number;
}

/** The provider that the settings name, if they do. */
export function createSmsProvider(
  { smsUrl, smsSecret }: Pick<Config, 'smsUrl' | 'smsSecret'>,
  clock: () => number,
): SmsProvider | undefined {
  return smsUrl ? new SmsWebhook({ url: smsUrl, secret: smsSecret, clock }) : undefined;
}

/** Hands messages to a gateway of the operator's: see `docs/text-messages.md`. */
export class SmsWebhook implements SmsProvider {
  readonly #gateway: Gateway;
  readonly #turns = new Turns({ atOnce, waitingAtMost });

  constructor(gateway: Gateway) {
    this.#gateway = gateway;
  }

  send(mobile: string, code: string, appId: string): Promise<void> {
    return this.#turns.take(appId, () => this.#hand(mobile, code, appId));
  }

  async #hand(mobile: string, code: string, appId: string): Promise<void> {
    const { url, secret, clock, answerWithinMs = usualAnswerMs } = this.#gateway;
    const text = `${code} is your code. It works for ${limits.smsCodeTtlMs / 60_000} minutes. Tell it to nobody.`;
    const body = JSON.stringify({ app_id: appId, mobile, code, text });
    const time = String(clock());
    const signature = createHmac('sha256', secret).update(`${time}.${body}`).digest('hex');
    const headers = { 'x-flooim-time': time, 'x-flooim-signature': `sha256=${signature}` };
    const answer = await post(url, { headers, body, signal: AbortSignal.timeout(answerWithinMs) });
    await answer.body?.cancel();
    if (!answer.ok) throw new SmsGatewayError(`the SMS gateway answered ${answer.status}`);
  }
}

/** Never says where: the URL may hold a key of the gateway's. */
async function post(url: string, { headers, ...request }: RequestInit): Promise<Response> {
  try {
    return await fetch(url, {
      ...request,
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      // Elsewhere the message is nobody's business.
      redirect: 'manual',
    });
  } catch (error) {
    const { name, cause } = error as { name?: string; cause?: { code?: string } };
    const why = name === 'TimeoutError' ? 'in time' : (cause?.code ?? '');
    throw new SmsGatewayError(`no answer of the SMS gateway ${why}`.trimEnd());
  }
}
