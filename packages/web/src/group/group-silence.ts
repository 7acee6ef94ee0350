/** Whether only owner and administrators may write; `until` as the group's info tells it: in seconds, 0 not at all, -1 for ever. */
export function isAllMuted(until: number, nowMs: number): boolean {
  return until === -1 || until * 1000 > nowMs;
}
