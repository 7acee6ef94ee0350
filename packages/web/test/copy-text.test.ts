import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { useLocale } from '../src/i18n/i18n.ts';
import { copyText } from '../src/ui/copy-text.ts';
import { dismissToast, toasts } from '../src/ui/toasts.ts';

const shown = () => toasts.value.map(({ kind, text }) => [kind, text]);

beforeAll(async () => {
  vi.stubGlobal('document', { documentElement: {} });
  await useLocale('en');
});
beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  for (const { id } of toasts.value) dismissToast(id);
  vi.useRealTimers();
});

test('what was copied is said in the words for it', async () => {
  const writeText = vi.fn(async () => {});
  vi.stubGlobal('navigator', { clipboard: { writeText } });
  await copyText('4711', 'The number was copied.');
  expect(writeText).toHaveBeenCalledWith('4711');
  expect(shown()).toEqual([['done', 'The number was copied.']]);
});

test.each([
  ['a browser that refuses', { clipboard: { writeText: () => Promise.reject(new Error('no')) } }],
  ['a page without https, which has no clipboard', {}],
])('%s: it is said what to do instead', async (_, navigator) => {
  vi.stubGlobal('navigator', navigator);
  await copyText('4711', 'The number was copied.');
  expect(shown()).toEqual([['error', expect.stringContaining('copy it yourself')]]);
});
