import { type Envelope, errors, okCode } from '@flooim/protocol';
import { invalid } from '../check.ts';
import { delayAfter } from '../connection/reconnect-policy.ts';
import { FlooError, type FlooErrorCode } from '../errors.ts';
import { pause } from '../platform/pause.ts';
import type { BytesAnswer, BytesRequest, Platform, SendBytes } from '../platform/platform.ts';
import { envelopeError } from '../rest/envelope-error.ts';
import type { Progress } from './progress.ts';

/** One upload under way. */
export interface Job {
  file: Blob;
  progress: Progress;
  platform: Platform;
  send: SendBytes;
  /** As many bytes go out in one request at most. */
  pieceBytes: number;
  /** Ends it, with its reason. */
  signal: AbortSignal;
}

/** A request of which nothing more goes out, and to which no answer comes, for so long is lost. */
export const silenceMs = 60_000;
/** So often in a row it is tried without any step forward. */
const mostTries = 16;
/** A request for a line that loses larger ones, or on which one does not hear how far a request is. */
export const smallBytes = 1024 * 1024;
/** A server, or a proxy before it, says: later, or less at once. */
const later: ReadonlySet<number> = new Set([408, 409, 413, 423, 425, 429]);

/** Makes one request of an upload; rejects with `NETWORK` or `TIMEOUT` when it has no answer. */
export async function transfer(
  { platform, send, signal }: Pick<Job, 'platform' | 'send' | 'signal'>,
  request: Omit<BytesRequest, 'signal'>,
  patienceMs = silenceMs,
): Promise<BytesAnswer> {
  signal.throwIfAborted();
  const { clock } = platform;
  const lost = new AbortController();
  const end = () => lost.abort();
  let timer = clock.setTimeout(end, patienceMs);
  const progress = (loaded: number) => {
    clock.clearTimeout(timer);
    timer = clock.setTimeout(end, patienceMs);
    request.progress?.(loaded);
  };
  signal.addEventListener('abort', end);
  try {
    return await send({ ...request, progress, signal: lost.signal });
  } catch (cause) {
    signal.throwIfAborted();
    if (lost.signal.aborted) throw new FlooError('TIMEOUT', 'the server did not answer in time', { cause });
    throw new FlooError('NETWORK', 'the server cannot be reached', { cause });
  } finally {
    clock.clearTimeout(timer);
    signal.removeEventListener('abort', end);
  }
}

/** What the server said, where it is JSON. */
export function envelopeOf({ text }: BytesAnswer): (Envelope<unknown> & { Status?: unknown }) | undefined {
  try {
    return JSON.parse(text) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Throws what a refusal means. */
export function checkTaken(answer: BytesAnswer): void {
  const envelope = envelopeOf(answer);
  if (envelope?.code && envelope.code !== okCode) throw envelopeError(envelope);
  checkLater(answer);
  if (answer.status < 200 || answer.status > 299) throw httpError('REJECTED', answer);
}

/** Throws where another try may help. */
export function checkLater(answer: BytesAnswer): void {
  if (answer.status >= 500 || later.has(answer.status)) throw httpError('NETWORK', answer);
}

function httpError(code: FlooErrorCode, { status }: BytesAnswer): FlooError {
  return new FlooError(code, `the server answered HTTP ${status}`);
}

/** Tries until it is done, as long as it gets further, and at once when the network is back. */
export async function persist<T>(job: Job, step: () => Promise<T>): Promise<T> {
  const { platform, progress, signal } = job;
  let tries = 0;
  for (let steps = progress.steps; ; steps = progress.steps) {
    let refusal: FlooError;
    try {
      signal.throwIfAborted();
      return await step();
    } catch (error) {
      refusal = error as FlooError;
      if (progress.steps > steps) tries = 0;
      else job.pieceBytes = Math.min(job.pieceBytes, smallBytes);
      if (!isPassing(refusal) || tries === mostTries) throw error;
    }
    await checkReadable(job.file);
    // That the network is back does not change what the server said.
    const wakeUps = refusal.retryAfterMs === undefined ? platform.wakeUps : undefined;
    const isAwake = await pause(platform.clock, delayAfter(refusal, tries, platform.random), [signal], wakeUps);
    tries = isAwake ? 0 : tries + 1;
  }
}

function isPassing({ code, serverCode }: FlooError): boolean {
  return code === 'NETWORK' || code === 'TIMEOUT' || code === 'RATE_LIMITED' || serverCode === errors.busy.code;
}

/** A file that was changed, moved or is a folder looks like a network that fails. */
async function checkReadable(file: Blob): Promise<void> {
  try {
    await file.slice(0, 1).arrayBuffer();
  } catch {
    throw invalid('param.file', 'a file that can be read');
  }
}
