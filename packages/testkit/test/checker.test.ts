import { check, playScenario, type Run, seededBugs, summarize } from '@flooim/testkit';
import { beforeAll, describe, expect, test } from 'vitest';

let clean: Run;

beforeAll(async () => {
  clean = await playScenario();
});

describe('the checker', () => {
  test('is silent on a clean run', () => {
    expect(check(clean)).toEqual([]);
  });

  test('has looked at something: everything in the scenario happened', () => {
    const kinds = clean.database.entries.map((entry) => entry.kind);
    expect(kinds.filter((kind) => kind === 'message')).toHaveLength(100);
    expect(kinds).toContain('operation');
    expect(clean.database.entries.some((entry) => entry.recalled)).toBe(true);
    expect(clean.sends.every((send) => send.outcome === 'sent')).toBe(true);
    expect(clean.sends.some((send) => send.mids.length === 2)).toBe(true);
    expect(clean.devices.every((device) => device.complete)).toBe(true);
    expect(clean.devices.some((device) => device.logs.some((log) => (log.reads?.length ?? 0) > 1))).toBe(true);
    expect(clean.history.length).toBeGreaterThanOrEqual(3);
    expect(clean.database.cursors.length).toBeGreaterThan(3);
  });

  test.concurrent.for(seededBugs)('catches: $name', async ({ caughtAs, plant, alter }, { expect }) => {
    const run = alter ? alter(clean) : await playScenario(plant);
    const violations = check(run);
    expect(
      violations.map((violation) => violation.kind),
      summarize(violations),
    ).toContain(caughtAs);
  });
});
