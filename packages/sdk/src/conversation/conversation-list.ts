import { ConversationType } from '@flooim/protocol';
import { pendingMeta } from '../message/message.ts';
import type { Messages } from '../message/messages.ts';
import type { StoredSend } from '../storage/storage.ts';
import type { ConversationItem } from '../types.ts';
import { byPlace, type Conversations, keptOf, placeOf } from './conversations.ts';
import { unreadCount } from './read-state.ts';

/** The conversation list as applications see it: the pinned ones first, then the newest. */
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
      mentioned: (row.mentions ?? []).length > 0,
      pinned: keptOf(row).pinnedAt > 0,
      draft: keptOf(row).draft,
    };
    if (last) item.lastMessage = last;
    return { item, place: placeOf(row, Number(item.timestamp)) };
  });
  return items.sort((a, b) => byPlace(a.place, b.place)).map(({ item }) => item);
}

/** What is being sent will be the newest; what failed takes part by its time. */
function shownPending(pending: readonly StoredSend[], lastMs: number): StoredSend | undefined {
  const sending = pending.findLast((send) => send.failed === undefined);
  return sending ?? pending.findLast((send) => (send.message?.timestamp ?? 0) >= lastMs);
}
