import { createI18n } from 'vue-i18n';
import { keepChoice, keptChoice } from '../app/kept-choice.ts';
import type { Texts } from './en.ts';
import { readText } from './read-text.ts';

export type TextKey = keyof Texts;
export type Locale = 'en' | 'zh-CN';

/** Each language in its own words. */
export const localeNames: Record<Locale, string> = { 'zh-CN': '简体中文', en: 'English' };

const storageKey = 'flooim.locale';

const load: Record<Locale, () => Promise<Texts>> = {
  en: async () => (await import('./en.ts')).en,
  'zh-CN': async () => (await import('./zh-CN.ts')).zhCN,
};

export const i18n = createI18n({
  legacy: false,
  locale: 'en' as Locale,
  messages: {} as Record<Locale, Record<string, string>>,
  // Keys are flat ('session.login'), so that their type is a plain union and a search finds them.
  messageResolver: (texts, key) => (texts as Record<string, string>)[key] ?? null,
  messageCompiler: (text) => readText(String(text)),
});

/** The text of a key in the present language; reactive where it is called while rendering. */
export function t(key: TextKey, values: Record<string, unknown> = {}, plural?: number): string {
  return plural === undefined ? i18n.global.t(key, values) : i18n.global.t(key, values, plural);
}

export const locale = (): Locale => i18n.global.locale.value as Locale;

function stored(): Locale | null {
  const value = keptChoice(storageKey);
  return value === 'en' || value === 'zh-CN' ? value : null;
}

export function preferredLocale(): Locale {
  return stored() ?? (navigator.language.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en');
}

export async function useLocale(wanted: Locale): Promise<void> {
  i18n.global.setLocaleMessage(wanted, await load[wanted]());
  i18n.global.locale.value = wanted;
  document.documentElement.lang = wanted;
}

/** Also remembers it. */
export async function chooseLocale(wanted: Locale): Promise<void> {
  keepChoice(storageKey, wanted);
  await useLocale(wanted);
}
