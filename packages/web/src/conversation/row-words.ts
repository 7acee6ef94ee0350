import type { ConversationItem, Meta } from 'flooim';
import { useGroups } from '../group/group-store.ts';
import { t } from '../i18n/i18n.ts';
import { summary } from '../message/summary.ts';

/** What a row of the list says of its last message, and in a group who said it. `last`: the one that was not just deleted. */
export function rowWords(item: ConversationItem, last: Meta | undefined, self: number): string {
  const isGroup = item.type === 'group';
  if (!last) return isGroup || item.lastMessage ? t('message.emptyTitle') : item.content;
  const text = summary(last);
  const own = last.from === String(self);
  const author = isGroup && !own ? useGroups().author(item.id, Number(last.from)).name : '';
  return author ? t('conversation.said', { name: author, text }) : text;
}
