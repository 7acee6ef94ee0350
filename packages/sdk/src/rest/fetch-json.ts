import type { Envelope } from '@flooim/protocol';
import { FlooError } from '../errors.ts';
import type { Platform } from '../platform/platform.ts';

const timeoutMs = 20_000;

/** How to fetch, and until when at all. */
export interface Fetching {
  platform: Platform;
  /** Aborted when the instance is disposed. */
  disposed: AbortSignal;
}

/**
 * Fetches JSON; a refused connection, a status that is not 2xx, or nothing in 20 s rejects with `NETWORK` or `TIMEOUT`. The
 * server's word that it is asked too often is an answer; a proxy's rejects with `RATE_LIMITED`.
 */
export async function fetchJson<T>({ platform, disposed }: Fetching, url: string, init: RequestInit): Promise<T> {
  if (disposed.aborted) throw new FlooError('DISPOSED', 'this instance was disposed');
  const abort = new AbortController();
  const end = () => abort.abort();
  const timer = platform.clock.setTimeout(end, timeoutMs);
  disposed.addEventListener('abort', end);
  try {
    const response = await platform.fetch(url, { ...init, signal: abort.signal });
    if (response.status === 429) return (await tooOften(response)) as T;
    if (!response.ok) throw new FlooError('NETWORK', `the server answered HTTP ${response.status}`);
    return (await response.json()) as T;
  } catch (cause) {
    if (cause instanceof FlooError) throw cause;
    if (disposed.aborted) throw new FlooError('DISPOSED', 'this instance was disposed', { cause });
    if (abort.signal.aborted) throw new FlooError('TIMEOUT', 'the server did not answer in time', { cause });
    throw new FlooError('NETWORK', 'the server cannot be reached', { cause });
  } finally {
    disposed.removeEventListener('abort', end);
    platform.clock.clearTimeout(timer);
  }
}

async function tooOften(response: Response): Promise<Envelope<unknown>> {
  const envelope: Envelope<unknown> | undefined = await response.json().catch(() => undefined);
  if (typeof envelope?.code === 'number') return envelope;
  const retryAfterMs = readRetryAfter(response.headers.get('retry-after'));
  throw new FlooError('RATE_LIMITED', 'too many requests, try again later', { retryAfterMs });
}

/** Only as seconds: a date would be read by a clock that may be wrong. */
function readRetryAfter(text: string | null): number | undefined {
  return text && /^\d{1,6}$/.test(text) ? Number(text) * 1000 : undefined;
}
