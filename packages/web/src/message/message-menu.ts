import { limits } from '@flooim/protocol';
import type { Meta } from 'flooim';
import { useGroups } from '../group/group-store.ts';
import { t } from '../i18n/i18n.ts';
import { im } from '../im.ts';
import { copyText } from '../ui/copy-text.ts';
import type { MenuItem } from '../ui/menu.ts';
import { actionMs, toast } from '../ui/toasts.ts';
import { readAttachment } from './attachment.ts';
import { askForward } from './forward/asked-forward.ts';
import { useMessages } from './message-store.ts';
import { download, isForeign } from './own-file.ts';
import { openedReaders } from './readers/opened-readers.ts';

/** What the menu leaves to the pane that shows the conversation. */
export interface MessageActs {
  /** Missing: nothing can be written. */
  reply?: (meta: Meta) => void;
  select: (meta: Meta) => void;
  markUnread: (meta: Meta) => void;
}

function copyItem({ content }: Meta): MenuItem[] {
  if (!content) return [];
  const run = () => void copyText(content, t('message.copied'));
  return [{ label: t('message.copy'), icon: 'copy', testId: 'menu-copy', run }];
}

/** For what has a file that this server, or another, gives away. */
function downloadItem({ type, attach }: Meta): MenuItem[] {
  const { url } = readAttachment(attach);
  const isFile = type === 'image' || type === 'video' || type === 'file' || type === 'audio';
  if (!isFile || !url || isForeign(url)) return [];
  return [{ label: t('file.download'), icon: 'download', testId: 'menu-download', run: () => void download(url) }];
}

/** Without a question, but with a way back for a while. Says so. */
export function removeMessages(uid: number, mids: readonly string[]): void {
  const { takeBack } = useMessages().removeLater(uid, mids, actionMs);
  const said = t('message.deletedForMe', { n: mids.length }, mids.length);
  toast(said, 'done', { label: t('app.undo'), run: takeBack });
}

function recallItem(uid: number, meta: Meta, own: boolean): MenuItem[] {
  const may = own || (meta.toType === 'group' && im.groupManage.can(uid, 'recallAny'));
  if (!may || Date.now() - Number(meta.timestamp) >= limits.recallWindowMs) return [];
  const run = () => useMessages().recall(uid, meta.id);
  return [{ label: t('message.recall'), icon: 'recall', testId: 'menu-recall', run }];
}

function failedItems(uid: number, meta: Meta): MenuItem[] {
  const messages = useMessages();
  return [
    { label: t('message.resend'), icon: 'retry', testId: 'menu-resend', run: () => messages.resend(uid, meta.id) },
    ...copyItem(meta),
    {
      label: t('message.delete'),
      icon: 'trash',
      danger: true,
      testId: 'menu-discard',
      run: () => messages.discard(uid, meta.id),
    },
  ];
}

function readersItem(uid: number, meta: Meta, own: boolean): MenuItem[] {
  if (!own || meta.toType !== 'group' || !useGroups().infos.get(uid)?.read_ack) return [];
  const run = () => {
    openedReaders.value = { gid: uid, mid: meta.id };
  };
  return [{ label: t('act.readBy'), icon: 'checks', testId: 'menu-readers', run }];
}

/** What can be done with a message now. */
export function messageMenu(uid: number, meta: Meta, own: boolean, acts: MessageActs): MenuItem[] {
  if (meta.sending === 'failed') return failedItems(uid, meta);
  if (meta.sending === 'sending') return copyItem(meta);
  const { reply } = acts;
  const items: MenuItem[] = [];
  if (reply) items.push({ label: t('act.reply'), icon: 'reply', testId: 'menu-reply', run: () => reply(meta) });
  items.push(
    ...copyItem(meta),
    { label: t('act.forward'), icon: 'forward', testId: 'menu-forward', run: () => askForward(uid, [meta]) },
    { label: t('act.select'), icon: 'select', testId: 'menu-select', run: () => acts.select(meta) },
    ...downloadItem(meta),
    ...readersItem(uid, meta, own),
    ...recallItem(uid, meta, own),
  );
  if (!own)
    items.push({
      label: t('message.markUnread'),
      icon: 'unread',
      testId: 'menu-unread',
      run: () => acts.markUnread(meta),
    });
  items.push({
    label: t('message.deleteForMe'),
    icon: 'trash',
    danger: true,
    testId: 'menu-delete',
    run: () => removeMessages(uid, [meta.id]),
  });
  return items;
}
