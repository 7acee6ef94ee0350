import { shadowLibrary, summarize } from '@flooim/testkit';
import { describe, expect, test } from 'vitest';
import { runPower } from '../src/bars/power.ts';

const canRun = shadowLibrary() !== undefined;
if (!canRun) console.warn('power cut tests are skipped: there is no C compiler (cc), or this is not Linux');

describe.skipIf(!canRun)('a power cut under load', () => {
  test('leaves every acknowledged message, whatever of the rest reached the disk', { timeout: 180_000 }, async () => {
    const { bad, disks, acked, violations } = await runPower({ cuts: 4, disks: 4, pairs: 4 });
    expect(summarize(violations)).toBe('none');
    expect({ bad, disks }).toEqual({ bad: 0, disks: 20 });
    expect(acked).toBeGreaterThan(500);
  });

  test.for(['flush-normal', 'flush-off'] as const)(
    'finds out a server with the seeded bug %s',
    { timeout: 180_000 },
    async (bug) => {
      const { bad, violations } = await runPower({ cuts: 2, disks: 4, pairs: 4, bug });
      expect(bad + violations.length).toBeGreaterThan(0);
    },
  );
});
