import type { LoginCode } from 'flooim';

export type LoginCodeState =
  | { name: 'asking' }
  | { name: 'waiting'; url: string; endsAt: number }
  | { name: 'confirmed' }
  /** Nobody used one for so long that no further is asked for. */
  | { name: 'resting' }
  | { name: 'failed'; error: unknown };

export interface LoginCodeAnswer {
  user_id: number;
  password: string;
}

export interface LoginCodeParts {
  create(): Promise<LoginCode>;
  waitFor(code: string, options: { signal: AbortSignal }): Promise<LoginCodeAnswer>;
  /** Signs in with what a confirmed code gave. */
  enter(answer: LoginCodeAnswer): Promise<void>;
  /** How long a code is good; by the server's clock, so what counts is when it came. */
  lifeMs: number;
  show(state: LoginCodeState): void;
}

/** A page that is left open asks for no more codes than this by itself. */
const codesInARow = 5;

/** Shows codes, each until it ends, until one is confirmed. Ends with `confirmed`, `resting` or `failed`, or on the signal. */
export async function showLoginCodes(parts: LoginCodeParts, signal: AbortSignal): Promise<void> {
  try {
    for (let shown = 0; shown < codesInARow; shown++) {
      const answer = await showOne(parts, signal);
      if (signal.aborted) return;
      if (!answer) continue;
      parts.show({ name: 'confirmed' });
      return await parts.enter(answer);
    }
    parts.show({ name: 'resting' });
  } catch (error) {
    if (!signal.aborted) parts.show({ name: 'failed', error });
  }
}

/** Nothing when it ended unused. */
async function showOne(parts: LoginCodeParts, signal: AbortSignal): Promise<LoginCodeAnswer | undefined> {
  parts.show({ name: 'asking' });
  const { code, url } = await parts.create();
  if (signal.aborted) return undefined;
  parts.show({ name: 'waiting', url, endsAt: Date.now() + parts.lifeMs });
  const end = new AbortController();
  const timer = setTimeout(() => end.abort(), parts.lifeMs);
  try {
    return await parts.waitFor(code, { signal: AbortSignal.any([signal, end.signal]) });
  } catch (error) {
    if (end.signal.aborted) return undefined;
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
