import { limits } from '@flooim/protocol';
import { t } from '../i18n/i18n.ts';
import { im } from '../im.ts';
import { toast } from '../ui/toasts.ts';
import type { GivenFiles } from './given-files.ts';
import { putOnTray, type Refusal, refusalOf, trayOf } from './picked-files.ts';

/** A folder's worth of photos at once is more than a person looks through, and than a phone can show. */
const mostAtOnce = 50;

const refusalTexts = { empty: 'attach.refusedEmpty', tooLarge: 'attach.refusedTooLarge' } as const satisfies Record<
  Refusal,
  string
>;

/** Until the server said less; it refuses what is larger before it takes a byte of it. */
let mostBytes: number = limits.fileBytesMax;
let isLearned = false;

/** Learns how large a file may be, so that one that is too large is refused when it is chosen. */
export async function learnMostBytes(): Promise<void> {
  if (isLearned) return;
  isLearned = true;
  try {
    mostBytes = (await im.sysManage.asyncGetAppConfig()).file_bytes ?? mostBytes;
  } catch {
    isLearned = false;
  }
}

/** Puts files above the composer; says of those that cannot be sent why, and goes on with the others. */
export function pickFiles(uid: number, { files, folders }: GivenFiles): void {
  for (const name of folders) toast(t('attach.refusedFolder', { name }), 'error');
  const taken = files.filter((file) => {
    const refusal = refusalOf(file, mostBytes);
    if (refusal) toast(t(refusalTexts[refusal], { name: file.name }), 'error');
    return !refusal;
  });
  const room = Math.max(0, mostAtOnce - trayOf(uid).length);
  if (taken.length > room) toast(t('attach.tooMany', { n: mostAtOnce }), 'error');
  if (taken.length > 0) putOnTray(uid, taken.slice(0, room));
}
