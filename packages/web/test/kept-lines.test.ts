import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { KeptLines, mostLines, recalledLine } from '../src/message/kept-lines.ts';

const line = (mid: string, at: number) => recalledLine({ mid, at, from: '1', own: true, text: `said ${mid}` });

beforeEach(() => vi.stubGlobal('indexedDB', new IDBFactory()));
afterEach(() => vi.unstubAllGlobals());

describe('lines that are told only once', () => {
  test('are there again for the next page, oldest first, each conversation its own', async () => {
    const before = new KeptLines();
    await before.keep(1, 7, line('20', 200));
    await before.keep(1, 7, line('9', 100));
    await before.keep(1, 8, line('30', 300));
    const after = new KeptLines();
    expect((await after.of(1, 7)).map(({ id }) => id)).toEqual(['9', '20']);
    expect((await after.of(1, 8)).map(({ id }) => id)).toEqual(['30']);
  });

  test('may be of the same moment', async () => {
    const lines = new KeptLines();
    await lines.keep(1, 7, line('9', 100));
    await lines.keep(1, 7, line('10', 100));
    expect(await lines.of(1, 7)).toHaveLength(2);
  });

  test('are nobody else’s', async () => {
    const lines = new KeptLines();
    await lines.keep(1, 7, line('9', 100));
    expect(await lines.of(2, 7)).toEqual([]);
  });

  test('are kept once, however often they are told', async () => {
    const lines = new KeptLines();
    await lines.keep(1, 7, line('9', 100));
    await lines.keep(1, 7, line('9', 100));
    expect(await lines.of(1, 7)).toHaveLength(1);
  });

  test('go with their conversation, and leave the others', async () => {
    const lines = new KeptLines();
    await lines.keep(1, 7, line('9', 100));
    await lines.keep(1, 8, line('10', 100));
    await lines.forget(1, 7);
    expect(await lines.of(1, 7)).toEqual([]);
    expect(await lines.of(1, 8)).toHaveLength(1);
  });

  test('go with their user, and leave those of the others', async () => {
    const lines = new KeptLines();
    for (const [self, conversation] of [
      [1, 7],
      [1, 9_000_000],
      [10, 7],
    ] as const)
      await lines.keep(self, conversation, line('9', 100));
    await lines.forgetUser(1);
    expect(await lines.of(1, 7)).toEqual([]);
    expect(await lines.of(1, 9_000_000)).toEqual([]);
    expect(await lines.of(10, 7)).toHaveLength(1);
  });

  test('make room for newer ones', async () => {
    const lines = new KeptLines();
    for (let i = 1; i <= mostLines + 2; i += 1) await lines.keep(1, 7, line(String(i), i));
    const kept = await lines.of(1, 7);
    expect(kept).toHaveLength(mostLines);
    expect(kept[0]?.id).toBe('3');
  });

  test('are not missed where the browser stores nothing', async () => {
    vi.stubGlobal('indexedDB', {
      open: () => {
        throw new DOMException('no', 'SecurityError');
      },
    });
    const lines = new KeptLines();
    await lines.keep(1, 7, line('9', 100));
    expect(await lines.of(1, 7)).toEqual([]);
  });
});
