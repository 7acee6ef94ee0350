import en from 'emoji-picker-element/i18n/en.js';
import zh from 'emoji-picker-element/i18n/zh_CN.js';
import type { Locale } from '../../i18n/i18n.ts';

/** The picker's own words; those of its Chinese that say what is not so are ours. */
export const emojiTexts: Record<Locale, typeof en> = {
  en: { ...en, favoritesLabel: 'Often used' },
  'zh-CN': {
    ...zh,
    favoritesLabel: '常用',
    searchDescription: '有搜索结果时，按上下方向键选择，按回车键确认。',
    skinTones: ['默认', '浅色', '较浅', '中等', '较深', '深色'],
    categories: { ...zh.categories, 'food-drink': '食物和饮料', 'travel-places': '旅行和地点', 'people-body': '人物' },
  },
};
