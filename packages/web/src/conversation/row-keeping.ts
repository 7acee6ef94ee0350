import { onScopeDispose } from 'vue';
import { useSession } from '../session/session-store.ts';
import { conversationAvatar, conversationName } from './conversation-name.ts';
import { useConversations } from './conversation-store.ts';
import { keepRows, mostRows } from './kept-rows.ts';
import { rowWords } from './row-words.ts';
import { standingLast } from './standing-last.ts';

/** Keeps the first rows whenever the page is left: reading them from the device's store takes longer than drawing them. */
export function useRowKeeping(): void {
  const session = useSession();
  const conversations = useConversations();

  function keep(): void {
    const { uid } = session;
    if (!uid) return;
    conversations.settle();
    const rows = conversations.items.slice(0, mostRows).map((item) => ({
      item,
      name: conversationName(item.id),
      avatar: conversationAvatar(item.id) ?? '',
      words: rowWords(item, standingLast(item), uid),
    }));
    keepRows(uid, rows);
  }

  const keepHidden = (): void => {
    if (document.hidden) keep();
  };

  // A page that is hidden may never be heard of again.
  addEventListener('pagehide', keep);
  document.addEventListener('visibilitychange', keepHidden);
  onScopeDispose(() => {
    removeEventListener('pagehide', keep);
    document.removeEventListener('visibilitychange', keepHidden);
  });
}
