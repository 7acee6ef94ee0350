import { expect, test } from 'vitest';
import { runSim } from '../src/bars/sim.ts';
import type { SimViolation } from '../src/sim/judge.ts';
import { simulate } from '../src/sim/simulate.ts';

test('whatever goes wrong around it, the SDK keeps its promises, and the same seed is the same run', async () => {
  const failed: Record<number, readonly SimViolation[]> = {};
  const onFailure = (seed: number, violations: readonly SimViolation[]) => {
    failed[seed] = violations;
  };
  const { mismatches, commands } = await runSim({ from: 1, seeds: 200, onFailure });
  expect(failed).toEqual({});
  expect(mismatches).toEqual([]);
  expect(commands).toBeGreaterThan(5000);
}, 120_000);

test('another seed is another run', async () => {
  const [one, other] = [await simulate(1), await simulate(2)];
  expect(one.hash).not.toBe(other.hash);
});
