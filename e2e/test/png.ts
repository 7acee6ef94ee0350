import { randomBytes } from 'node:crypto';
import { png } from '@flooim/testkit';

/** A picture of hills under a sky of this colour (0 to 1 around the circle), a few kilobytes large. */
export function landscape(width: number, height: number, hue: number): Buffer {
  const rows = Buffer.alloc(height * (width * 3 + 1));
  const tint = (offset: number, light: number) =>
    Math.round(light * (0.6 + 0.4 * Math.cos(2 * Math.PI * (hue + offset))));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const hill = height * (0.62 + 0.12 * Math.sin((x / width) * 7 + hue * 9));
      const light = y > hill ? 90 - 40 * ((y - hill) / height) : 140 + 100 * (y / height);
      const at = y * (width * 3 + 1) + 1 + x * 3;
      rows.set([tint(0, light), tint(1 / 3, light), tint(2 / 3, light)], at);
    }
  }
  return png(width, height, rows, 9);
}

/** A picture that cannot be compressed: three bytes for each pixel. */
export function noise(width: number, height: number): Buffer {
  const rows = Buffer.alloc(height * (width * 3 + 1));
  for (let y = 0; y < height; y++) randomBytes(width * 3).copy(rows, y * (width * 3 + 1) + 1);
  return png(width, height, rows, 0);
}
