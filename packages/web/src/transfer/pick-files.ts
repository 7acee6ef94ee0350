import { t } from '../i18n/i18n.ts';
import { toast } from '../ui/toasts.ts';
import type { GivenFiles } from './given-files.ts';
import { putOnTray, type Refusal, refusalOf, trayOf } from './picked-files.ts';

/** A folder's worth of photos at once is more than a person looks through, and than a phone can show. */
const mostAtOnce = 50;

const refusalTexts = { empty: 'attach.refusedEmpty', tooLarge: 'attach.refusedTooLarge' } as const satisfies Record<
  Refusal,
  string
>;

/** Puts files above the composer; says of those that cannot be sent why, and goes on with the others. */
export function pickFiles(uid: number, { files, folders }: GivenFiles): void {
  for (const name of folders) toast(t('attach.refusedFolder', { name }), 'error');
  const taken = files.filter((file) => {
    const refusal = refusalOf(file);
    if (refusal) toast(t(refusalTexts[refusal], { name: file.name }), 'error');
    return !refusal;
  });
  const room = Math.max(0, mostAtOnce - trayOf(uid).length);
  if (taken.length > room) toast(t('attach.tooMany', { n: mostAtOnce }), 'error');
  if (taken.length > 0) putOnTray(uid, taken.slice(0, room));
}
