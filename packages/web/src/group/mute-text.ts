import { t } from '../i18n/i18n.ts';
import { dateTime } from '../i18n/time.ts';

/** Until when somebody is muted, in ms since the epoch; -1: for ever. */
export function muteText(until = -1): string {
  return until < 0 ? t('groupMember.mutedForEver') : t('groupMember.mutedUntil', { time: dateTime(until) });
}
