import { ConversationType } from '@flooim/protocol';
import { pendingMeta } from '../message/message.ts';
import type { Messages } from '../message/messages.ts';
import type { ConversationItem } from '../types.ts';
import type { Conversations } from './conversations.ts';
import { unreadCount } from './read-state.ts';

/** The conversation list as applications see it, newest first. */
export function conversationList(
  uid: number,
  conversations: Conversations,
  messages: Messages,
  isMuted: (cid: number) => boolean,
): ConversationItem[] {
  const items = conversations.listed().map((row) => {
    const sending = messages.timeline(row.id).pending.at(-1);
    const last = sending ? pendingMeta(sending, uid) : row.last && messages.meta(row.last);
    const item: ConversationItem = {
      id: row.id,
      content: last?.content ?? '',
      timestamp: last?.timestamp ?? '0',
      type: row.type === ConversationType.GROUPCHAT ? 'group' : 'roster',
      unread: unreadCount(row),
      muted: isMuted(row.id),
    };
    if (last) item.lastMessage = last;
    return item;
  });
  return items.sort((a, b) => Number(b.timestamp) - Number(a.timestamp));
}
