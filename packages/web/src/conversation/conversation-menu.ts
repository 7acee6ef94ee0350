import { nextTick } from 'vue';
import { errorText } from '../app/error-text.ts';
import { t } from '../i18n/i18n.ts';
import { useMessages } from '../message/message-store.ts';
import { useRoster } from '../roster/roster-store.ts';
import { confirm } from '../ui/confirm.ts';
import type { MenuItem } from '../ui/menu.ts';
import { actionMs, toast } from '../ui/toasts.ts';
import { useConversations } from './conversation-store.ts';

/** Leaves the conversation, if it is the open one. */
type Leave = () => unknown;

/** What can be done with a conversation. */
export function conversationMenu(id: number, name: string, leave: Leave): MenuItem[] {
  return [
    ...readItems(id, leave),
    ...keepItems(id),
    {
      label: t('conversation.deleteHere'),
      icon: 'trash',
      danger: true,
      testId: 'menu-delete-here',
      run: () => deleteHere(id, name, leave),
    },
    {
      label: t('conversation.deleteEverywhere'),
      icon: 'trash',
      danger: true,
      testId: 'menu-delete-everywhere',
      run: () => void deleteEverywhere(id, name, leave),
    },
  ];
}

/** On this device only: no question, but a way back for a while. */
function deleteHere(id: number, name: string, leave: Leave): void {
  leave();
  const { takeBack } = useConversations().removeLater(id, actionMs);
  toast(t('conversation.deletedHere', { name }), 'done', { label: t('app.undo'), run: takeBack });
}

/** Asks first: nothing brings it back on any of the user's devices. */
export async function deleteEverywhere(id: number, name: string, leave: Leave): Promise<void> {
  const yes = await confirm({
    title: t('conversation.deleteTitle', { name }),
    text: t('conversation.deleteEverywhereText', { name }),
    act: t('message.delete'),
    danger: true,
  });
  if (!yes) return;
  useConversations().remove(id, true);
  leave();
}

function readItems(id: number, leave: Leave): MenuItem[] {
  const conversations = useConversations();
  const messages = useMessages();
  if (conversations.byId.get(id)?.unread)
    return [
      { label: t('conversation.markRead'), icon: 'check', testId: 'menu-read', run: () => messages.markRead(id) },
    ];
  const newest = conversations.newestReceived(id);
  if (!newest) return [];

  /** Left first: what is looked at is read at once. */
  async function markUnread(mid: string): Promise<void> {
    await leave();
    await nextTick();
    messages.markUnread(id, mid);
  }

  const run = () => void markUnread(newest);
  return [{ label: t('conversation.markUnread'), icon: 'unread', testId: 'menu-unread', run }];
}

/** What the user keeps about it, on all his devices. */
function keepItems(id: number): MenuItem[] {
  const conversations = useConversations();
  const { pinned = false, muted = false, type = 'roster' } = conversations.byId.get(id) ?? {};
  const items: MenuItem[] = [
    {
      label: t(pinned ? 'conversation.unpin' : 'conversation.pin'),
      icon: pinned ? 'unpin' : 'pin',
      testId: 'menu-pin',
      run: () => void orSay(conversations.pin(id, !pinned)),
    },
  ];
  // Of a stranger nothing is kept that could be muted.
  if (type === 'group' || useRoster().isFriend(id))
    items.push({
      label: t(muted ? 'conversation.unmute' : 'conversation.mute'),
      icon: muted ? 'bell' : 'bellOff',
      testId: 'menu-mute',
      run: () => void orSay(conversations.mute(id, !muted)),
    });
  return items;
}

async function orSay(change: Promise<void>): Promise<void> {
  await change.catch((error) => toast(errorText(error), 'error'));
}
