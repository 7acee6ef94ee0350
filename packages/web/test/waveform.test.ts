import { describe, expect, test } from 'vitest';
import { toBase64 } from '../src/message/base64.ts';
import { barsPath, type Level, peakOf, readWaveform, resample, waveformOf } from '../src/message/voice/waveform.ts';

const steady = (peak: number, ms: number): Level[] =>
  Array.from({ length: ms / 50 }, (_, i) => ({ atMs: i * 50, peak }));

describe('the waveform of a recording', () => {
  test('is the largest deviation to either side', () => {
    expect(peakOf(Float32Array.of(0.1, -0.5, 0.25))).toBe(0.5);
    expect(peakOf(Float32Array.of(0, -3))).toBe(1);
    expect(peakOf(new Float32Array())).toBe(0);
  });

  test('has 64 values whose loudest is 255', () => {
    const levels = [...steady(0.2, 5000), { atMs: 5000, peak: 0.4 }];
    const values = waveformOf(levels, 5050);
    expect(values).toHaveLength(64);
    expect(values[0]).toBe(128);
    expect(values[63]).toBe(255);
  });

  test('leaves silence silent', () => {
    expect(Math.max(...waveformOf(steady(0.002, 3000), 3000))).toBeLessThan(6);
    expect([...waveformOf([], 3000)]).toEqual(new Array(64).fill(0));
  });

  test('has no holes where there were fewer levels than values', () => {
    const values = waveformOf(
      [
        { atMs: 0, peak: 0.5 },
        { atMs: 500, peak: 1 },
      ],
      1000,
      8,
    );
    expect([...values]).toEqual([128, 128, 128, 128, 255, 255, 255, 255]);
  });

  test('keeps a level that was measured after the end', () => {
    expect(waveformOf([{ atMs: 1040, peak: 1 }], 1000, 4)[3]).toBe(255);
  });

  test('is the same again after its way through an attachment', () => {
    const values = Uint8Array.from({ length: 64 }, (_, i) => (i * 41) % 256);
    expect(toBase64(values)).toHaveLength(88);
    expect(readWaveform(toBase64(values))).toEqual(values);
  });

  test.each([undefined, '', '%%%', 'A'.repeat(4096)])('is none in %s', (text) => {
    expect(readWaveform(text)).toBeNull();
  });

  test('keeps its peaks in fewer values and its course in more', () => {
    expect(resample(Uint8Array.of(0, 9, 3, 1, 200, 0), 3)).toEqual([9, 3, 200]);
    expect(resample(Uint8Array.of(1, 2), 4)).toEqual([1, 1, 2, 2]);
  });

  test('is drawn as one path', () => {
    expect(barsPath([255, 0], 4, 23)).toBe('M2 1.50v20.00M6 11.49v0.02');
  });
});
