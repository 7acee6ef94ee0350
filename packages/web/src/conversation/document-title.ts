import { watchEffect } from 'vue';
import { useRoute } from 'vue-router';
import { useRoster } from '../roster/roster-store.ts';
import { useConversations } from './conversation-store.ts';

/** The unread total and the open conversation, for whoever looks at the tab only. */
export function useDocumentTitle(): void {
  const route = useRoute();
  const roster = useRoster();
  const conversations = useConversations();
  watchEffect(() => {
    const open = route.name === 'chat' ? `${roster.displayName(Number(route.params.id))} · ` : '';
    const unread = conversations.unread > 0 ? `(${conversations.unread}) ` : '';
    document.title = `${unread}${open}flooim`;
  });
}
