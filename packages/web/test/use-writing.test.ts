import type { Meta } from 'flooim';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { effectScope, nextTick, shallowRef } from 'vue';
import { patienceMs, useWriting } from '../src/message/use-writing.ts';
import { sampleMessage } from './sample-message.ts';

const begun = new Date(2026, 10, 20, 12).getTime();
const message = (content: string, more: Partial<Meta> = {}): Meta =>
  sampleMessage({ content, ext: { ai: { stream: true } }, timestamp: String(begun), ...more });

/** As a bubble would know it. */
function watchWriting(first: Meta) {
  const meta = shallowRef(first);
  const scope = effectScope();
  const writing = scope.run(() => useWriting(() => meta.value));
  if (!writing) throw new Error('the scope ran nothing');
  const become = async (next: Meta): Promise<void> => {
    meta.value = next;
    await nextTick();
  };
  return { writing, become, scope };
}

beforeEach(() => vi.useFakeTimers({ now: begun, toFake: ['setTimeout', 'clearTimeout', 'Date'] }));
afterEach(() => vi.useRealTimers());

describe('a message that is written piece by piece', () => {
  test('is being written until it says that it is whole', async () => {
    const { writing, become } = watchWriting(message('Let me'));
    expect(writing.value).toBe(true);
    await become(message('Let me see.', { edited: String(begun + 5), ext: { ai: { stream: true, finish: true } } }));
    expect(writing.value).toBe(false);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('is given up after a silence, counted from its last word, wherever it is drawn anew', () => {
    vi.setSystemTime(begun + patienceMs - 1000);
    const { writing } = watchWriting(message('Let me'));
    expect(writing.value).toBe(true);
    vi.advanceTimersByTime(999);
    expect(writing.value).toBe(true);
    vi.advanceTimersByTime(1);
    expect(writing.value).toBe(false);
  });

  test('of long ago is not being written, but is as soon as it grows, even when the clocks differ', async () => {
    vi.setSystemTime(begun + 10 * patienceMs);
    const { writing, become } = watchWriting(message('Let me'));
    expect(writing.value).toBe(false);
    await become(message('Let me see', { edited: String(begun + 5) }));
    expect(writing.value).toBe(true);
    vi.advanceTimersByTime(patienceMs);
    expect(writing.value).toBe(false);
  });

  test('leaves no timer when nobody looks any more', () => {
    const { scope } = watchWriting(message('Let me'));
    expect(vi.getTimerCount()).toBe(1);
    scope.stop();
    expect(vi.getTimerCount()).toBe(0);
  });
});
