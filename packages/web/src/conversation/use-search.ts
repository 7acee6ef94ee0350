import type { ConversationItem } from 'flooim';
import { type ComputedRef, computed, type Ref, ref } from 'vue';
import { useGroups } from '../group/group-store.ts';
import { summary } from '../message/summary.ts';
import { useRoster } from '../roster/roster-store.ts';
import { useConversations } from './conversation-store.ts';
import { search, searchable } from './search.ts';

/** What is searched for, and the rows that answer it: conversations, and friends and groups that have none yet. */
export interface Search {
  query: Ref<string>;
  /** Empty: nothing is searched for. */
  question: ComputedRef<string>;
  found: ComputedRef<ConversationItem[]>;
}

/** `nameOf` gives the name that the row shows. */
export function useSearch(nameOf: (item: ConversationItem) => string): Search {
  const conversations = useConversations();
  const roster = useRoster();
  const groups = useGroups();
  const query = ref('');
  const question = computed(() => query.value.trim());

  /** A friend's alias hides his other names, but he is known by them. */
  function namesOf(item: ConversationItem): string[] {
    const person = item.type === 'roster' ? roster.people.get(item.id) : undefined;
    return [nameOf(item), person?.nick_name ?? '', person?.username ?? ''];
  }

  const all = computed(() => {
    const friends = roster.friends.map(({ user_id: id }) => withoutMessages(id, 'roster'));
    const joined = [...groups.infos.keys()].filter(groups.isMember).map((id) => withoutMessages(id, 'group'));
    const others = [...friends, ...joined].filter(({ id }) => !conversations.byId.has(id));
    return [...conversations.items, ...others].map((item) =>
      searchable(item, namesOf(item), item.lastMessage ? summary(item.lastMessage) : item.content),
    );
  });
  const found = computed(() => (question.value ? search(all.value, question.value) : []));

  return { query, question, found };
}

/** The row of a conversation that could begin. */
function withoutMessages(id: number, type: ConversationItem['type']): ConversationItem {
  return {
    id,
    type,
    content: '',
    timestamp: '0',
    unread: 0,
    muted: false,
    mentioned: false,
    pinned: false,
    draft: '',
  };
}
