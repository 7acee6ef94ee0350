import type { ConversationItem } from 'flooim';

/** Unread messages of the conversations that may call for attention. */
export function unreadTotal(items: readonly Pick<ConversationItem, 'muted' | 'unread'>[]): number {
  return items.reduce((sum, one) => sum + (one.muted ? 0 : one.unread), 0);
}
