import type { UserSettings } from 'flooim';

/** What a person wants to be told of, in words of this app; kept with the account, so that all devices do the same. */
export interface NoticeChoices {
  enabled: boolean;
  /** Who writes and what, not only that there is something new. */
  details: boolean;
  sound: boolean;
  vibrate: boolean;
  /** Whole hours of the day, local time. The same twice: no quiet hours. */
  quietFrom: number;
  quietTo: number;
}

type Kept = Pick<
  UserSettings,
  'no_push' | 'no_push_detail' | 'no_sounds' | 'vibratory' | 'no_push_start_hour' | 'no_push_end_hour'
>;

type Hours = Pick<NoticeChoices, 'quietFrom' | 'quietTo'>;

export function choicesOf(settings: Kept): NoticeChoices {
  return {
    enabled: !settings.no_push,
    details: !settings.no_push_detail,
    sound: !settings.no_sounds,
    vibrate: settings.vibratory,
    quietFrom: settings.no_push_start_hour,
    quietTo: settings.no_push_end_hour,
  };
}

export function keptOf(choices: NoticeChoices): Kept {
  return {
    no_push: !choices.enabled,
    no_push_detail: !choices.details,
    no_sounds: !choices.sound,
    vibratory: choices.vibrate,
    no_push_start_hour: choices.quietFrom,
    no_push_end_hour: choices.quietTo,
  };
}

/** From the first minute of `quietFrom` to the last one before `quietTo`, over midnight where it ends earlier than it begins. */
export function isQuietAt({ quietFrom, quietTo }: Hours, at: Date): boolean {
  const hour = at.getHours();
  if (quietFrom <= quietTo) return hour >= quietFrom && hour < quietTo;
  return hour >= quietFrom || hour < quietTo;
}

/** A night, for whoever only wants to sleep. */
export const defaultQuietHours: Hours = { quietFrom: 22, quietTo: 7 };

export const hasQuietHours = ({ quietFrom, quietTo }: Hours): boolean => quietFrom !== quietTo;
