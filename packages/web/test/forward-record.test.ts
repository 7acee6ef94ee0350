import { limits } from '@flooim/protocol';
import type { Meta } from 'flooim';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { useLocale } from '../src/i18n/i18n.ts';
import { beginning } from '../src/message/beginning.ts';
import { extrasOf } from '../src/message/extras.ts';
import { forwardRecord } from '../src/message/forward/forward-record.ts';
import { forwardedItems, readExt } from '../src/message/message-ext.ts';
import { sampleMessage } from './sample-message.ts';

vi.stubGlobal('document', { documentElement: {} });
beforeAll(() => useLocale('en'));

const noon = new Date(2026, 10, 20, 12).getTime();

const message = (id: string, content: string, more: Partial<Meta> = {}): Meta =>
  sampleMessage({ id, content, timestamp: String(noon), ...more });

const words = { title: 'Book club', nameOf: () => 'Ann', textOf: ({ content }: Meta) => content };

describe('a record of several messages', () => {
  test('is read as it was written, and is plain text for who knows no records', () => {
    const picture = message('2', 'plan.pdf', { type: 'file' });
    const record = forwardRecord([message('1', 'Good morning'), picture], words);
    expect(readExt({ ext: record?.ext ?? '' }).forwarded).toEqual({
      title: 'Book club',
      items: [
        { name: 'Ann', at: noon, type: 'text', text: 'Good morning' },
        { name: 'Ann', at: noon, type: 'file', text: 'plan.pdf' },
      ],
    });
    expect(record?.content).toContain('Book club');
    expect(record?.content).toContain('Good morning');
  });

  test('is refused where it would not fit, never cut', () => {
    expect(forwardRecord([message('1', 'x'.repeat(2001))], words)).toBeNull();
    const many = Array.from({ length: 20 }, (_, i) => message(String(i), '我'.repeat(400)));
    expect(forwardRecord(many, words)).toBeNull();
    expect(forwardRecord(many.slice(0, 5), words)).not.toBeNull();
    const more = Array.from({ length: forwardedItems + 1 }, (_, i) => message(String(i), 'x'));
    expect(forwardRecord(more, words)).toBeNull();
  });

  test('is refused where the text of it fits and what stands for it in `ext` does not', () => {
    // Each of these is two characters there.
    const quotes = message('1', '"'.repeat(1500));
    const fitting = Array.from({ length: 5 }, () => quotes);
    expect(forwardRecord(fitting, words)).not.toBeNull();
    expect(forwardRecord([...fitting, quotes, quotes], words)).toBeNull();
  });

  test('fits into what the server takes when it is not refused', () => {
    const many = Array.from({ length: 100 }, (_, i) => message(String(i), 'word '.repeat(8)));
    const record = forwardRecord(many, words);
    const bytes = (text: string) => new TextEncoder().encode(text).length;
    if (!record) return expect(bytes(JSON.stringify(many.map(({ content }) => content)))).toBeGreaterThan(1000);
    expect(bytes(record.content)).toBeLessThanOrEqual(limits.contentBytes);
    expect(bytes(JSON.stringify(record.ext))).toBeLessThanOrEqual(limits.extBytes);
  });
});

describe('what goes along with a text', () => {
  test('is nothing where nothing was asked for', () => {
    expect(extrasOf({ markdown: false, mentions: [], mentionAll: false }, null)).toEqual({});
  });

  test('is the quote, the format and who is called', () => {
    const quote = { mid: '77', from: '2', type: 'text', text: 'Good morning' } as const;
    const extras = extrasOf({ markdown: true, mentions: [5], mentionAll: false }, quote);
    expect(readExt({ ext: extras.ext ?? '' })).toMatchObject({ markdown: true, reply: quote });
    expect(extras.config).toEqual({ mentionAll: false, mentionList: [5] });
  });
});

describe('the beginning of a text', () => {
  test('ends with no half of a sign', () => {
    expect(beginning('abc😀', 4)).toBe('abc');
    expect(beginning('abc😀', 5)).toBe('abc😀');
  });
});
