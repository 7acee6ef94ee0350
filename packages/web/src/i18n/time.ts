import { locale, t } from './i18n.ts';

const dayMs = 24 * 3600_000;
const formats = new Map<string, Intl.DateTimeFormat>();

// Making a format costs far more than using it.
function format(options: Intl.DateTimeFormatOptions, date: Date): string {
  const key = locale() + JSON.stringify(options);
  const made = formats.get(key) ?? new Intl.DateTimeFormat(locale(), options);
  formats.set(key, made);
  return made.format(date);
}

export function startOfDay(ms: number): number {
  return new Date(ms).setHours(0, 0, 0, 0);
}

/** Whole days between two moments, as a calendar sees it: a day with 23 hours is one too. */
function daysBetween(ms: number, now: number): number {
  return Math.round((startOfDay(now) - startOfDay(ms)) / dayMs);
}

const twoDigits = (n: number): string => String(n).padStart(2, '0');

/** The same in both languages. */
export function clockTime(ms: number): string {
  const date = new Date(ms);
  return `${twoDigits(date.getHours())}:${twoDigits(date.getMinutes())}`;
}

export function fullTime(ms: number): string {
  return format({ dateStyle: 'full', timeStyle: 'medium' }, new Date(ms));
}

/** A moment to come, or one in a list: date and time, no seconds. */
export function dateTime(ms: number): string {
  return format({ dateStyle: 'medium', timeStyle: 'short' }, new Date(ms));
}

/** For a day separator: today, yesterday, a weekday, a date. */
export function dayName(ms: number, now = Date.now()): string {
  const days = daysBetween(ms, now);
  const date = new Date(ms);
  if (days === 0) return t('time.today');
  if (days === 1) return t('time.yesterday');
  if (days > 1 && days < 7) return format({ weekday: 'long' }, date);
  if (date.getFullYear() === new Date(now).getFullYear()) return format({ month: 'long', day: 'numeric' }, date);
  return format({ year: 'numeric', month: 'long', day: 'numeric' }, date);
}

/** As short as it can be said in a list. */
export function shortTime(ms: number, now = Date.now()): string {
  const days = daysBetween(ms, now);
  const date = new Date(ms);
  if (days <= 0) return clockTime(ms);
  if (days === 1) return t('time.yesterday');
  if (days < 7) return format({ weekday: 'short' }, date);
  if (date.getFullYear() === new Date(now).getFullYear()) return format({ month: 'short', day: 'numeric' }, date);
  return format({ year: 'numeric', month: 'numeric', day: 'numeric' }, date);
}
