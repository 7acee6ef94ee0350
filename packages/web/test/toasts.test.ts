import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { dismissToast, toast, toasts } from '../src/ui/toasts.ts';

const texts = () => toasts.value.map(({ text }) => text);

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  for (const { id } of toasts.value) dismissToast(id);
  vi.useRealTimers();
});

test('three lines stand there, the newest last', () => {
  for (const text of ['a', 'b', 'c', 'd']) toast(text);
  expect(texts()).toEqual(['b', 'c', 'd']);
});

test('the same words stand there once', () => {
  for (const text of ['a', 'b', 'a']) toast(text);
  expect(texts()).toEqual(['b', 'a']);
});

test('a line goes by itself, an error later', () => {
  toast('done');
  toast('failed', 'error');
  vi.advanceTimersByTime(5000);
  expect(texts()).toEqual(['failed']);
  vi.advanceTimersByTime(5000);
  expect(texts()).toEqual([]);
});

test('one that stays is neither pushed away nor ended by time', () => {
  toast('a new version', 'done', { label: 'Reload', run: () => {}, stays: true });
  for (const text of ['a', 'b', 'c', 'd']) toast(text);
  expect(texts()).toEqual(['a new version', 'b', 'c', 'd']);
  vi.advanceTimersByTime(60_000);
  expect(texts()).toEqual(['a new version']);
});
