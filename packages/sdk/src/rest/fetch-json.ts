import { FlooError } from '../errors.ts';
import type { Platform } from '../platform/platform.ts';

const timeoutMs = 20_000;

/** How to fetch, and until when at all. */
export interface Fetching {
  platform: Platform;
  /** Aborted when the instance is disposed. */
  disposed: AbortSignal;
}

/** Fetches JSON; a refused connection, a status that is not 2xx, or nothing in 20 s rejects with `NETWORK` or `TIMEOUT`. */
export async function fetchJson<T>({ platform, disposed }: Fetching, url: string, init: RequestInit): Promise<T> {
  if (disposed.aborted) throw new FlooError('DISPOSED', 'this instance was disposed');
  const abort = new AbortController();
  const end = () => abort.abort();
  const timer = platform.clock.setTimeout(end, timeoutMs);
  disposed.addEventListener('abort', end);
  try {
    const response = await platform.fetch(url, { ...init, signal: abort.signal });
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
