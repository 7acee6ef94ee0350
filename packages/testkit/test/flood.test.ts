import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { boundsMissed, type FloodOptions, runFlood } from '../src/bars/flood.ts';

const options: FloodOptions = {
  readers: 20,
  messages: 1200,
  messagesPerSec: 400,
  messageBytes: 12_000,
  clients: 200,
  phaseMs: 1500,
};

describe('a flood of readers, of clients and of one user', () => {
  test('leaves nobody out, is bounded and loses nothing', { timeout: 180_000 }, async () => {
    const result = await runFlood(options);
    expect(boundsMissed(result, options)).toEqual([]);
    expect(result.back.count).toBe(200);
    expect(result.slow.figures.count).toBeGreaterThan(100);
  });

  test('finds out a server that keeps everything for those who do not read', { timeout: 180_000 }, async () => {
    const program = fileURLToPath(new URL('../src/flood/boundless-server.ts', import.meta.url));
    const few = { ...options, clients: 1, phaseMs: 500 };
    const { slow } = await runFlood({ ...few, program });
    expect(slow.ended > 0 || slow.queuedMib > 9).toBe(true);
  });
});
