import { check, type Run, summarize } from '@flooim/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { oldBugs } from '../src/old/old-bugs.ts';
import { playOldScenario } from '../src/old/old-scenario.ts';

let clean: Run;

beforeAll(async () => {
  clean = await playOldScenario();
});

describe('the checker, over deployed clients with new ones beside them', () => {
  test('is silent on a clean run', () => {
    expect(check(clean)).toEqual([]);
  });

  test('has looked at something: everything in the scenario happened', () => {
    const mids = clean.sends.filter((send) => send.sharesMids).map((send) => `${send.deviceSN} ${send.clientMid}`);
    expect(new Set(mids).size).toBeLessThan(mids.length);
    expect(clean.sends.every((send) => send.outcome === 'sent')).toBe(true);
    expect(clean.sends.some((send) => send.mids.length === 2)).toBe(true);
    expect(clean.devices.every((device) => device.complete)).toBe(true);
    expect(clean.database.entries.some((entry) => entry.recalled)).toBe(true);
    expect(clean.devices.some((device) => device.logs.some((log) => (log.unread ?? 0) > 0))).toBe(true);
    expect(clean.database.cursors.length).toBeGreaterThan(3);
    expect(clean.history.length).toBeGreaterThanOrEqual(3);
  });

  test.concurrent.for(oldBugs)('catches: $name', async ({ caughtAs, plant }, { expect }) => {
    const violations = check(await playOldScenario(plant));
    expect(
      violations.map((violation) => violation.kind),
      summarize(violations),
    ).toContain(caughtAs);
  });
});
