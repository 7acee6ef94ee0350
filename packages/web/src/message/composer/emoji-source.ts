import enData from 'emoji-picker-element-data/en/emojibase/data.json?url';
import zhData from 'emoji-picker-element-data/zh/emojibase/data.json?url';
import type { Locale } from '../../i18n/i18n.ts';

/** Where the emoji and their names are, from our own server, and under which name the browser keeps them. */
export const emojiSources: Record<Locale, { dataSource: string; locale: string }> = {
  en: { dataSource: enData, locale: 'en' },
  'zh-CN': { dataSource: zhData, locale: 'zh' },
};
