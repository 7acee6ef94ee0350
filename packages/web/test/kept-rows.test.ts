import type { ConversationItem } from 'flooim';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { type KeptRow, keepRows, keptRows, mostRows } from '../src/conversation/kept-rows.ts';
import { forgetUser } from '../src/session/forget-user.ts';
import { memoryStorage } from './memory-storage.ts';
import { sampleMessage } from './sample-message.ts';

afterEach(() => vi.unstubAllGlobals());

function stubStorage(start: Record<string, string> = {}) {
  const storage = memoryStorage(start);
  vi.stubGlobal('localStorage', storage);
  return storage;
}

function row(id: number, content = 'hello'): KeptRow {
  const lastMessage = sampleMessage({ id: String(id), content });
  const item: ConversationItem = {
    id,
    content,
    timestamp: '1000',
    type: 'roster',
    unread: 2,
    lastMessage,
    muted: false,
    mentioned: false,
    pinned: true,
    draft: '',
  };
  return { item, name: `name ${id}`, avatar: '', words: content };
}

describe('rows of the list as they were', () => {
  test('are there again, the same and in the same order', () => {
    stubStorage();
    keepRows(7, [row(2), row(1)]);
    expect(keptRows(7)).toMatchObject([
      { item: { id: 2, unread: 2, pinned: true, lastMessage: { id: '2' } }, name: 'name 2', words: 'hello' },
      { item: { id: 1 }, name: 'name 1' },
    ]);
    expect(keptRows(8)).toEqual([]);
  });

  test('are as many as a window shows, and of each as much as a row shows', () => {
    const { kept } = stubStorage();
    const long = 'ab'.repeat(50_000);
    keepRows(
      7,
      Array.from({ length: 500 }, (_, i) => row(i + 1, long)),
    );
    expect(keptRows(7)).toHaveLength(mostRows);
    expect(keptRows(7)[0]?.words).toBe('ab'.repeat(60));
    expect(kept.get('flooim.rows.7')?.length).toBeLessThan(20_000);
  });

  test('are gone when the list is empty', () => {
    const { kept } = stubStorage();
    keepRows(7, [row(1)]);
    keepRows(7, []);
    expect(kept.size).toBe(0);
  });

  test('go with the one who wants to be forgotten, and nobody else’s', () => {
    const storage = stubStorage();
    keepRows(7, [row(1)]);
    keepRows(77, [row(2)]);
    forgetUser(7, storage);
    expect([...storage.kept.keys()]).toEqual(['flooim.rows.77']);
  });

  test.each(['{', '{}', '[null]', '[{"item":{"id":"x"},"name":"a","avatar":"","words":""}]', '[{"item":{"id":1}}]'])(
    'are none where nobody can read %s',
    (text) => {
      stubStorage({ 'flooim.rows.7': text });
      expect(keptRows(7)).toEqual([]);
    },
  );
});
