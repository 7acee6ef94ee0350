import { t } from '../i18n/i18n.ts';
import { toast } from '../ui/toasts.ts';
import type { GivenFiles } from './given-files.ts';
import { putOnTray, type Refusal, refusalOf } from './picked-files.ts';

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
  if (taken.length > 0) putOnTray(uid, taken);
}
