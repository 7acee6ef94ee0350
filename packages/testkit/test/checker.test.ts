import { check, playScenario, type Run, type SeededBug, seededBugs, summarize } from '@flooim/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { isCaught, runChecker, violationsWith } from '../src/bars/checker.ts';

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

  test.concurrent.for(seededBugs)('catches: $name', async (bug, { expect }) => {
    const violations = await violationsWith(bug, clean);
    expect(isCaught(bug, violations), summarize(violations)).toBe(true);
  });
});

describe('the bar', () => {
  test('counts a bug that is not caught, and a clean run that is not silent', { timeout: 60_000 }, async () => {
    const none: SeededBug = { name: 'no bug at all', caughtAs: 'lost', alter: () => clean };
    const drifting = seededBugs.find(({ caughtAs }) => caughtAs === 'unread-wrong')?.alter?.(clean) ?? clean;
    const { cleanRuns, bugs, missed, falseAlarms } = await runChecker({
      cleanRuns: 1,
      bugs: [none],
      play: async () => drifting,
    });
    expect({ cleanRuns, bugs, missed }).toEqual({ cleanRuns: 1, bugs: 1, missed: ['no bug at all: none'] });
    expect(falseAlarms).toEqual([expect.stringContaining('clean run 1: ')]);
  });
});
