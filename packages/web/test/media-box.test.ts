import { rgbaToThumbHash } from 'thumbhash';
import { describe, expect, test } from 'vitest';
import { toBase64 } from '../src/message/base64.ts';
import { mediaBox } from '../src/message/media-box.ts';
import { placeholderUrl } from '../src/message/placeholder.ts';

describe('the room of a picture', () => {
  test('has its shape and a bound', () => {
    expect(mediaBox(1200, 800)).toEqual({ width: 400, height: 267 });
    expect(mediaBox(800, 1200)).toEqual({ width: 280, height: 420 });
    expect(mediaBox(300, 200)).toEqual({ width: 300, height: 200 });
  });

  test('is never out of reason, whatever its sender says', () => {
    for (const [width, height] of [
      [1, 100_000],
      [100_000, 1],
      [1, 1],
      [100_000, 100_000],
    ] as const) {
      const box = mediaBox(width, height);
      expect(box.width).toBeGreaterThanOrEqual(120);
      expect(box.width).toBeLessThanOrEqual(400);
      expect(box.height).toBeGreaterThanOrEqual(90);
      expect(box.height).toBeLessThanOrEqual(420);
    }
    expect(mediaBox(undefined, 5)).toEqual(mediaBox(undefined, undefined));
  });
});

describe('a placeholder', () => {
  test('is a picture of a ThumbHash', () => {
    const hash = toBase64(rgbaToThumbHash(8, 8, new Uint8Array(8 * 8 * 4).fill(120)));
    expect(placeholderUrl(hash)).toMatch(/^data:image\/png;base64,/);
  });

  test('of anything else is none, and breaks nothing', () => {
    for (const hash of [undefined, '', 'no base64!', 'AAAA', 'A'.repeat(100_000)]) {
      expect(placeholderUrl(hash)).toBeUndefined();
    }
    for (let i = 0; i < 64; i++) {
      const bytes = Uint8Array.from({ length: 5 + (i % 20) }, (_, n) => (i * 41 + n * 97) & 255);
      expect(placeholderUrl(toBase64(bytes)) ?? 'data:image/png;').toMatch(/^data:image\/png;/);
    }
  });
});
