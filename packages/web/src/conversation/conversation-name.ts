import { useGroups } from '../group/group-store.ts';
import { useRoster } from '../roster/roster-store.ts';
import { useConversations } from './conversation-store.ts';

const isWithGroup = (id: number): boolean =>
  useConversations().byId.get(id)?.type === 'group' || useGroups().isGroup(id);

/** What a conversation is called in lists: as the other person, or the group. */
export function conversationName(id: number): string {
  if (isWithGroup(id)) return useGroups().nameOf(id);
  const roster = useRoster();
  roster.ensure(id);
  return roster.displayName(id);
}

export function conversationAvatar(id: number): string | undefined {
  return isWithGroup(id) ? useGroups().infos.get(id)?.avatar : useRoster().people.get(id)?.avatar;
}

export function conversationPath(id: number): string {
  return `/${isWithGroup(id) ? 'g' : 'c'}/${id}`;
}
