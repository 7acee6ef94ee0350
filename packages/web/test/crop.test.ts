import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  clampCrop,
  cropOfMatrix,
  matrixOfCrop,
  mostZoom,
  moveCrop,
  widestCrop,
  zoomCrop,
  zoomOf,
} from '../src/user/crop.ts';

const picture = fc.record({ width: fc.integer({ min: 1, max: 20_000 }), height: fc.integer({ min: 1, max: 20_000 }) });
const place = fc.double({ min: -30_000, max: 30_000, noNaN: true });
const crop = fc.record({ x: place, y: place, size: fc.double({ min: 0.5, max: 40_000, noNaN: true }) });

describe('the square cut out of a picture', () => {
  test('begins in the middle, as wide as the picture allows', () => {
    expect(widestCrop({ width: 400, height: 300 })).toEqual({ x: 50, y: 0, size: 300 });
    expect(widestCrop({ width: 300, height: 500 })).toEqual({ x: 0, y: 100, size: 300 });
  });

  test('never leaves the picture and is never closer than allowed, whatever is asked', () => {
    fc.assert(
      fc.property(picture, crop, (whole, asked) => {
        const got = clampCrop(whole, asked);
        const slack = 1e-6 * (whole.width + whole.height);
        expect(got.x).toBeGreaterThanOrEqual(-slack);
        expect(got.y).toBeGreaterThanOrEqual(-slack);
        expect(got.x + got.size).toBeLessThanOrEqual(whole.width + slack);
        expect(got.y + got.size).toBeLessThanOrEqual(whole.height + slack);
        expect(zoomOf(whole, got)).toBeGreaterThanOrEqual(1 - 1e-9);
        expect(zoomOf(whole, got)).toBeLessThanOrEqual(mostZoom(whole) + 1e-9);
      }),
    );
  });

  test('keeps its centre when one zooms in and out again', () => {
    const whole = { width: 4000, height: 3000 };
    const start = zoomCrop(whole, widestCrop(whole), 2);
    expect(start).toEqual({ x: 1250, y: 750, size: 1500 });
    expect(zoomCrop(whole, zoomCrop(whole, start, 5), 2)).toEqual(start);
  });

  test('stops at the edge when it is moved', () => {
    const whole = { width: 1000, height: 500 };
    expect(moveCrop(whole, widestCrop(whole), 0.1, 0.1)).toEqual({ x: 300, y: 0, size: 500 });
    expect(moveCrop(whole, widestCrop(whole), 9, 0)).toEqual({ x: 500, y: 0, size: 500 });
  });

  test('is the same again after it was a transformation', () => {
    fc.assert(
      fc.property(picture, crop, fc.integer({ min: 100, max: 500 }), (whole, asked, side) => {
        const square = clampCrop(whole, asked);
        const back = cropOfMatrix(whole, side, matrixOfCrop(whole, side, square));
        const digits = 4;
        expect(back.x).toBeCloseTo(square.x, digits);
        expect(back.y).toBeCloseTo(square.y, digits);
        expect(back.size).toBeCloseTo(square.size, digits);
      }),
    );
  });
});
