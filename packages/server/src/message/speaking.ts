import { canSpeak, type GroupBans, type GroupRole } from '@flooim/protocol';

/** Which ban keeps a member from sending to his group now, in words for him; undefined when none does. */
export function silencedBy(role: GroupRole, bans: GroupBans, now: number): string | undefined {
  if (canSpeak(role, bans, now)) return undefined;
  const isOwn = !canSpeak(role, { ...bans, banAll: 0 }, now);
  return isOwn ? 'you alone' : 'all members';
}
