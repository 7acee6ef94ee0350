import { canInGroup, type GroupRole, outranks } from '@flooim/protocol';
import type { GroupMember } from 'flooim';

const order: Record<GroupRole, number> = { owner: 0, admin: 1, member: 2, outsider: 3 };

/** Who decides comes first, then who has been there longest. */
export function sortMembers(members: readonly GroupMember[], roleOf: (uid: number) => GroupRole): GroupMember[] {
  const rank = new Map(members.map(({ user_id }) => [user_id, order[roleOf(user_id)]]));
  const rankOf = ({ user_id }: GroupMember) => rank.get(user_id) ?? 0;
  return [...members].sort((a, b) => rankOf(a) - rankOf(b) || a.join_time - b.join_time || a.user_id - b.user_id);
}

/** By what one is called, or by the number. */
export function searchMembers<T>(members: readonly T[], query: string, wordsOf: (member: T) => readonly string[]): T[] {
  const wanted = query.trim().toLocaleLowerCase();
  if (!wanted) return [...members];
  return members.filter((member) => wordsOf(member).some((word) => word.toLocaleLowerCase().includes(wanted)));
}

export function isMuted({ expired_time: until = 0 }: Pick<GroupMember, 'expired_time'>, now: number): boolean {
  return until === -1 || until > now;
}

export type MemberAct =
  | 'message'
  | 'profile'
  | 'makeAdmin'
  | 'removeAdmin'
  | 'mute'
  | 'unmute'
  | 'transfer'
  | 'remove'
  | 'block';

interface Towards {
  actor: GroupRole;
  target: GroupRole;
  isSelf: boolean;
  muted: boolean;
  /** The group does not show its members to one another. */
  hidden: boolean;
}

const noRules = { memberInvite: false, memberModify: false, isChatroom: false };

/** What one member may do with another, in the order of a menu. The server decides; this is what is offered. */
export function actsTowards({ actor, target, isSelf, muted, hidden }: Towards): MemberAct[] {
  if (isSelf) return [];
  const may = (action: 'manageMembers' | 'manageAdmins' | 'transfer') => canInGroup(actor, action, noRules);
  const acts: MemberAct[] = hidden && !may('manageMembers') ? [] : ['message', 'profile'];
  if (may('manageAdmins')) acts.push(target === 'admin' ? 'removeAdmin' : 'makeAdmin');
  const rules = may('manageMembers') && outranks(actor, target);
  if (rules) acts.push(muted ? 'unmute' : 'mute');
  if (may('transfer')) acts.push('transfer');
  if (rules) acts.push('remove', 'block');
  return acts;
}

/** How long somebody can be muted, in minutes. */
export const muteMinutes = { tenMinutes: 10, hour: 60, day: 24 * 60, forever: -1 } as const;
export type MuteTime = keyof typeof muteMinutes;
