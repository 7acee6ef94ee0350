import { useConnection } from '../app/connection-store.ts';
import { errorName } from '../app/error-text.ts';
import { type TextKey, t } from '../i18n/i18n.ts';
import { im } from '../im.ts';
import { toast } from '../ui/toasts.ts';

type Shown = 'file' | 'thumbnail' | 'cover';

/**
 * Where a file of this server can be fetched now; undefined for those of other servers, which would learn who reads, and
 * before this server was found. Asked again when the connection changes.
 */
export function ownFileUrl(url: string | undefined, kind: Shown): string | undefined {
  if (!url) return undefined;
  // Reading it makes what is computed from this follow it.
  void useConnection().state;
  try {
    const found = im.sysManage.getFileUrl({ url, kind });
    // Links to elsewhere come back as they are.
    return found && found !== url ? found : undefined;
  } catch {
    // Signed out in this moment.
    return undefined;
  }
}

/** Whether a link leads to another server's file. */
export function isForeign(url: string): boolean {
  try {
    return im.sysManage.getFileUrl({ url }) === url;
  } catch {
    return false;
  }
}

/** Why a file of this server does not come; null if it would. */
export async function whyMissing(url: string): Promise<TextKey | null> {
  try {
    await im.sysManage.asyncGetFileLink({ url });
    return null;
  } catch (error) {
    return `error.${errorName(error)}`;
  }
}

/** Has the browser save a file, by a link that nobody else can use for long. Says why if it cannot be had. */
export async function download(url: string | undefined): Promise<void> {
  if (!url) return toast(t('file.noLink'), 'error');
  try {
    const link = document.createElement('a');
    link.href = (await im.sysManage.asyncGetFileLink({ url, save: true })).url;
    // Even if the server did not say so, the page stays where it is.
    link.download = '';
    link.rel = 'noopener noreferrer';
    link.click();
  } catch (error) {
    toast(t(`error.${errorName(error)}`), 'error');
  }
}
