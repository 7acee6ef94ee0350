import { summarize } from '@flooim/testkit';
import { describe, expect, test } from 'vitest';
import { isKept, runDisk } from '../src/bars/disk.ts';
import { faultsLibrary } from '../src/disk/faulty-disk.ts';

const canRun = faultsLibrary() !== undefined;
if (!canRun) console.warn('tests of a failing disk are skipped: there is no C compiler (cc), or this is not Linux');

describe.skipIf(!canRun)('a disk that fills, and fails to flush and to write, under load', () => {
  test('loses nothing, is told as what it is, and stops nothing but writes', { timeout: 120_000 }, async () => {
    const result = await runDisk({ rounds: 3, pairs: 2 });
    expect(summarize(result.violations)).toBe('none');
    expect([result.untyped, result.stopped, result.unrecovered]).toEqual([[], [], []]);
    expect(result).toMatchObject({ filled: 1, failedFlushes: 1, failedWrites: 1, withoutRow: 0, recovered: 3 });
    expect([result.refused, result.uploads, result.acked - 300].map((count) => count > 0)).toEqual([true, true, true]);
  });

  test('is stood as well where files cannot grow', { timeout: 120_000 }, async () => {
    const result = await runDisk({ rounds: 1, pairs: 2, mount: false, seed: 2 });
    expect(result).toMatchObject({ filled: 1, untyped: [], stopped: [], unrecovered: [], violations: [] });
  });

  test('finds out a server that tells of a full disk as of something else', { timeout: 120_000 }, async () => {
    const result = await runDisk({ rounds: 1, pairs: 2, bug: 'full-untyped' });
    expect(result.untyped.length).toBeGreaterThan(0);
    expect(isKept(result)).toBe(false);
  });
});
