import { t } from '../i18n/i18n.ts';
import { useMessages } from '../message/message-store.ts';
import { confirm } from '../ui/confirm.ts';
import type { MenuItem } from '../ui/menu.ts';
import { useConversations } from './conversation-store.ts';

/** What can be done with a conversation; `left` is called when it is gone. */
export function conversationMenu(id: number, name: string, left: () => void): MenuItem[] {
  const conversations = useConversations();

  async function remove(everywhere: boolean): Promise<void> {
    const yes = await confirm({
      title: t('conversation.deleteTitle', { name }),
      text: t(everywhere ? 'conversation.deleteEverywhereText' : 'conversation.deleteHereText', { name }),
      act: t('message.delete'),
      danger: true,
    });
    if (!yes) return;
    conversations.remove(id, everywhere);
    left();
  }

  const unread = conversations.byId.get(id)?.unread ?? 0;
  const read: MenuItem[] = unread
    ? [{ label: t('conversation.markRead'), icon: 'check', testId: 'menu-read', run: () => useMessages().markRead(id) }]
    : [];
  return [
    ...read,
    {
      label: t('conversation.deleteHere'),
      icon: 'trash',
      danger: true,
      testId: 'menu-delete-here',
      run: () => void remove(false),
    },
    {
      label: t('conversation.deleteEverywhere'),
      icon: 'trash',
      danger: true,
      testId: 'menu-delete-everywhere',
      run: () => void remove(true),
    },
  ];
}
