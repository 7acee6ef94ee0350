import type { Recipient } from './recipients.ts';

/** At most so many at once: the server takes no flood. */
export const mostRecipients = 20;

/** Those chosen with one more, or without him who was among them; null: that would be too many. */
export function toggled(chosen: readonly Recipient[], one: Recipient): readonly Recipient[] | null {
  const without = chosen.filter(({ id }) => id !== one.id);
  if (without.length < chosen.length) return without;
  return chosen.length < mostRecipients ? [...chosen, one] : null;
}
