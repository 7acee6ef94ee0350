import { watchEffect } from 'vue';
import { useRoute } from 'vue-router';
import { pageTitle } from '../app/page-title.ts';
import { conversationName } from './conversation-name.ts';
import { useConversations } from './conversation-store.ts';

/** The unread total and the open conversation or page, for whoever looks at the tab only. */
export function useDocumentTitle(): void {
  const route = useRoute();
  const conversations = useConversations();
  watchEffect(() => {
    const name = route.name === 'chat' ? conversationName(Number(route.params.id)) : pageTitle.value;
    const open = name && route.name !== 'chats' ? `${name} · ` : '';
    const unread = conversations.unread > 0 ? `(${conversations.unread}) ` : '';
    document.title = `${unread}${open}flooim`;
  });
}
