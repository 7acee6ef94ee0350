import { describe, expect, test } from 'vitest';
import { runFuzz } from '../src/bars/fuzz.ts';

const nothing = { seed: 1, frames: 0, live: 0, rest: 0 };

describe('what nobody would send', () => {
  test('is refused by type, by decoders, sessions and REST endpoints', { timeout: 180_000 }, async () => {
    const result = await runFuzz({ seed: 1, frames: 200_000, live: 2000, rest: 1000 });
    expect(result.faults).toEqual([]);
    expect(result.bad).toBe(0);
    // Neither all nor none of it makes sense.
    expect(result.decoded).toBeGreaterThan(50_000);
    expect(result.decoded).toBeLessThan(150_000);
    expect(result.live).toBeGreaterThanOrEqual(2000);
    expect(result.rest).toBe(1000);
    expect(result.refused).toBeGreaterThan(300);
    expect(result.refused).toBeLessThan(950);
    expect(result.loop.max).toBeGreaterThan(0);
  });

  test('finds out a decoder that reads past the end', { timeout: 60_000 }, async () => {
    const { bad, faults } = await runFuzz({ ...nothing, frames: 20_000, decoderBug: 'reads-past-end' });
    expect(bad).toBeGreaterThan(0);
    expect(faults[0]).toContain('RangeError');
  });

  test('finds out a decoder that never ends', { timeout: 60_000 }, async () => {
    const { faults } = await runFuzz({ ...nothing, frames: 20_000, decoderBug: 'hangs', hangMs: 3000 });
    expect(faults[0]).toContain('it hung');
  });

  test('finds out a decoder that keeps what it was given', { timeout: 60_000 }, async () => {
    const { faults } = await runFuzz({ ...nothing, frames: 40_000, decoderBug: 'keeps-frames' });
    expect(faults[0]).toContain('of memory were kept');
  });

  test('finds out a server whose handlers throw', { timeout: 60_000 }, async () => {
    const { faults } = await runFuzz({ ...nothing, live: 500, rest: 600, serverBug: 'handler-throws' });
    const told = faults.join('\n');
    expect(told).toContain('TypeError');
    expect(told).toContain('GET /user/profile');
  });

  test('finds out a server that dies of a frame', { timeout: 60_000 }, async () => {
    const { faults } = await runFuzz({ ...nothing, live: 2000, serverBug: 'dies-of-a-frame' });
    expect(faults).toContain('the server is not there any more');
  });
});
