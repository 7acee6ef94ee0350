import { FlooError, type FlooErrorCode } from '../errors.ts';
import { pause } from '../platform/pause.ts';
import type { Clock } from '../platform/platform.ts';
import type { RestClient } from '../rest/rest-client.ts';

const pollMs = 1000;
const afterErrorMs = 2500;

/** What asking again may change. */
const passing: ReadonlySet<FlooErrorCode> = new Set(['NETWORK', 'TIMEOUT', 'DNS_FAILED', 'RATE_LIMITED']);

/** Asks until another device confirmed the code. Rejects when it is not valid any more, and with `CANCELED` on a signal. */
export async function waitForLoginCode(
  rest: RestClient,
  clock: Clock,
  code: string,
  signals: readonly AbortSignal[],
): Promise<{ user_id: number; password: string }> {
  for (;;) {
    if (signals.some((signal) => signal.aborted)) throw new FlooError('CANCELED', 'the waiting was ended');
    const { answer, waitMs } = await ask(rest, code);
    if (answer) return answer;
    await pause(clock, waitMs, signals);
  }
}

async function ask(
  rest: RestClient,
  code: string,
): Promise<{ answer?: { user_id: number; password: string }; waitMs: number }> {
  try {
    const { user_id, password } = await rest.call('loginCodeAnswer', { qr_code: code });
    return user_id && password ? { answer: { user_id, password }, waitMs: 0 } : { waitMs: pollMs };
  } catch (error) {
    if (error instanceof FlooError && passing.has(error.code))
      return { waitMs: Math.max(afterErrorMs, error.retryAfterMs ?? 0) };
    throw error;
  }
}
