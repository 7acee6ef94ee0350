import { conversationAvatar, conversationName } from '../../conversation/conversation-name.ts';
import { useConversations } from '../../conversation/conversation-store.ts';
import { type Searchable, searchable } from '../../conversation/search.ts';
import { useGroups } from '../../group/group-store.ts';
import { useRoster } from '../../roster/roster-store.ts';

/** Somebody, or a group, to whom something can be sent. */
export interface Recipient {
  id: number;
  name: string;
  avatar?: string;
}

/** The conversations in their order, then friends and groups that have none; groups that the user is out of are left out. */
export function recipients(): Searchable<Recipient>[] {
  const roster = useRoster();
  const groups = useGroups();
  const talked = useConversations().items.map(({ id }) => id);
  const ids = new Set([...talked, ...roster.friends.map((friend) => friend.user_id), ...groups.infos.keys()]);
  return [...ids]
    .filter((id) => id > 0 && (!groups.isGroup(id) || groups.isMember(id)))
    .map((id) => {
      const person = roster.people.get(id);
      const name = conversationName(id);
      const recipient = { id, name, avatar: conversationAvatar(id) };
      return searchable(recipient, [name, person?.nick_name ?? '', person?.username ?? ''], '');
    });
}
