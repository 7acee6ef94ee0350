import { expect, test } from 'vitest';
import { createI18n } from 'vue-i18n';
import { playTexts } from '../src/i18n/en/play.ts';
import { en } from '../src/i18n/en.ts';
import { readText } from '../src/i18n/read-text.ts';
import { playTexts as playTextsZh } from '../src/i18n/zh-CN/play.ts';
import { zhCN } from '../src/i18n/zh-CN.ts';

const messages: Record<string, Record<string, string>> = {
  en: { ...en, ...playTexts },
  'zh-CN': { ...zhCN, ...playTextsZh },
};
const options = {
  legacy: false as const,
  locale: 'en',
  messages,
  messageResolver: (texts: unknown, key: string) => (texts as Record<string, string>)[key] ?? null,
};
const reference = createI18n(options).global;
const own = createI18n({ ...options, messageCompiler: (text) => readText(String(text)) }).global;

/** Everything in braces, with something to tell it by. */
const valuesOf = (text: string) =>
  Object.fromEntries([...text.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => [name, `<${name}>`]));

test.each(['en', 'zh-CN'] as const)('every text of %s reads as it does with the compiler of vue-i18n', (locale) => {
  reference.locale.value = own.locale.value = locale;
  const texts = Object.entries(messages[locale] ?? {});
  expect(texts.length).toBeGreaterThan(400);
  for (const [key, text] of texts) {
    const values = valuesOf(text);
    expect(own.t(key, values), key).toBe(reference.t(key, values));
    const { n: _, ...others } = values;
    for (const n of [0, 1, 2, 17])
      expect(own.t(key, { ...others, n }, n), key).toBe(reference.t(key, { ...others, n }, n));
  }
});
