import { decodeQR } from 'qr/decode.js';
import { describe, expect, test } from 'vitest';
import { qrSvgPath } from '../src/ui/qr-path.ts';

/** Paints the path's bars, as the browser does. */
function paint({ size, path }: { size: number; path: string }, scale: number) {
  const side = size * scale;
  const data = new Uint8ClampedArray(side * side * 4).fill(255);
  for (const [, x, y, length] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/g)) {
    for (let row = Number(y) * scale; row < (Number(y) + 1) * scale; row += 1) {
      const from = (row * side + Number(x) * scale) * 4;
      for (let at = from; at < from + Number(length) * scale * 4; at += 1) if (at % 4 !== 3) data[at] = 0;
    }
  }
  return { width: side, height: side, data };
}

describe('a QR code', () => {
  test.each(['https://chat.example/join/42', `https://chat.example/${'x'.repeat(300)}`, '你好，群组'])(
    'says %j again',
    (text) => {
      expect(decodeQR(paint(qrSvgPath(text), 4))).toBe(text);
    },
  );

  test('has nothing dark in its quiet zone', () => {
    const { size, path } = qrSvgPath('https://chat.example/join/42');
    for (const [, x, y, length] of path.matchAll(/M(\d+) (\d+)h(\d+)/g)) {
      expect(Number(x)).toBeGreaterThanOrEqual(4);
      expect(Number(y)).toBeGreaterThanOrEqual(4);
      expect(Number(x) + Number(length)).toBeLessThanOrEqual(size - 4);
      expect(Number(y)).toBeLessThan(size - 4);
    }
  });
});
