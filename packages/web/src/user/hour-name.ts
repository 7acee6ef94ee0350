import { locale } from '../i18n/i18n.ts';

/** A whole hour of the day, as people write the time there. */
export function hourName(hour: number): string {
  return new Intl.DateTimeFormat(locale(), { hour: 'numeric', minute: '2-digit' }).format(new Date(2000, 0, 1, hour));
}
