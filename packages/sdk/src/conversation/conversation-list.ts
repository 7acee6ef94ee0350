import { ConversationType } from '@flooim/protocol';
import { pendingMeta } from '../message/message.ts';
import type { Messages } from '../message/messages.ts';
import type { StoredSend } from '../storage/storage.ts';
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
    const pending = shownPending(messages.timeline(row.id).pending, row.last?.timestamp ?? 0);
    const last = pending ? pendingMeta(pending, uid) : row.last && messages.meta(row.last);
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

/** What is being sent will be the newest; what failed takes part by its time. */
function shownPending(pending: readonly StoredSend[], lastMs: number): StoredSend | undefined {
  const sending = pending.findLast((send) => send.failed === undefined);
  return sending ?? pending.findLast((send) => (send.message?.timestamp ?? 0) >= lastMs);
}
