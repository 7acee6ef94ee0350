import { describe, expect, test } from 'vitest';
import { forwardedItems, quoteChars, readExt } from '../src/message/message-ext.ts';

const nothing = { reply: undefined, markdown: false, forwarded: undefined, streamed: false, streaming: false };

describe('what a message has in its ext', () => {
  test.each(['', 'words', [], null, 7, { reply: 'x', format: 1, forwarded: [], ai: 'x' }])(
    '%j holds nothing',
    (ext) => {
      expect(readExt({ ext: ext as string })).toEqual(nothing);
    },
  );

  test('is a quote, where it names a message and who wrote it', () => {
    const reply = { mid: '12', from: '3', type: 'image', text: 'a.png' };
    expect(readExt({ ext: { reply } }).reply).toEqual(reply);
    expect(readExt({ ext: { reply: { ...reply, type: 'no-such' } } }).reply?.type).toBe('text');
    expect(readExt({ ext: { reply: { ...reply, text: 'x'.repeat(9999) } } }).reply?.text).toHaveLength(quoteChars);
    for (const wrong of [
      { mid: 12 },
      { mid: '1e9' },
      { mid: '' },
      { from: '-1' },
      { from: '<b>' },
      { from: '9'.repeat(20) },
    ]) {
      expect(readExt({ ext: { reply: { ...reply, ...wrong } } }).reply).toBeUndefined();
    }
  });

  test('is a record of messages, as much of it as can be read', () => {
    const item = { name: 'ann', at: 5, type: 'text', text: 'hi' };
    const read = (forwarded: unknown) => readExt({ ext: { forwarded } }).forwarded;
    expect(read({ title: 'Team', items: [item, 'x', null] })).toEqual({ title: 'Team', items: [item] });
    expect(read({ title: 5, items: [{ ...item, at: 1e99, name: {} }] })).toEqual({
      title: '',
      items: [{ ...item, at: 0, name: '' }],
    });
    expect(read({ title: 'Team', items: [] })).toBeUndefined();
    expect(read({ items: Array(500).fill(item) })?.items).toHaveLength(forwardedItems);
  });

  test('tells whether more is to come', () => {
    expect(readExt({ ext: { ai: { stream: true } } })).toMatchObject({ streamed: true, streaming: true });
    expect(readExt({ ext: { ai: { stream: true, finish: true } } })).toMatchObject({
      streamed: true,
      streaming: false,
    });
    expect(readExt({ ext: { ai: { stream: 'yes' } } })).toMatchObject({ streamed: false, streaming: false });
  });
});
