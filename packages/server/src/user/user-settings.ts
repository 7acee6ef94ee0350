import type { UserSettings } from '@flooim/protocol';

/** What a user can set; what he has not set is as in `defaults`. */
export type SettingsChange = Partial<Omit<UserSettings, 'user_id' | 'id'>>;

const defaults = {
  auth_mode: 0,
  auto_download: false,
  group_confirm: false,
  no_push: false,
  no_push_detail: false,
  no_push_start_hour: 0,
  no_push_end_hour: 0,
  silence_start_time: 0,
  silence_end_time: 0,
  no_sounds: false,
  vibratory: false,
} as const satisfies SettingsChange;

/** From the JSON in which the database keeps what differs from the defaults. */
export function readSettings(uid: number, json: string): UserSettings {
  const kept = json === '{}' ? {} : (JSON.parse(json) as SettingsChange);
  return { user_id: uid, id: uid, ...defaults, ...kept };
}

/** The JSON with what was changed; an empty text is one that is not set. */
export function mergeSettings(json: string, change: SettingsChange): string {
  const settings = { ...(JSON.parse(json) as SettingsChange), ...change };
  return JSON.stringify(Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== '')));
}
