const minMs = 500;
const maxMs = 30_000;

/** How long to wait before try number `attempt` (0 is the first): full jitter, from 0.5 s up to 1 s, 2 s, 4 s ... 30 s. */
export function reconnectDelayMs(attempt: number, random: () => number): number {
  const ceiling = Math.min(maxMs, minMs * 2 ** (Math.min(attempt, 20) + 1));
  return Math.round(minMs + random() * (ceiling - minMs));
}

/** As `reconnectDelayMs`, after an error that may say how long the server refuses: no sooner, and not all clients at once. */
export function delayAfter(error: unknown, attempt: number, random: () => number): number {
  return ((error as { retryAfterMs?: number } | undefined)?.retryAfterMs ?? 0) + reconnectDelayMs(attempt, random);
}
