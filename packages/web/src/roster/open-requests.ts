import { type ComputedRef, computed } from 'vue';
import { useGroupRequests } from '../group/group-requests.ts';
import { useInvitations } from '../group/invitation-store.ts';
import { useRoster } from './roster-store.ts';

/** How many people and groups wait for the user's answer, those too who want into groups that he manages. */
export function useOpenRequests(): ComputedRef<number> {
  const roster = useRoster();
  const invitations = useInvitations();
  const groupRequests = useGroupRequests();
  return computed(() => roster.pending.length + invitations.pending.length + groupRequests.all.length);
}
