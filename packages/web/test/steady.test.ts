import type { Meta } from 'flooim';
import { describe, expect, test } from 'vitest';
import { steady } from '../src/message/steady.ts';
import { buildTimeline, steadyRows } from '../src/message/timeline.ts';
import { sampleMessage } from './sample-message.ts';

const noon = new Date(2026, 10, 20, 12).getTime();

const message = (id: string, more: Partial<Meta> = {}): Meta =>
  sampleMessage({ id, content: id, timestamp: String(noon), ...more });

const rowsOf = (messages: readonly Meta[]) => buildTimeline(messages, [], '1', null);

describe('what did not change', () => {
  test('stays the very same message, what changed does not', () => {
    const before = [message('1'), message('2'), message('3')];
    const after = steady(before, [
      message('1'),
      message('2', { status: 2 }),
      message('3', { edited: '5', content: 'x' }),
      message('4'),
    ]);
    expect(after[0]).toBe(before[0]);
    expect(after.slice(1).map(({ id, status, content }) => [id, status, content])).toEqual([
      ['2', 2, '2'],
      ['3', 0, 'x'],
      ['4', 0, '4'],
    ]);
  });

  test('stays the very same row, unless its place in the group is another', () => {
    const messages = [message('1'), message('2')];
    const before = rowsOf(messages);
    const after = steadyRows(before, rowsOf([...messages, message('3')]));
    expect(after[0]).toBe(before[0]);
    expect(after[1]).toBe(before[1]);
    expect(after[2]).not.toBe(before[2]);
    expect(after[2]).toMatchObject({ key: '2', last: false });
  });
});
