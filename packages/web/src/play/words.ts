import type { PlayTexts } from '../i18n/en/play.ts';
import { chooseLocale, i18n, type Locale, locale, useLocale } from '../i18n/i18n.ts';

const load: Record<Locale, () => Promise<PlayTexts>> = {
  en: async () => (await import('../i18n/en/play.ts')).playTexts,
  'zh-CN': async () => (await import('../i18n/zh-CN/play.ts')).playTexts,
};

/** The text of a key of this page. */
export function w(key: keyof PlayTexts, values: Record<string, unknown> = {}): string {
  return i18n.global.t(key, values);
}

/** The app's texts and this page's. */
export async function useWords(wanted: Locale): Promise<void> {
  const [texts] = await Promise.all([load[wanted](), useLocale(wanted)]);
  i18n.global.mergeLocaleMessage(wanted, texts);
}

export async function switchLanguage(): Promise<void> {
  const other = locale() === 'en' ? 'zh-CN' : 'en';
  const texts = await load[other]();
  await chooseLocale(other);
  i18n.global.mergeLocaleMessage(other, texts);
}
