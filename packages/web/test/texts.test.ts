import { describe, expect, test } from 'vitest';
import { en, type Texts } from '../src/i18n/en.ts';
import { zhCN } from '../src/i18n/zh-CN.ts';

const keys = Object.keys(en) as (keyof Texts)[];
const gaps = (text: string) => [...new Set(text.match(/\{\w+\}/g))].sort();

describe('the two languages', () => {
  test('have the same keys in the same order', () => {
    expect(Object.keys(zhCN)).toEqual(keys);
  });

  test.each(keys)('%s fills in the same names', (key) => {
    expect(gaps(zhCN[key])).toEqual(gaps(en[key]));
  });

  test('use no sign that the message format reserves', () => {
    for (const texts of [en, zhCN]) {
      for (const text of Object.values(texts)) expect(text.replace(/\{\w+\}/g, '')).not.toMatch(/[@{}]/);
    }
  });

  test('Chinese is Chinese', () => {
    // Some are signs between what is filled in.
    const words = (text: string) => text.replace(/\{\w+\}/g, '');
    const latin = keys.filter((key) => /\p{L}/u.test(words(zhCN[key])) && !/\p{Script=Han}/u.test(zhCN[key]));
    expect(latin).toEqual([]);
  });
});
