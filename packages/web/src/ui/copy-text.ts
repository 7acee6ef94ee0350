import { t } from '../i18n/i18n.ts';
import { toast } from './toasts.ts';

/** Whether it is in the clipboard now: browsers may refuse, and a page without https has no clipboard at all. */
export async function putIntoClipboard(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/** Copies it, and says how it went; `done` in the words for what it was. */
export async function copyText(text: string, done: string): Promise<void> {
  if (await putIntoClipboard(text)) toast(done);
  else toast(t('ui.copyFailed'), 'error');
}
