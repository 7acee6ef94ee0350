import { describe, expect, test } from 'vitest';
import { modelBugs } from '../src/model/bugs.ts';
import { total } from '../src/model/command.ts';
import { playModel } from '../src/model/play.ts';

describe('random commands of three users on two devices each', () => {
  test('leave the server and every device as the model says', { timeout: 120_000 }, async () => {
    const { ran, reconnects, failure } = await playModel({ runs: 8, commands: 60, seed: 7, shrink: false });
    expect(failure).toBeUndefined();
    expect(total(ran)).toBeGreaterThan(100);
    expect(reconnects).toBeGreaterThan(10);
  });

  test.for(modelBugs)('find out a server with the bug: $name', { timeout: 120_000 }, async ({ overrides }) => {
    const { failure } = await playModel({ runs: 30, commands: 60, seed: 3, shrink: false, overrides });
    expect(failure).toBeDefined();
  });
});
