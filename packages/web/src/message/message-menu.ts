import { limits } from '@flooim/protocol';
import type { Meta } from 'flooim';
import { t } from '../i18n/i18n.ts';
import { confirm } from '../ui/confirm.ts';
import type { MenuItem } from '../ui/menu.ts';
import { toast } from '../ui/toasts.ts';
import { readAttachment } from './attachment.ts';
import { useMessages } from './message-store.ts';
import { download, isForeign } from './own-file.ts';

function copyItem(meta: Meta): MenuItem {
  return {
    label: t('message.copy'),
    icon: 'copy',
    testId: 'menu-copy',
    run: () =>
      navigator.clipboard.writeText(meta.content).then(
        () => toast(t('message.copied')),
        () => toast(t('message.copyFailed'), 'error'),
      ),
  };
}

/** For what has a file that this server, or another, gives away. */
function downloadItem({ type, attach }: Meta): MenuItem[] {
  const { url } = readAttachment(attach);
  const isFile = type === 'image' || type === 'video' || type === 'file' || type === 'audio';
  if (!isFile || !url || isForeign(url)) return [];
  return [{ label: t('file.download'), icon: 'download', testId: 'menu-download', run: () => void download(url) }];
}

async function removeAfterAsking(uid: number, meta: Meta): Promise<void> {
  const yes = await confirm({
    title: t('message.deleteTitle'),
    text: t('message.deleteText'),
    act: t('message.delete'),
    danger: true,
  });
  if (yes) useMessages().remove(uid, meta.id);
}

function recallable(meta: Meta, own: boolean): boolean {
  return own && Date.now() - Number(meta.timestamp) < limits.recallWindowMs;
}

/** What can be done with a message now. */
export function messageMenu(uid: number, meta: Meta, own: boolean): MenuItem[] {
  const messages = useMessages();
  const items: MenuItem[] = [];
  if (meta.content) items.push(copyItem(meta));
  items.push(...downloadItem(meta));
  if (meta.sending === 'failed') {
    items.push({ label: t('message.resend'), icon: 'retry', run: () => messages.resend(uid, meta.id) });
    items.push({ label: t('message.delete'), icon: 'trash', danger: true, run: () => messages.discard(uid, meta.id) });
  }
  if (meta.sending !== 'sent') return items;
  if (recallable(meta, own)) {
    items.push({
      label: t('message.recall'),
      icon: 'recall',
      testId: 'menu-recall',
      run: () => messages.recall(uid, meta.id),
    });
  }
  if (!own) {
    items.push({
      label: t('message.markUnread'),
      icon: 'unread',
      testId: 'menu-unread',
      run: () => messages.markUnread(uid, meta.id),
    });
  }
  items.push({
    label: t('message.deleteForMe'),
    icon: 'trash',
    danger: true,
    testId: 'menu-delete',
    run: () => void removeAfterAsking(uid, meta),
  });
  return items;
}
