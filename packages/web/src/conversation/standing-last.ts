import type { ConversationItem, Meta } from 'flooim';
import { im } from '../im.ts';
import { isLeaving } from '../message/leaving-messages.ts';

/** The last message of a conversation that was not just deleted. */
export function standingLast({ id, type, lastMessage }: ConversationItem): Meta | undefined {
  if (!lastMessage || !isLeaving(lastMessage.id)) return lastMessage;
  const messages = type === 'group' ? im.groupManage.getGruopMessage(id) : im.rosterManage.getRosterMessageByRid(id);
  return messages.findLast((meta) => !isLeaving(meta.id));
}
