const minMs = 500;
const maxMs = 30_000;

/** How long to wait before try number `attempt` (0 is the first): full jitter, from 0.5 s up to 1 s, 2 s, 4 s ... 30 s. */
export function reconnectDelayMs(attempt: number, random: () => number): number {
  const ceiling = Math.min(maxMs, minMs * 2 ** (Math.min(attempt, 20) + 1));
  return Math.round(minMs + random() * (ceiling - minMs));
}
