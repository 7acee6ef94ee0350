import { summarize } from '@flooim/testkit';
import { describe, expect, test } from 'vitest';
import { runCrash } from '../src/bars/crash.ts';

describe('kill -9 under load', () => {
  test('loses, doubles and reorders nothing that was acknowledged', { timeout: 90_000 }, async () => {
    const { acked, violations, readyMs } = await runCrash({ kills: 5, acked: 3000 });
    expect(summarize(violations)).toBe('none');
    expect(acked).toBeGreaterThanOrEqual(3000);
    expect(readyMs).toHaveLength(5);
  });

  test('finds out a server that acknowledges before it commits', { timeout: 90_000 }, async () => {
    const { violations } = await runCrash({ kills: 3, acked: 500, bug: 'ack-before-commit', pairs: 4 });
    expect(violations.map((violation) => violation.kind)).toContain('ack-not-on-disk');
  });
});
