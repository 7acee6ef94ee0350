import { beforeEach, expect, test, vi } from 'vitest';
// Looks at the document as it loads: before there is a stand-in for it.
import 'vue';

const kept = new Map<string, string>();
const root = { dataset: {} as Record<string, string> };

beforeEach(() => {
  kept.clear();
  vi.resetModules();
  vi.stubGlobal('document', { documentElement: root });
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  });
});

const load = () => import('../src/user/text-size.ts');

test('a text size is shown at once and is there the next time', async () => {
  const { chooseTextSize, textSizeChoice } = await load();
  expect(textSizeChoice.value).toBe('normal');
  chooseTextSize('largest');
  expect(root.dataset['textSize']).toBe('largest');
  vi.resetModules();
  expect((await load()).textSizeChoice.value).toBe('largest');
});

test('a size that nobody knows is the normal one', async () => {
  kept.set('flooim.textSize', 'gigantic');
  expect((await load()).textSizeChoice.value).toBe('normal');
});

test('where the browser keeps nothing the choice lasts as long as the page', async () => {
  vi.stubGlobal('localStorage', {
    getItem: () => {
      throw new Error('refused');
    },
    setItem: () => {
      throw new Error('refused');
    },
  });
  const { chooseTextSize, textSizeChoice } = await load();
  chooseTextSize('large');
  expect([textSizeChoice.value, root.dataset['textSize']]).toEqual(['large', 'large']);
});
