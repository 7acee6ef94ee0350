import type { TextKey } from '../i18n/i18n.ts';
import type { IconName } from '../ui/icons.ts';

/** A part of the settings with a page of its own. */
interface SettingsPlace {
  to: string;
  icon: IconName;
  title: TextKey;
  testId: string;
  /** What a phone, which shows the other parts at once, says about the page. */
  text?: TextKey;
}

export const settingsPlaces: readonly SettingsPlace[] = [
  { to: '/settings/profile', icon: 'person', title: 'settings.profile', testId: 'to-profile' },
  { to: '/settings/notifications', icon: 'bell', title: 'notices.title', testId: 'to-notifications' },
  { to: '/settings/privacy', icon: 'shield', title: 'verification.title', testId: 'to-privacy' },
  { to: '/settings/appearance', icon: 'light', title: 'settings.appearance', testId: 'to-appearance' },
  { to: '/settings/accounts', icon: 'people', title: 'accounts.title', testId: 'to-accounts' },
  { to: '/settings/devices', icon: 'system', title: 'device.title', text: 'device.placeText', testId: 'to-devices' },
  {
    to: '/settings/username',
    icon: 'pencil',
    title: 'username.title',
    text: 'username.placeText',
    testId: 'to-username',
  },
  { to: '/settings/password', icon: 'key', title: 'password.title', text: 'password.placeText', testId: 'to-password' },
  { to: '/settings/delete', icon: 'trash', title: 'delete.title', text: 'delete.placeText', testId: 'to-delete' },
];
