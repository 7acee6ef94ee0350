import { errorText } from '../app/error-text.ts';
import { t } from '../i18n/i18n.ts';
import { confirm } from '../ui/confirm.ts';
import { toast } from '../ui/toasts.ts';
import { useRoster } from './roster-store.ts';

/** Asks first, with what it means; true when it was done. */
export async function blockPerson(uid: number): Promise<boolean> {
  const roster = useRoster();
  const name = roster.displayName(uid);
  const question = {
    title: t('block.title', { name }),
    text: t('block.text', { name }),
    act: t('block.act'),
    danger: true,
  };
  return (await confirm(question)) && orSay(roster.block(uid), t('block.done', { name }));
}

export function unblockPerson(uid: number): Promise<boolean> {
  const roster = useRoster();
  return orSay(roster.unblock(uid), t('block.undone', { name: roster.displayName(uid) }));
}

async function orSay(change: Promise<void>, done: string): Promise<boolean> {
  try {
    await change;
    toast(done);
    return true;
  } catch (error) {
    toast(errorText(error), 'error');
    return false;
  }
}
